/** Runs a program of PostgreSQL as the owner of a data directory. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { MachineSettings } from '../../activities/ports/node-control.ts';
import { runAsOwner, type Ended, type OwnerProgram } from '../process/run-as-owner.ts';

type Home = Pick<MachineSettings, 'data' | 'bin'>;
type Options = Pick<OwnerProgram, 'env' | 'signal' | 'take'>;

/** Its lines go to `take`. It may end as it likes: some always end by not finding more. */
export const readLines = (
  home: Home,
  program: string,
  args: readonly string[],
  take: (line: string) => void,
  options: Options = {},
): Promise<Ended> => run(home, program, args, { ...options, take });

/** Runs it to a good end. Throws its last words otherwise. */
export async function runProgram(home: Home, program: string, args: readonly string[], options: Options = {}): Promise<void> {
  const { code, said } = await run(home, program, args, options);
  if (code !== 0) throw new Error(`${program} ended with ${code ?? 'a signal'}: ${said.slice(-400)}`);
}

async function run({ data, bin }: Home, program: string, args: readonly string[], options: Options): Promise<Ended> {
  return runAsOwner({ ...options, program: join(bin, program), args, owner: await stat(data), folder: '/' });
}
