/** `okiagari drill`: starts a drill, or shows the score of one; with `--watch` both. */
import type { Command } from 'commander';
import type { DrillDocument } from '../contracts/http/drill.ts';
import type { StartedDocument } from '../contracts/http/recovery.ts';
import { clientCommand, type Context } from './client/command.ts';
import { exitCodes } from './client/exit-codes.ts';
import { follow } from './client/follow.ts';
import { ClientError } from './client/http.ts';

interface Options {
  readonly reason?: string;
  readonly score?: string;
  readonly watch?: boolean;
}

export const drillCommand = (): Command =>
  clientCommand<Options>('drill', 'start a drill, or show its score', async (context, options, drill, target) => {
    if (options.score !== undefined) return showScore(context, options.score);
    const { reason } = options;
    if (drill === undefined || target === undefined || reason === undefined) {
      throw new ClientError('drill takes <drill> <target> --reason <text>, or --score <id>', exitCodes.usage);
    }
    const started = await context.client.post<StartedDocument>('/v1/drills', { drill, target, reason });
    context.show(started, [`started ${started.id}`]);
    if (!options.watch) return exitCodes.done;
    await follow(context, started.id);
    return showScore(context, started.id);
  })
    .argument('[drill]', 'region')
    .argument('[target]', 'an id of the inventory, a sandbox')
    .option('--reason <text>', 'why, for the record')
    .option('--score <id>', 'show the score of this drill instead')
    .option('--watch', 'show the ledger live, and the score in the end');

/** Missed is 1, as is a recovery that ended otherwise. */
async function showScore(context: Context, id: string): Promise<number> {
  const score = await context.client.get<DrillDocument>(`/v1/drills/${encodeURIComponent(id)}`);
  const lines = score.criteria.map(({ met, title, sentence }) => `${markOf(met)}  ${title.padEnd(12)} ${sentence}`);
  context.show(score, [...lines, score.sentence]);
  return score.passed === false ? exitCodes.notRecovered : exitCodes.done;
}

const markOf = (met: boolean | null): string => (met === null ? '?' : met ? '✓' : '✗');
