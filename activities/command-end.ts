/** How a command ended, in words. */
import type { CommandResult } from './ports/command-runner.ts';

/** `exit 1: no such zone` */
export function endOf({ exitCode, ended, stderr }: CommandResult): string {
  const how = exitCode === null ? ended : `exit ${exitCode}`;
  const said = stderr.replaceAll(/\s+/g, ' ').trim().slice(0, 200);
  return said === '' ? how : `${how}: ${said}`;
}
