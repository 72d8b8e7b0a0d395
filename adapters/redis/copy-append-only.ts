/**
 * Copies an append-only file while its server writes to it. The server only appends to the files that a manifest names, or puts
 * others in their place: files of one manifest that could all be opened belong together, whoever removes their names.
 */
import { open, readFile, truncate, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { appendOnlyFolder, appendOnlyManifest } from '../../domain/redis/taken-backup.ts';
import { isMissing } from '../files/inside.ts';
import { makeOwned, writeOwned } from '../files/owned.ts';
import type { Owner } from '../process/run-as-owner.ts';
import { checkAppendOnly, type Checked } from './check-files.ts';

/** Why it could not be copied, as a half sentence. */
export class NotCopied extends Error {}

export interface AppendOnlySource {
  /** Absolute paths. */
  readonly folder: string;
  readonly manifest: string;
  /** Whether its server writes to the files that the manifest names, and makes no others just now. */
  readonly isAtRest: () => Promise<boolean>;
}

const chunkBytes = 1024 * 1024;
const patienceMs = 30_000;
const pauseMs = 100;
/** A server that is well writes the rest of a command within a moment. */
const restOfCommandMs = 2_000;

/** Into `appendonlydir` below `checked.from`, with its manifest as `appendonly.aof.manifest`. Throws NotCopied. */
export async function copyAppendOnly(source: AppendOnlySource, checked: Checked): Promise<void> {
  const { lines, files } = await openTogether(source, checked.signal);
  try {
    const into = join(checked.from, appendOnlyFolder);
    await makeOwned(into, checked.folder.owner);
    await writeOwned(checked.folder, join(into, appendOnlyManifest), `${lines.join('\n')}\n`);
    for (const { name, handle } of files) await copyFrom(handle, 0, join(into, name), checked);
    await endWithWholeCommand(files.at(-1), into, checked);
  } finally {
    await Promise.all(files.map(({ handle }) => handle.close()));
  }
}

interface OpenFile {
  readonly name: string;
  readonly handle: FileHandle;
}

async function openTogether(
  { folder, manifest, isAtRest }: AppendOnlySource,
  signal?: AbortSignal,
): Promise<{ readonly lines: readonly string[]; readonly files: readonly OpenFile[] }> {
  let why = `it was being rewritten for ${patienceMs / 1_000} s`;
  for (const until = performance.now() + patienceMs; performance.now() < until; await delay(pauseMs)) {
    signal?.throwIfAborted();
    if (!(await isAtRest())) continue;
    const files: OpenFile[] = [];
    try {
      const text = await readFile(manifest, 'utf8');
      const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#') && !isHistory(line));
      for (const name of lines.map(nameIn)) files.push({ name, handle: await open(join(folder, name), 'r') });
      return { lines, files };
    } catch (error) {
      await Promise.all(files.map(({ handle }) => handle.close()));
      // Gone since the manifest was read, or not there yet.
      if (!isMissing(error)) throw error;
      why = (error as Error).message;
    }
  }
  throw new NotCopied(why);
}

/** Of a rewrite that is through: nobody reads those again. */
const isHistory = (line: string): boolean => / type h\b/.test(line);

function nameIn(line: string): string {
  const name = /^file ([\w.-]+) seq \d+ type [bi]\b/.exec(line)?.[1];
  if (name === undefined) throw new NotCopied(`a line of its manifest is not understood: ${line.slice(0, 100)}`);
  return name;
}

/** What is there now, from a position on; the copy is as long afterwards. */
async function copyFrom(handle: FileHandle, from: number, to: string, { folder, signal }: Checked): Promise<void> {
  const { size } = await handle.stat();
  const copy = from === 0 ? await createOwned(to, folder.owner) : await open(to, 'r+');
  const chunk = Buffer.allocUnsafe(chunkBytes);
  try {
    for (let at = from; at < size;) {
      signal?.throwIfAborted();
      const { bytesRead } = await handle.read(chunk, 0, Math.min(chunk.length, size - at), at);
      if (bytesRead === 0) throw new NotCopied('it became shorter while it was copied');
      at += (await copy.write(chunk, 0, bytesRead, at)).bytesWritten;
    }
  } finally {
    await copy.close();
  }
}

/**
 * A copy may end in the middle of a command. Where more of the file makes more commands whole, only the end was not written yet,
 * and it is left away; where it does not, the file is damaged.
 */
async function endWithWholeCommand(last: OpenFile | undefined, into: string, checked: Checked): Promise<void> {
  let before: number | undefined;
  for (const until = performance.now() + restOfCommandMs; ; await delay(pauseMs)) {
    const { code, output, said, wholeUpTo } = await checkAppendOnly(checked);
    if (code === 0) return;
    const words = `${said}\n${output}`.trim().replaceAll('\n', '; ').slice(-300);
    if (last === undefined || wholeUpTo?.file !== last.name) throw new NotCopied(`redis-check-aof: ${words}`);
    const path = join(into, last.name);
    if (before !== undefined && wholeUpTo.bytes > before) {
      await truncate(path, wholeUpTo.bytes);
      before = undefined;
      continue;
    }
    before = wholeUpTo.bytes;
    if (performance.now() > until) throw new NotCopied(`redis-check-aof: ${words}`);
    await copyFrom(last.handle, before, path, checked);
  }
}

async function createOwned(path: string, { uid, gid }: Owner): Promise<FileHandle> {
  const handle = await open(path, 'w', 0o600);
  await handle.chown(uid, gid);
  return handle;
}
