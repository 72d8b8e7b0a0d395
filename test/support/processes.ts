/** Looks at processes from outside, as a person with `ps` would. */
import { readFileSync, readdirSync } from 'node:fs';
import process from 'node:process';

/** A zombie that nobody collected yet counts as gone: it holds no port and runs no code. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return true;
  }
}

/** Living processes whose command line or environment names the folder: whatever a test started there. Needs /proc. */
export function processesOf(folder: string): { readonly pid: number; readonly command: string }[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .map((name) => ({ pid: Number(name), command: read(`/proc/${name}/cmdline`), environment: read(`/proc/${name}/environ`) }))
    .filter(({ pid, command, environment }) => isAlive(pid) && (command.includes(folder) || environment.includes(folder)))
    .map(({ pid, command }) => ({ pid, command: command.replaceAll('\0', ' ') }));
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // gone between two looks, or somebody else's
  }
}
