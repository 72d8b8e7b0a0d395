/** The restore test of a backup whose files are fetched whole: every copy where it lies, with what each kind asks of a restored one. */
import type { BackupTest, Manifest } from '../../domain/backup.ts';
import type { Text } from '../../domain/text.ts';
import type { ScratchFolder } from '../ports/scratch-servers.ts';
import { bestFirst, type BackupCopy, type BackupSet } from './backup-set.ts';
import { fetchCopy } from './fetch-copy.ts';
import { keepResult } from './keep-result.ts';

export type Found = { readonly failure: Text } | { readonly counts: Readonly<Record<string, number>> };
export type WholeSet = BackupSet & { readonly manifest: Manifest };

/** What differs from kind to kind. */
export interface CopyTester {
  /** A folder that this copy's test has to itself. */
  readonly open: () => Promise<ScratchFolder>;
  readonly remove: (folder: ScratchFolder) => Promise<void>;
  /** With the files of the one copy in the folder, each as it was written. */
  readonly ask: (set: WholeSet, folder: ScratchFolder) => Promise<Found>;
}

/**
 * Restores every copy that has bytes of its own; what a tool keeps elsewhere lies there once, and is restored once. A backup that
 * fails is a result. Fails where the test itself cannot be made: scratch-unusable, backup-tool-failed.
 */
export async function testCopies(set: BackupSet, tester: CopyTester, signal?: AbortSignal): Promise<BackupSet> {
  const { manifest } = set;
  if (manifest === undefined || set.fault !== undefined) return set;
  const copies: BackupCopy[] = [];
  const findings: Text[] = [];
  let elsewhere: Found | undefined;
  for (const copy of set.copies) {
    const started = performance.now();
    const found = await testCopy({ ...set, manifest, copies: [copy] }, copy, tester, elsewhere, signal);
    if (manifest.elsewhere !== undefined) elsewhere ??= found;
    const test: BackupTest = {
      backup: set.id,
      manifest: manifest.digest,
      passed: 'counts' in found,
      testedAt: new Date().toISOString(),
      restoreMs: Math.round(performance.now() - started),
      counts: 'counts' in found ? found.counts : {},
      ...('failure' in found && { failure: found.failure.en }),
    };
    findings.push(...(await keepResult(copy, test)));
    copies.push({ ...copy, test });
  }
  return { ...set, copies: bestFirst(copies), findings: [...set.findings, ...findings] };
}

async function testCopy(
  set: WholeSet,
  copy: BackupCopy,
  tester: CopyTester,
  known: Found | undefined,
  signal?: AbortSignal,
): Promise<Found> {
  const strange = await copy.strange();
  if (strange.length > 0) return strangeFile(set.id, strange[0]!);
  const folder = await tester.open();
  try {
    const fault = await fetchCopy(folder, set.id, set.manifest, copy, signal);
    if (fault !== undefined) return { failure: fault };
    return known ?? (await tester.ask(set, folder));
  } finally {
    await tester.remove(folder);
  }
}

const strangeFile = (id: string, path: string): Found => ({
  failure: { en: `${id} holds a link or a special file: ${path}.`, ja: `${id} にリンクか特殊ファイルがあります: ${path}。` },
});
