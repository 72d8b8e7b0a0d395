/** Seed B, 2.2: keys of Redis are gone or wrong, and a backup has them. */
import { redisRestoreInput } from '../contracts/inputs/redis-restore.ts';
import { recovery } from './kit/recovery.ts';
import { redisFromBackup } from './steps/redis-restore.ts';

export const redisRestore = recovery('redis-restore', redisRestoreInput, async (r, input) => {
  const backup = redisFromBackup(r);
  const chosen = await backup.choose(input);
  const wayBack = await backup.ofWhatIsThere();
  await backup.restore(chosen, wayBack);
  await backup.verify(chosen);
});
