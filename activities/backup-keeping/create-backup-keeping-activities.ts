/** The effects of keeping and pruning backups, made of ports. */
import { alive } from '../alive.ts';
import type { Ports } from '../ports/index.ts';
import { holdToolStoreBackup } from './hold.ts';
import type { BackupKeepingActivities } from './interface.ts';
import { applyToolStorePrune, planToolStorePrune } from './prune.ts';

export const createBackupKeepingActivities = (ports: Ports): BackupKeepingActivities => ({
  planToolStorePrune: (input) => alive((signal) => planToolStorePrune(ports, input, signal)),
  applyToolStorePrune: (input) => alive((signal) => applyToolStorePrune(ports, input, signal)),
  holdToolStoreBackup: (input) => alive((signal) => holdToolStoreBackup(ports, input, signal)),
});
