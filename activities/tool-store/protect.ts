/** The protected copy: what was in the tools folder before anything was changed, outside the target, hashed on both sides. */
import { digestBeside, digestOf } from '../../domain/digest.ts';
import { fail } from '../../domain/fail.ts';
import { inParallel } from '../../domain/tool-store/in-parallel.ts';
import { auditLog, isTemporary, toolsFolder } from '../../domain/tool-store/layout.ts';
import type { FileState, LinkState } from '../../domain/tool-store/restore-plan.ts';
import type { ProtectReceipt } from '../../domain/tool-store/words.ts';
import type { Place } from '../ports/file-tree.ts';
import type { Ports } from '../ports/index.ts';
import { checkedName } from '../records/checked-name.ts';
import { scanStore, type SeenFile } from './scan-store.ts';
import { explainWrite, requireRoot, toolStoreTarget } from './target.ts';

interface ProtectedFile extends FileState {
  readonly path: string;
  readonly modifiedAt: string;
}
interface ProtectedLink extends LinkState {
  readonly path: string;
}

/** `manifest.json` of a protected copy: written last; without it there is no copy. */
export interface ProtectedManifest {
  readonly version: 1;
  readonly target: string;
  readonly recovery: string;
  readonly takenAt: string;
  readonly files: readonly ProtectedFile[];
  readonly links: readonly ProtectedLink[];
  /** The log as it stood: a restore never writes over it, so that its identity is enough. */
  readonly log: { readonly bytes: number; readonly mode: string; readonly modifiedAt: string; readonly kind: string } | null;
  readonly digest: string;
}

/** Copies of a changing store are tried so often. */
const tries = 3;

/** The first complete copy of a recovery stands: a second call after changes were made must not protect those. */
export async function protectStore(
  ports: Ports,
  input: { readonly target: string; readonly recovery: string },
  signal?: AbortSignal,
): Promise<ProtectReceipt> {
  const target = toolStoreTarget(ports, input.target);
  const ref = `protected/${target.id}/${checkedName(input.recovery)}`;
  const earlier = await readProtected(ports, ref);
  if (earlier !== undefined) return receipt(ref, earlier);
  await requireRoot(ports, target);
  const home = { root: ports.data, path: ref };
  for (let attempt = 1; ; attempt++) {
    await ports.files.removeTree(home);
    const before = await scanStore(ports, target, signal);
    const bytes = sizeOf(before.tools);
    try {
      const files = await copyAll(ports, target.root, before.tools, ref, signal);
      if (!files.every(({ whole }) => whole) || !(await stoodStill(ports, target.root, before.tools))) {
        if (attempt < tries) continue;
        throw moving(target.root);
      }
      const log = before.logs.find(({ path }) => path === auditLog);
      const body: Omit<ProtectedManifest, 'digest'> = {
        version: 1,
        target: target.id,
        recovery: input.recovery,
        takenAt: new Date().toISOString(),
        files: files.map(({ file }) => file),
        links: before.tools.flatMap(({ path, state }) => (state.kind === 'link' ? [{ path, ...state }] : [])),
        log: log === undefined ? null : { bytes: log.bytes, mode: log.mode, modifiedAt: log.modifiedAt, kind: log.kind },
      };
      const manifest: ProtectedManifest = { ...body, digest: digestOf(body) };
      await ports.files.writeDocument(manifestAt(ports, ref), `${JSON.stringify(manifest, null, 2)}\n`);
      return receipt(ref, manifest);
    } catch (error) {
      await ports.files.removeTree(home).catch(() => undefined);
      throw await explainWrite(error, `${ports.data}/${ref}`, bytes, () => ports.files.freeBytes(ports.data));
    }
  }
}

const moving = (root: string) =>
  fail('not-protected', {
    en: `The tools of ${root} change while they are copied; stop what writes to them.`,
    ja: `${root} のツールが複製中に変化しています。書き込み元を止めてください。`,
  });

/** Copies and reads back; `whole` says that the copy on the disk hashes like the live file. */
async function copyAll(ports: Ports, root: string, tools: readonly SeenFile[], ref: string, signal?: AbortSignal) {
  const copied = await inParallel(tools, async ({ path, state, facts }) => {
    if (state.kind !== 'file') return undefined;
    const to = protectedPlace(ports, ref, path);
    await ports.files.copy({ root, path }, to, { mode: '0600', durable: true }, signal);
    const read = await ports.files.read(to, 0, signal);
    return { whole: read.sha256 === state.sha256, file: { path, ...state, modifiedAt: facts.modifiedAt } };
  });
  const files = copied.filter((one) => one !== undefined);
  const folders = new Set(files.map(({ file }) => file.path.slice(0, file.path.lastIndexOf('/'))));
  for (const folder of folders) await ports.files.syncFolder(protectedPlace(ports, ref, folder));
  return files;
}

const sizeOf = (tools: readonly SeenFile[]): number => tools.reduce((sum, { facts }) => sum + facts.bytes, 0);

/** Whether the live files are still those that were hashed. */
async function stoodStill(ports: Ports, root: string, tools: readonly SeenFile[]): Promise<boolean> {
  const now = (await ports.files.scan({ root, path: toolsFolder })).filter(({ path }) => !isTemporary(path));
  return (
    digestOf(now.map(({ path, version }) => [path, version])) === digestOf(tools.map(({ path, facts }) => [path, facts.version]))
  );
}

const receipt = (ref: string, manifest: ProtectedManifest): ProtectReceipt => ({
  ref,
  files: manifest.files.length,
  bytes: manifest.files.reduce((sum, { bytes }) => sum + bytes, 0),
  digest: manifest.digest,
});

/** Where the protected copy of a file lies. */
export const protectedPlace = (ports: Ports, ref: string, path: string): Place => ({
  root: ports.data,
  path: `${ref}/files/${path}`,
});

const manifestAt = (ports: Ports, ref: string): Place => ({ root: ports.data, path: `${ref}/manifest.json` });

/** The manifest of a complete protected copy; undefined for none, and for one that is not as it was written. */
export async function readProtected(ports: Ports, ref: string): Promise<ProtectedManifest | undefined> {
  if (!/^protected\/[^/]+\/[^/]+$/.test(ref)) return undefined;
  const text = await ports.files.readDocument(manifestAt(ports, ref));
  if (text === undefined) return undefined;
  try {
    const manifest = JSON.parse(text) as ProtectedManifest;
    return digestBeside(manifest) === manifest.digest ? manifest : undefined;
  } catch {
    return undefined;
  }
}
