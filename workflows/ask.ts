/** One read-only question to a target, answered by a worker near it: how the API looks at a place it cannot reach itself. */
import { activitiesAt } from './kit/activities.ts';

export interface Question {
  readonly target: string;
  readonly site: string;
  /** Name of the activity, from the kind's entry in contracts/kinds.ts. */
  readonly activity: string;
  readonly input?: Readonly<Record<string, unknown>>;
}

export async function ask({ target, site, activity, input }: Question): Promise<unknown> {
  const on = activitiesAt<Record<string, (input: unknown) => Promise<unknown>>>(site, target);
  return on.patient[activity]!({ ...input, target });
}
