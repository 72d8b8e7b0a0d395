/** Looks at processes from outside, as a person with `ps` would. */
import { readFileSync } from 'node:fs';
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
