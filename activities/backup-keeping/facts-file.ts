/** What a kind knows of its backup beyond the manifest, as one small file among its files. */
import type { BackupSet } from './backup-set.ts';

const mostBytes = 64 * 1024;

export const factsText = (facts: object): string => `${JSON.stringify(facts, null, 2)}\n`;

/** Undefined where no copy has them as they were written, or `parse` throws. */
export async function readFacts<T>(
  { manifest, copies }: BackupSet,
  path: string,
  parse: (value: unknown) => T,
  signal?: AbortSignal,
): Promise<T | undefined> {
  const file = manifest?.files.find((one) => one.path === path);
  if (file === undefined) return undefined;
  for (const copy of copies) {
    const read = await copy.read(file, mostBytes, signal).catch(() => undefined);
    if (read?.sha256 !== file.sha256) continue;
    try {
      return parse(JSON.parse(new TextDecoder().decode(read.content)));
    } catch {
      // Another copy has the same bytes, and no better ones.
      return undefined;
    }
  }
  return undefined;
}
