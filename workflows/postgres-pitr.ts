/** Seed B, 3.2 データ復旧(PITR): a PostgreSQL cluster goes back to a moment, or to the database that such a recovery replaced. */
import type { FoundMoment } from '../activities/postgres/pitr/interface.ts';
import { postgresPitrInput } from '../contracts/inputs/postgres-pitr.ts';
import { recovery } from './kit/recovery.ts';
import type { Recovery } from './kit/words.ts';
import { newPrimary } from './steps/new-primary.ts';
import { pointInTime } from './steps/postgres-pitr.ts';

export const postgresPitr = recovery('postgres-pitr', postgresPitrInput, async (r, input) => {
  const past = pointInTime(r);
  const moment = await past.find(input);
  await past.restoreBeside(moment);
  await goBack(r, moment);
});

/** From the copy that is there to the cluster that goes on from it. */
export async function goBack(r: Recovery, moment: FoundMoment): Promise<void> {
  const past = pointInTime(r);
  const primary = newPrimary(r);
  const difference = await past.compare(moment);
  const stopped = await past.stopAll(moment, difference);
  await past.proveStopped(stopped);
  const seated = await past.cutOver(stopped);
  await past.removeCopy(moment);
  const { waits } = await primary.commitFirst(seated);
  await primary.repoint(seated);
  if (!waits) await r.serves();
  await past.noWayBack(seated);
  const left = await primary.rejoinOthers(seated);
  await primary.verify(seated, left);
  await primary.backUp('full');
}
