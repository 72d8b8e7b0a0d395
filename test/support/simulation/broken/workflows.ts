/** Toys that are wrong in ways that no simulation may overlook. */
import { condition, sleep, workflowInfo } from '@temporalio/workflow';
import { z } from 'zod';
import { plain } from '../../../../domain/text.ts';
import type { TakeBackup } from '../../../../workflows/backup.ts';
import { activitiesAt } from '../../../../workflows/kit/activities.ts';
import { recovery } from '../../../../workflows/kit/recovery.ts';
import { toyGroupInput, toyInput } from '../../toy/inputs.ts';
import type { ToyActivities } from '../../toy/kind.ts';

export { lease } from '../../../../workflows/lease.ts';
export {
  toyCooling,
  toyEveryWord,
  toyGuarded,
  toySameTarget,
  toyService,
  toySet,
  toyTogether,
  toyWhole,
  toyWord,
} from '../../toy/workflows.ts';

/** Goes another way when it is replayed. */
export const toySteps = recovery('toy-steps', z.strictObject({ steps: z.int() }), async (r, { steps }) => {
  for (let n = 1; n <= steps; n++) {
    if (workflowInfo().unsafe.isReplaying) await sleep('1s');
    await r.step(`step ${n}`, async () => ({
      value: await r.on<ToyActivities>().quick.nothing({ target: r.target }),
      sentence: plain(`did ${n}`),
    }));
  }
  await r.verify('verify', () => Promise.resolve([{ id: 'counted', ok: true, sentence: plain('all of them') }]));
});

/** Throws what is no failure of the table. */
export const toyLateChange = recovery('toy-late-change', toyInput, () => Promise.reject(new TypeError('not a function')));

/** Waits for nobody. */
export const toyGroup = recovery('toy-group', toyGroupInput, () => condition(() => false));

/** Takes no lease. */
export async function backup({ target, site, activity, ...request }: TakeBackup): Promise<unknown> {
  const on = activitiesAt<Record<string, (input: unknown) => Promise<unknown>>>(site, target);
  return on.patient[activity]!({ target, ...request });
}
