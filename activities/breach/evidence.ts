/** Evidence: a hashed, read-only copy of everything that may tell what happened, outside the target. */
import { digestBeside, digestOf } from '../../domain/digest.ts';
import type { EvidenceReceipt } from '../../domain/breach/words.ts';
import { fail } from '../../domain/fail.ts';
import { inParallel } from '../../domain/tool-store/in-parallel.ts';
import { folderOf, isLineLog, isTemporary } from '../../domain/tool-store/layout.ts';
import type { FileFacts, Place } from '../ports/file-tree.ts';
import type { Ports } from '../ports/index.ts';
import { checkedName } from '../records/checked-name.ts';
import { codeOf, explainWrite, requireRoot, toolStoreTarget, withinTarget } from '../tool-store/target.ts';

interface EvidenceFile {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly mode: string;
  readonly uid: number;
  readonly gid: number;
  readonly modifiedAt: string;
}

/** `manifest.json`, written last: without it there is no evidence. */
interface EvidenceManifest {
  readonly version: 1;
  readonly target: string;
  readonly recovery: string;
  readonly takenAt: string;
  readonly files: readonly EvidenceFile[];
  /** Links and other entries that are no files: told, not followed. */
  readonly strange: readonly { readonly path: string; readonly kind: string; readonly pointsTo?: string }[];
  /** Files that never held still: the copy is whole, and of one of several moments. */
  readonly restless: readonly string[];
  readonly digest: string;
}

const folders = ['.pi/tools', '.pi/logs', '.pi/extensions', '.pi/lib', '.pi/skills'];
const tries = 4;
const fileMode = '0400';
const folderMode = '0500';

const homeOf = (target: string, recovery: string): string => `evidence/${target}/${checkedName(recovery)}`;
const manifestAt = (ports: Ports, ref: string): Place => ({ root: ports.data, path: `${ref}/manifest.json` });
const copyAt = (ports: Ports, ref: string, path: string): Place => ({ root: ports.data, path: `${ref}/files/${path}` });

/** See the interface. */
export async function preserveEvidence(
  ports: Ports,
  input: { readonly target: string; readonly recovery: string },
  signal?: AbortSignal,
): Promise<EvidenceReceipt> {
  const target = toolStoreTarget(ports, input.target);
  const { root } = target;
  const ref = homeOf(target.id, input.recovery);
  const earlier = await readEvidence(ports, ref);
  if (earlier === 'altered') throw altered(`${ports.data}/${ref}`);
  if (earlier !== undefined) return seal(ports, ref, earlier);
  await requireRoot(ports, target);
  let bytes = 0;
  try {
    await ports.files.removeTree({ root: ports.data, path: ref });
    const entries = await withinTarget(target, async () => {
      const listed = await Promise.all(folders.map((path) => ports.files.scan({ root, path })));
      return listed.flat().filter(({ path }) => !isTemporary(path));
    });
    bytes = entries.reduce((sum, one) => sum + one.bytes, 0);
    const files = entries.filter(({ kind }) => kind === 'file');
    const copied = await withinTarget(target, () => inParallel(files, (facts) => copyOne(ports, root, ref, facts, signal)));
    const kept = copied.filter((one) => one !== undefined);
    for (const path of foldersOf(kept.map(({ file }) => file.path))) await ports.files.syncFolder(copyAt(ports, ref, path));
    const body: Omit<EvidenceManifest, 'digest'> = {
      version: 1,
      target: target.id,
      recovery: input.recovery,
      takenAt: new Date().toISOString(),
      files: kept.map(({ file }) => file),
      strange: entries
        .filter(({ kind }) => kind !== 'file')
        .map(({ path, kind, pointsTo }) => ({ path, kind, ...(pointsTo !== undefined && { pointsTo }) })),
      restless: kept.filter(({ still }) => !still).map(({ file }) => file.path),
    };
    const manifest: EvidenceManifest = { ...body, digest: digestOf(body) };
    await ports.files.writeDocument(manifestAt(ports, ref), `${JSON.stringify(manifest, null, 2)}\n`);
    return await seal(ports, ref, manifest);
  } catch (error) {
    throw await explainWrite(error, `${ports.data}/${ref}`, bytes, () => ports.files.freeBytes(ports.data));
  }
}

/** Undefined when it vanished. What was copied is read back and compared; a log only as far as it reached. */
async function copyOne(ports: Ports, root: string, ref: string, listed: FileFacts, signal?: AbortSignal) {
  const { path } = listed;
  const to = copyAt(ports, ref, path);
  for (let attempt = 1; ; attempt++) {
    try {
      const before = attempt === 1 ? listed : await ports.files.look({ root, path });
      if (before?.kind !== 'file') return undefined;
      const upTo = isLineLog(path) ? before.bytes : undefined;
      await ports.files.remove(to);
      const options = { mode: fileMode, modifiedAt: before.modifiedAt, upTo, durable: true };
      const { sha256, bytes } = await ports.files.copy({ root, path }, to, options, signal);
      const read = await ports.files.read(to, 0, signal);
      const after = await ports.files.look({ root, path });
      const still = read.sha256 === sha256 && (upTo === undefined ? after?.version === before.version : bytes === upTo);
      if (!still && attempt < tries) continue;
      const { mode, uid, gid, modifiedAt } = before;
      return { still, file: { path, bytes, sha256: read.sha256, mode, uid, gid, modifiedAt } };
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined;
      throw error;
    }
  }
}

/** Folders that hold these paths, with all above them, the deepest first. */
function foldersOf(paths: readonly string[]): string[] {
  const found = new Set<string>();
  for (const path of paths) for (let at = folderOf(path); at !== ''; at = folderOf(at)) found.add(at);
  return [...found].toSorted().toReversed();
}

/** Read-only from the inside out; a second time changes nothing. */
async function seal(ports: Ports, ref: string, manifest: EvidenceManifest): Promise<EvidenceReceipt> {
  const lock = async (place: Place, mode: string): Promise<void> => {
    const facts = await ports.files.look(place);
    if (facts !== undefined && facts.mode !== mode) await ports.files.setAttributes(place, mode, facts);
  };
  await lock(manifestAt(ports, ref), fileMode);
  const inner = foldersOf(manifest.files.map(({ path }) => `files/${path}`));
  for (const path of [...inner.map((folder) => `${ref}/${folder}`), ref]) await lock({ root: ports.data, path }, folderMode);
  const bytes = manifest.files.reduce((sum, file) => sum + file.bytes, 0);
  return { ref, files: manifest.files.length, bytes, digest: manifest.digest };
}

/** What was once complete is never removed, not even to make it anew. */
const altered = (where: string) =>
  fail('not-protected', {
    en: `The evidence at ${where} was altered; move it to a safe place by hand.`,
    ja: `${where} の証拠が変更されています。手で安全な場所へ移してください。`,
  });

async function readEvidence(ports: Ports, ref: string): Promise<EvidenceManifest | 'altered' | undefined> {
  const text = await ports.files.readDocument(manifestAt(ports, ref));
  if (text === undefined) return undefined;
  try {
    const manifest = JSON.parse(text) as EvidenceManifest;
    return digestBeside(manifest) === manifest.digest ? manifest : 'altered';
  } catch {
    return 'altered';
  }
}

/** What of the evidence is missing, altered or writable; undefined where there is none. */
export async function evidenceFaults(
  ports: Ports,
  input: { readonly target: string; readonly recovery: string },
  signal?: AbortSignal,
): Promise<readonly string[] | undefined> {
  const ref = homeOf(input.target, input.recovery);
  const manifest = await readEvidence(ports, ref);
  if (manifest === undefined) return undefined;
  if (manifest === 'altered') return ['manifest.json'];
  const faults = await inParallel(manifest.files, async ({ path, sha256 }) => {
    const read = await ports.files.read(copyAt(ports, ref, path), 0, signal).catch(() => undefined);
    return read?.sha256 === sha256 && read.facts.mode === fileMode ? [] : [path];
  });
  return faults.flat();
}
