/** `okiagari status`: one recovery, or all of them. */
import type { Command } from 'commander';
import type { RecoverySummary, StatusDocument } from '../contracts/http/recovery.ts';
import { clientCommand } from './client/command.ts';
import { exitCodes } from './client/exit-codes.ts';
import { follow } from './client/follow.ts';
import { statusLines } from './client/view.ts';

export const statusCommand = (): Command =>
  clientCommand<{ readonly watch?: boolean }>('status', 'show a recovery, or list them', async (context, { watch }, id) => {
    if (id === undefined) {
      const list = await context.client.get<{ items: RecoverySummary[] }>('/v1/recoveries');
      context.show(
        list,
        list.items.map((one) => `${one.startedAt}  ${one.status.padEnd(11)} ${one.scenario.padEnd(18)} ${one.id}`),
      );
      return exitCodes.done;
    }
    if (watch) return follow(context, id);
    const status = await context.client.get<StatusDocument>(`/v1/recoveries/${encodeURIComponent(id)}`);
    context.show(status, statusLines(status));
    return exitCodes.done;
  })
    .argument('[id]', 'id of the recovery; all of them when left out')
    .option('--watch', 'show the ledger live, to the end');
