/** What a person would type instead, timed. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { timed } from '../side-by-side.ts';

/** Runs it under `sh -e`; milliseconds until it is through. Throws with what it printed when it fails. */
export const shell = (script: string, variables: Readonly<Record<string, string>>): Promise<number> =>
  timed(async () => {
    const child = spawn('/bin/sh', ['-ec', script], { env: { PATH: process.env['PATH'], ...variables } });
    let printed = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (printed += chunk.toString()));
    const [code] = (await once(child, 'close')) as [number | null];
    if (code !== 0) throw new Error(`${script}\nended with ${code}: ${printed.slice(-2_000)}`);
  });
