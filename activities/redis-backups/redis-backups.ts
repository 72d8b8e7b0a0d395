/** All backups of Redis servers, and what their own file says of each. */
import { takenRedisBackupSchema } from '../../contracts/taken-redis-backup.ts';
import { keyMeasures } from '../../domain/redis/key-count.ts';
import type { TakenRedisBackup } from '../../domain/redis/taken-backup.ts';
import type { BackupKind } from '../backup-keeping/backed-up.ts';
import type { BackupSet } from '../backup-keeping/backup-set.ts';
import { readFacts } from '../backup-keeping/facts-file.ts';
import { markSuspects, openSets } from '../backup-keeping/open-sets.ts';
import { backedUpRedis, type BackedUpRedis } from './target.ts';

/** Newest first, each marked suspect where it shrank. */
export const redisBackups: BackupKind<BackedUpRedis> = {
  target: backedUpRedis,
  open: async (ports, target) => markSuspects(await openSets(ports, target), target.id, keyMeasures),
};

export const factsFile = 'redis.json';

/** Undefined where no copy has them as they were written. */
export const factsOf = (set: BackupSet, signal?: AbortSignal): Promise<TakenRedisBackup | undefined> =>
  readFacts(set, factsFile, (value) => takenRedisBackupSchema.parse(value), signal);
