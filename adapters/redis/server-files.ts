/** The snapshot and the append-only file of a server: which they are, and a compared copy before somebody else's data takes their place. */
import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Place } from '../../activities/ports/file-tree.ts';
import { hasCode } from '../files/inside.ts';
import { createLocalFiles } from '../files/local-files.ts';

const local = createLocalFiles();
const list = 'whole.json';
/** A live server replaces its files now and then, and removes the ones before. */
const tries = 5;

/** See RedisControl.listFiles. */
export async function listFiles(data: string): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(data, { withFileTypes: true })) {
    if (entry.isFile() && /\.(rdb|aof)$/.test(entry.name)) found.push(entry.name);
    if (!entry.isDirectory()) continue;
    const inside = await readdir(join(data, entry.name));
    if (inside.some((name) => name.endsWith('.aof.manifest'))) found.push(...inside.map((name) => join(entry.name, name)));
  }
  // What a server writes just now has a name of its own that goes again.
  return found.filter((path) => !/(^|\/)temp-/.test(path)).toSorted();
}

/** See RedisControl.keepFiles. */
export async function keepFiles(data: string, into: Place, signal?: AbortSignal): Promise<void> {
  const whole = { ...into, path: `${into.path}/${list}` };
  if ((await local.readDocument(whole)) !== undefined) return;
  for (let attempt = 1; ; attempt++) {
    await local.removeTree(into);
    try {
      const files = await copyAll(data, into, signal);
      await local.writeDocument(whole, JSON.stringify({ from: data, files }));
      return;
    } catch (error) {
      if (attempt === tries || !hasCode(error, 'ENOENT')) throw error;
    }
  }
}

interface Kept {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

async function copyAll(data: string, into: Place, signal?: AbortSignal): Promise<Kept[]> {
  const files: Kept[] = [];
  for (const path of await listFiles(data)) {
    // The file alone is trusted to be inside; a link among the data stays where it is.
    const from = { root: dirname(`${data}/${path}`), path: basename(path) };
    const to = { root: into.root, path: `${into.path}/${path}` };
    const { bytes, sha256 } = await local.copy(from, to, { mode: '0600', durable: true }, signal);
    const there = await local.read(to, 0, signal);
    if (there.sha256 !== sha256) throw new Error(`${into.path}/${path} is not what was copied`);
    files.push({ path, bytes, sha256 });
  }
  return files;
}
