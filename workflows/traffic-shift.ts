/** Seed B, 3.3: users are moved to another side, step by step, and back by itself where that side does not bear it. */
import { trafficShiftInput } from '../contracts/inputs/traffic-shift.ts';
import { recovery } from './kit/recovery.ts';
import { trafficOf } from './steps/traffic.ts';

export const trafficShift = recovery('traffic-shift', trafficShiftInput, async (r, input) => {
  const traffic = trafficOf(r);
  const wish = await traffic.assess(input);
  await traffic.prove(wish);
  const shift = await traffic.begin(wish);
  await traffic.goOn(shift);
  await r.serves();
  await traffic.drain(shift);
  const throughCdn = await traffic.refreshCdn(shift);
  await traffic.verify(shift, throughCdn);
});
