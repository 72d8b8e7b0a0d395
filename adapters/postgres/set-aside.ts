/** Data directories that were replaced: they lie beside the one in use, under names of their own. */
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

const mark = '.okiagari-old-';

export const keptBeside = (home: string, name: string): string => home + mark + name;

/** Those beside `home`, and since when; a renaming leaves its time. None where their folder cannot be read. Reads only. */
export async function listSetAside(home: string): Promise<{ path: string; since: string }[]> {
  const folder = dirname(home);
  const names = await readdir(folder).catch(() => []);
  const found = await Promise.all(
    names
      .filter((name) => name.startsWith(basename(home) + mark))
      .toSorted()
      .map(async (name) => {
        const path = join(folder, name);
        const facts = await stat(path).catch(() => undefined);
        return facts?.isDirectory() ? [{ path, since: facts.ctime.toISOString() }] : [];
      }),
  );
  return found.flat();
}
