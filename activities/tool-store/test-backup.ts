/** The restore test: the only thing that makes a backup verified. */
import type { BackupTest, Manifest, ManifestFile } from '../../domain/backup.ts';
import { inParallel } from '../../domain/tool-store/in-parallel.ts';
import { auditLog, fileNameOf, isToolPath, toolBytesLimit } from '../../domain/tool-store/layout.ts';
import { judgeToolFile } from '../../domain/tool-store/tool-file.ts';
import { UnsafePath } from '../../domain/tool-store/unsafe-path.ts';
import type { Text } from '../../domain/text.ts';
import type { Ports } from '../ports/index.ts';
import { bestFirst, type BackupCopy, type BackupSet, type SetFault } from '../backup-keeping/backup-set.ts';
import { keepResult } from '../backup-keeping/keep-result.ts';
import { codeOf, explainWrite } from './target.ts';

/** What the test left known: the set with its new tests, and why it is no good where it is not. */
export interface TestedSet {
  readonly set: BackupSet;
  readonly passed: boolean;
  readonly fault?: SetFault;
}

/**
 * Restores every copy into a scratch folder, checks it there, keeps the result beside the copy, removes the scratch.
 * A copy that fails is a result. Fails only where the scratch cannot be written: disk-full, target-read-only.
 */
export async function testSet(ports: Ports, target: string, set: BackupSet, signal?: AbortSignal): Promise<TestedSet> {
  const { manifest } = set;
  if (manifest === undefined) return { set, passed: false, ...(set.fault === undefined ? {} : { fault: set.fault }) };
  const copies: BackupCopy[] = [];
  const findings: Text[] = [];
  let firstFault: SetFault | undefined;
  for (const copy of set.copies) {
    const started = performance.now();
    const found = await testCopy(ports, target, set.id, manifest, copy, signal);
    if ('code' in found) firstFault ??= found;
    const test: BackupTest = {
      backup: set.id,
      manifest: manifest.digest,
      passed: !('code' in found),
      testedAt: new Date().toISOString(),
      restoreMs: Math.round(performance.now() - started),
      counts: 'code' in found ? {} : found.counts,
      ...('code' in found ? { failure: found.sentence.en } : {}),
    };
    findings.push(...(await keepResult(copy, test)));
    copies.push({ ...copy, test });
  }
  const passed = copies.some(({ test }) => test?.passed === true);
  return {
    set: { ...set, copies: bestFirst(copies), findings: [...set.findings, ...findings] },
    passed,
    ...(passed || firstFault === undefined ? {} : { fault: firstFault }),
  };
}

type Found = SetFault | { readonly counts: Readonly<Record<string, number>> };

/** What a killed attempt left in scratch is removed when nothing in it changed for so long; a living attempt writes all the time. */
const leftoverMs = 3_600_000;

async function testCopy(
  ports: Ports,
  target: string,
  id: string,
  manifest: Manifest,
  copy: BackupCopy,
  signal?: AbortSignal,
): Promise<Found> {
  // A name of its own: another test of the same backup, or an attempt that timed out, may be running beside this one.
  const home = { root: ports.data, path: `scratch/${target}` };
  const scratch = { ...home, path: `${home.path}/${id}-${globalThis.crypto.randomUUID()}` };
  // Tidying after others may fail without consequence; what it was to make room for says so itself.
  await ports.files.removeOldTrees(home, leftoverMs).catch(() => undefined);
  try {
    const strange = await copy.strange();
    if (strange.length > 0) return unsafe(id, strange[0]!);
    let logLines = 0;
    const faults = await inParallel(manifest.files, async (file) => {
      const restored = await restoreOne(ports, scratch.path, id, file, copy, signal);
      if ('code' in restored) return restored;
      if (file.path === auditLog) logLines = restored.lines;
      return undefined;
    });
    const fault = faults.find((one) => one !== undefined);
    if (fault !== undefined) return fault;
    return await judgeContents(ports, scratch.path, id, manifest, logLines);
  } catch (error) {
    const needed = manifest.files.reduce((sum, { bytes }) => sum + bytes, 0);
    throw await explainWrite(error, `${ports.data}/${scratch.path}`, needed, () => ports.files.freeBytes(ports.data));
  } finally {
    await ports.files.removeTree(scratch);
  }
}

async function restoreOne(
  ports: Ports,
  scratch: string,
  id: string,
  file: ManifestFile,
  copy: BackupCopy,
  signal?: AbortSignal,
): Promise<SetFault | { readonly lines: number }> {
  try {
    const to = { root: ports.data, path: `${scratch}/${file.path}` };
    const copied = await copy.fetch(file, to, { mode: '0600', durable: false }, signal);
    if (copied.sha256 === file.sha256) return { lines: copied.lines };
    return corrupt(
      `${id}: ${file.path} in ${copy.where} is not what was written (${copied.bytes} of ${file.bytes} bytes, another checksum).`,
      `${id}: ${copy.where} の ${file.path} が書き込み時と一致しません。`,
    );
  } catch (error) {
    if (!speaksOfFile(error)) throw error;
    // The scratch may be at fault as well: the backup is, only where reading it alone is refused too.
    const refusal = await copy.read(file, 0, signal).then(
      () => undefined,
      (again: unknown) => again,
    );
    if (!speaksOfFile(refusal)) throw error;
    if (refusal instanceof UnsafePath) return unsafe(id, file.path);
    return corrupt(`${id}: ${file.path} is missing in ${copy.where}.`, `${id}: ${copy.where} に ${file.path} がありません。`);
  }
}

/** Says that a file is gone, unreadable, or no file: of which side, the error alone does not tell. */
const speaksOfFile = (error: unknown): boolean =>
  error instanceof UnsafePath || codeOf(error) === 'ENOENT' || codeOf(error) === 'EIO';

/** The right bytes may still say the wrong thing: they were damaged before they were copied. */
async function judgeContents(ports: Ports, scratch: string, id: string, manifest: Manifest, logLines: number): Promise<Found> {
  const paths = manifest.files.map(({ path }) => path).filter(isToolPath);
  const judged = await inParallel(paths, async (path) => {
    const { content } = await ports.files.read({ root: ports.data, path: `${scratch}/${path}` }, toolBytesLimit);
    return judgeToolFile(fileNameOf(path), content);
  });
  const faults = judged.flatMap((one) => (one.ok ? [] : [one.sentence]));
  const some = faults.slice(0, 5);
  if (faults.length > 0) {
    return corrupt(
      `${id}: ${faults.length} of ${paths.length} tools are not valid: ${some.map(({ en }) => en).join(' ')}`,
      `${id}: ツール ${paths.length} 件中 ${faults.length} 件が不正です: ${some.map(({ ja }) => ja).join('')}`,
    );
  }
  const counts = { tools: paths.length, logLines };
  for (const [what, count] of Object.entries(counts)) {
    if (manifest.counts[what] !== count) {
      return corrupt(
        `${id}: the manifest counts ${manifest.counts[what] ?? 0} ${what}, ${count} came back.`,
        `${id}: マニフェストの ${what} は ${manifest.counts[what] ?? 0} 件ですが、復元できたのは ${count} 件です。`,
      );
    }
  }
  return { counts };
}

const corrupt = (en: string, ja: string): SetFault => ({ code: 'backup-corrupt', sentence: { en, ja } });
const unsafe = (id: string, path: string): SetFault => ({
  code: 'backup-unsafe',
  sentence: { en: `${id} holds a link or a special file: ${path}.`, ja: `${id} にリンクか特殊ファイルがあります: ${path}。` },
});
