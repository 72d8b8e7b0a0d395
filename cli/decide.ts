/** `okiagari approve` and `okiagari reject`: a decision at a gate, bound to the plan that was shown. */
import type { Command } from 'commander';
import type { StatusDocument } from '../contracts/http/recovery.ts';
import { clientCommand, type Context } from './client/command.ts';
import { exitCodes } from './client/exit-codes.ts';
import { ClientError } from './client/http.ts';
import { waitingLines } from './client/view.ts';

interface Options {
  readonly reason: string;
  readonly gate?: string;
  readonly digest?: string;
}

type Waiting = StatusDocument['waitingFor'][number];

export const approveCommand = (): Command => decideCommand('approve', 'approve the plan that a recovery waits with');
export const rejectCommand = (): Command => decideCommand('reject', 'reject the plan that a recovery waits with');

function decideCommand(decision: 'approve' | 'reject', description: string): Command {
  return clientCommand<Options>(decision, description, async (context, options, id) => {
    const waiting = await gateOf(context, id, decision, options.gate);
    const digest = options.digest ?? waiting.digest;
    if (!context.json) context.show(undefined, waitingLines(waiting));
    const answer = await context.client.post<{ gate: string; state: string }>(
      `/v1/recoveries/${encodeURIComponent(id)}/decisions`,
      { gate: waiting.gate, digest, decision, reason: options.reason },
    );
    context.show(answer, [`${answer.gate}: ${answer.state}`]);
    return exitCodes.done;
  })
    .argument('<id>', 'id of the recovery')
    .requiredOption('--reason <text>', 'why, for the record')
    .option('--gate <gate>', 'which one, where several are open')
    .option('--digest <digest>', 'digest of the plan you have seen; refused when the plan has changed since');
}

async function gateOf({ client }: Context, id: string, decision: string, wanted: string | undefined): Promise<Waiting> {
  const { waitingFor, status } = await client.get<StatusDocument>(`/v1/recoveries/${encodeURIComponent(id)}`);
  const open = waitingFor.filter(({ gate, choices }) =>
    wanted === undefined ? choices.some((choice) => choice === decision) : gate === wanted,
  );
  const [one, ...more] = open;
  if (one === undefined) {
    throw new ClientError(`Nothing to ${decision}: the recovery is ${status} and waits at no such gate.`, exitCodes.refused);
  }
  if (more.length > 0) {
    throw new ClientError(
      `Several gates are open; name one with --gate: ${open.map(({ gate }) => gate).join(', ')}`,
      exitCodes.usage,
    );
  }
  return one;
}
