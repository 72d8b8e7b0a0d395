/** Phase 5 of a full system recovery: users are led to the new system, by recoveries of names and traffic or by people. */
import { phaseInput } from '../../contracts/inputs/full-system-recovery.ts';
import { recovery } from '../kit/recovery.ts';
import { usersOf } from '../steps/switch-over.ts';

export const switchOver = recovery('switch-over', phaseInput, async (r) => {
  const users = usersOf(r);
  await users.leadNames();
  await users.shiftTraffic();
  await users.tickTheRest();
  await users.verify();
});
