/** Wrong data, found by a check of the operator's: back to the last moment at which all was well. */
import { dataCorruptionInput } from '../contracts/inputs/postgres-pitr.ts';
import { recovery } from './kit/recovery.ts';
import { goBack } from './postgres-pitr.ts';
import { lastGoodMoment } from './steps/last-good-moment.ts';
import { pointInTime } from './steps/postgres-pitr.ts';

export const dataCorruption = recovery('data-corruption', dataCorruptionInput, async (r, input) => {
  const search = lastGoodMoment(r);
  const past = pointInTime(r);
  const check = await search.confirm(input);
  const stretch = await search.within(check);
  const at = await search.halve(check, stretch);
  const moment = await past.find({ at });
  await past.restoreBeside(moment);
  await search.isGood(check, at);
  await goBack(r, moment);
});
