/** Asks a worker one question: near a target, or any that could tell people something. */
import { randomUUID } from 'node:crypto';
import type { Inventory, TargetEntry } from '../contracts/inventory.ts';
import type { Gateway } from './gateway.ts';

/** The answer of the activity, within the time. Fails: no-worker, temporal-away, and whatever the activity says. */
export const askTarget = (
  gateway: Gateway,
  target: TargetEntry,
  activity: string,
  withinMs: number,
  input: Readonly<Record<string, unknown>> = {},
): Promise<unknown> =>
  gateway.ask(
    {
      type: 'ask',
      workflowId: `ask/${target.id}/${randomUUID()}`,
      args: [{ target: target.id, site: target.site, activity, input: { ...input, target: target.id } }],
      summary: `${activity} of ${target.id}`,
    },
    withinMs,
  );

/**
 * As `askTarget`, about a person. `key` is the same for a repeat: one that comes while the first still runs gets its answer.
 * Every worker serves people and targets alike, so the site of the first target leads to one.
 */
export const askAboutPerson = (
  gateway: Gateway,
  { targets }: Inventory,
  { person, key, activity, input }: { person: string; key: string; activity: string; input: Readonly<Record<string, unknown>> },
  withinMs: number,
): Promise<unknown> =>
  gateway.ask(
    {
      type: 'ask',
      workflowId: `ask/${person}/${key}`,
      args: [{ target: person, site: targets[0]!.site, activity, input }],
      summary: `${activity} of ${person}`,
    },
    withinMs,
  );
