/** The folder of all files of the tests: in memory, where the machine has plenty of it. A process that is killed loses nothing there either. */
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { isAlive } from './processes.ts';

const memory = '/dev/shm';
const prefix = 'okiagari-tests-';
/** Several times what they hold at any moment. */
const enoughBytes = 8 * 2 ** 30;
const tmpfs = 0x01021994;

/** Of this run; undefined where their files belong on a disk, as anybody's. */
export const memoryFolder = hasRoom() ? join(memory, `${prefix}${process.pid}`) : undefined;

export function makeMemoryFolder(): void {
  if (memoryFolder === undefined) return;
  removeWhatWasLeft();
  mkdirSync(memoryFolder);
  // As the folder of temporary files is: servers run as users of their own.
  chmodSync(memoryFolder, 0o1777);
}

export function removeMemoryFolder(): void {
  if (memoryFolder !== undefined) rmSync(memoryFolder, { recursive: true, force: true });
}

function hasRoom(): boolean {
  if (!existsSync(memory)) return false;
  const { type, bavail, bsize } = statfsSync(memory);
  return type === tmpfs && bavail * bsize >= enoughBytes;
}

/** By runs that were killed. */
function removeWhatWasLeft(): void {
  const folders = readdirSync(memory).filter((name) => name.startsWith(prefix) && !isAlive(Number(name.slice(prefix.length))));
  for (const name of folders) rmSync(join(memory, name), { recursive: true, force: true });
}
