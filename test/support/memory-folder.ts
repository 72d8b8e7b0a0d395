/** The folder of all files of the tests: in memory, where the machine has plenty of it. A process that is killed loses nothing there either. */
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { isAlive } from './processes.ts';

const memory = '/dev/shm';
/** Short: sockets lie below it. */
const folderOf = (pid: number): string => join(memory, `okiagari-${pid}`);
const ofRun = /^okiagari-(\d+)$/;
/** Several times what they hold at any moment. */
const enoughBytes = 8 * 2 ** 30;
const tmpfs = 0x01021994;

/** Of this run; undefined where their files belong on a disk, as anybody's. */
export const memoryFolder = hasRoom() ? folderOf(process.pid) : undefined;

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
  // Tests write programs there, and run them.
  const mayRun = !/ \/dev\/shm tmpfs \S*\bnoexec\b/.test(readFileSync('/proc/mounts', 'utf8'));
  return type === tmpfs && mayRun && bavail * bsize >= enoughBytes;
}

/** By runs that were killed. */
function removeWhatWasLeft(): void {
  const runs = readdirSync(memory).flatMap((name) => ofRun.exec(name)?.slice(1).map(Number) ?? []);
  for (const pid of runs.filter((run) => !isAlive(run))) rmSync(folderOf(pid), { recursive: true, force: true });
}
