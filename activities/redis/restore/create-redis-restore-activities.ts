/** The effects of a restore into Redis servers, made of ports; each stays alive in Temporal's eyes while it works. */
import { alive } from '../../alive.ts';
import type { Ports } from '../../ports/index.ts';
import { chooseBackup } from './choose-backup.ts';
import type { RedisRestoreActivities } from './interface.ts';
import { applyRestore, planOf, undoRestore } from './replace-data.ts';

export const createRedisRestoreActivities = (ports: Ports): RedisRestoreActivities => ({
  chooseRedisBackup: (input) => alive((signal) => chooseBackup(ports, input, signal)),
  planRedisRestore: (input) => alive((signal) => planOf(ports, input, signal)),
  applyRedisRestore: (input) => alive((signal) => applyRestore(ports, input, signal)),
  undoRedisRestore: (input) => alive((signal) => undoRestore(ports, input, signal)),
});
