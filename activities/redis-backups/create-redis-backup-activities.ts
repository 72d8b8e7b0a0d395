/** The backups of Redis servers, made of ports; each stays alive in Temporal's eyes while it works. */
import { alive } from '../alive.ts';
import { listBackupsOf, takeBackupOf, testBackupOf } from '../backup-keeping/backups-of.ts';
import { holdBackup } from '../backup-keeping/hold.ts';
import { applyPruneOf, planPruneOf } from '../backup-keeping/prune.ts';
import type { Ports } from '../ports/index.ts';
import type { RedisBackupActivities } from './interface.ts';
import { redisBackups } from './redis-backups.ts';
import { takeInto } from './take-backup.ts';
import { testSet } from './test-backup.ts';

export const createRedisBackupActivities = (ports: Ports): RedisBackupActivities => ({
  listRedisBackups: (input) => alive((signal) => listBackupsOf(ports, redisBackups, input, signal)),
  takeRedisBackup: (input) =>
    alive((signal) =>
      takeBackupOf(
        ports,
        redisBackups,
        input,
        (target, repository, earlier) => takeInto(ports, target, repository, input, earlier, signal),
        signal,
      ),
    ),
  testRedisBackup: (input) =>
    alive((signal) => testBackupOf(ports, redisBackups, input, (target, set) => testSet(ports, target, set, signal), signal)),
  holdRedisBackup: (input) => alive((signal) => holdBackup(ports, redisBackups, input, signal)),
  planRedisPrune: (input) => alive((signal) => planPruneOf(ports, redisBackups, input, signal)),
  applyRedisPrune: (input) => alive((signal) => applyPruneOf(ports, redisBackups, input, signal)),
});
