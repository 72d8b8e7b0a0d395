/** `npm start` when everything is installed and the database is there: to the line that says ready. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Measure } from '../measure.ts';
import { timed } from '../side-by-side.ts';
import { makeHome } from '../support/product.ts';

const project = fileURLToPath(new URL('../..', import.meta.url));

export const startWarm: Measure = {
  id: 'start-warm',
  title: '`npm start`, warm, to its ready line',
  unit: 'ms',
  goal: 'at most 10,000 ms',
  meets: ({ p99 }) => p99 <= 10_000,
  async run(tidy) {
    const target = { id: 'tools', kind: 'tool-store', root: './project', repositories: ['local'], agent: 'none' };
    const { variables } = makeHome(tidy, [target]);
    const ours: number[] = [];
    for (let round = -1; round < 5; round++) {
      const took = await startOnce(tidy, variables);
      if (round >= 0) ours.push(took);
    }
    return { ours };
  },
};

async function startOnce(tidy: AsyncDisposableStack, env: NodeJS.ProcessEnv): Promise<number> {
  // A group of its own, so that npm, its shell and the supervisor hear the same signal, as with Ctrl-C.
  const npm = spawn('npm', ['start'], { cwd: project, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const gone = once(npm, 'close');
  const stop = async (): Promise<void> => {
    if (npm.exitCode === null && npm.signalCode === null) process.kill(-npm.pid!, 'SIGTERM');
    await gone;
  };
  tidy.defer(stop);
  const said: string[] = [];
  const ready = new Promise<void>((resolve, reject) => {
    const hear = (line: string): void => {
      said.push(line);
      if (line.startsWith('okiagari ready')) resolve();
    };
    for (const stream of [npm.stdout, npm.stderr]) createInterface({ input: stream }).on('line', hear);
    void gone.then(() => reject(new Error(`npm start ended:\n${said.slice(-20).join('\n')}`)));
  });
  const took = await timed(() => ready);
  await stop();
  return took;
}
