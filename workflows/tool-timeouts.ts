/** Seed A, scenario 3: tools run into their time limits again and again. */
import { toolTimeoutsInput } from '../contracts/inputs/tool-timeouts.ts';
import { recovery } from './kit/recovery.ts';
import { setAside } from './steps/set-aside.ts';
import { toolTimeouts as timeoutVerbs } from './steps/tool-timeouts.ts';

export const toolTimeouts = recovery('tool-timeouts', toolTimeoutsInput, async (r, { since, ...wanted }) => {
  const timeouts = timeoutVerbs(r);
  const aside = setAside(r);
  const around = await timeouts.lookAround();
  const counts = await timeouts.countTimeouts(since);
  const tools = await timeouts.choose(counts, wanted);
  const putAway = { gate: 'disable', into: 'disabled', tools, note: timeouts.noteFor(around) } as const;
  await aside.mindAgent();
  const disabled = await aside.putAway(putAway);
  await aside.startAgent();
  await aside.lookForWriteBacks(putAway);
  await timeouts.freeResources(around, disabled.plan.size.items);
  await aside.verify(disabled);
});
