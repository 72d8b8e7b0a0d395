/** `okiagari node`: does one thing to the database server of this machine, as one line on standard input says. */
import process from 'node:process';
import { createInterface } from 'node:readline';
import { Command } from 'commander';

export const nodeCommand = (): Command =>
  new Command('node')
    .description(
      'do one thing to the PostgreSQL or Redis server of this machine, as told on standard input; a worker elsewhere runs this',
    )
    .action(async () => {
      const { answerNodeRequest } = await import('../adapters/node/answer.ts');
      const { createCommandRunner } = await import('../adapters/process/run-command.ts');
      const gone = new AbortController();
      const lines = createInterface({ input: process.stdin });
      const asked = new Promise<string>((resolve) => lines.once('line', resolve));
      // Whoever asked has died, or the way to them is cut: nobody waits for this any more.
      lines.once('close', () => gone.abort());
      const answer = await answerNodeRequest(await asked, createCommandRunner(), gone.signal);
      process.stdout.write(`${answer}\n`, () => process.exit());
    });
