/** Lets the time of one stage of a gate pass, and says when people are to be reminded. */
import { condition } from '@temporalio/workflow';
import { nextMoment, type Moment, type StageTime } from '../../domain/gate-moments.ts';

interface Clocked {
  readonly name: string;
  /** It has an outcome, or the recovery was cancelled. */
  readonly settled: () => boolean;
  /** No statement is being judged right now. */
  readonly judged: () => boolean;
}

/** Returns when the gate is settled or the stage's time is over. Without `tell`, as the first kernel did it: nobody is reminded. */
export async function passStage(
  { name, settled, judged }: Clocked,
  time: StageTime,
  tell: ((what: Exclude<Moment['what'], 'deadline'>) => void) | undefined,
): Promise<void> {
  if (!tell) {
    if (time.withinMs === null) await condition(settled);
    else await condition(settled, time.withinMs, { summary: `deadline of gate ${name}` });
    return;
  }
  for (let after = time.since; ;) {
    const { at, what } = nextMoment(time, after);
    if (await condition(settled, Math.max(1, at - Date.now()), { summary: `${what} at gate ${name}` })) return;
    // What was sent in time counts, also when no worker was there to judge it in time.
    if (what === 'deadline') return condition(() => settled() || judged());
    after = at;
    tell(what);
  }
}
