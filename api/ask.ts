/** Asks a worker near a target one read-only question. */
import { randomUUID } from 'node:crypto';
import type { TargetEntry } from '../contracts/inventory.ts';
import type { Gateway } from './gateway.ts';

/** The answer of the activity, within the time. Fails: no-worker, temporal-away, and whatever the activity says. */
export const askTarget = (gateway: Gateway, target: TargetEntry, activity: string, withinMs: number): Promise<unknown> =>
  gateway.ask(
    {
      type: 'ask',
      workflowId: `ask/${target.id}/${randomUUID()}`,
      args: [{ target: target.id, site: target.site, activity, input: { target: target.id } }],
      summary: `${activity} of ${target.id}`,
    },
    withinMs,
  );
