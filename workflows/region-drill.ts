/** Seed B, 5.2 B: home is cut off on purpose, the service moves as in an outage, home is let back, and each criterion is measured. */
import { regionDrillInput } from '../contracts/inputs/region-move.ts';
import { recovery } from './kit/recovery.ts';
import { regionDrillSteps } from './steps/drill.ts';

export const regionDrill = recovery('region-drill', regionDrillInput, async (r, input) => {
  const drill = regionDrillSteps(r);
  const sides = await drill.prepare(input);
  await drill.measure('before', sides.home);
  await drill.isolate(sides);
  await drill.failOver(sides);
  await drill.measure('after', sides.to);
  await drill.lift(sides);
  await drill.planWayHome();
  await drill.verify(sides);
});
