/** The effects of keeping and pruning backups, made of ports; the same for every kind. */
import { alive } from '../alive.ts';
import type { Ports } from '../ports/index.ts';
import { toolStoreBackups } from '../tool-store/open-backups.ts';
import { holdBackup } from './hold.ts';
import type { BackupKeepingActivities } from './interface.ts';
import { applyPruneOf, planPruneOf } from './prune.ts';

export const createBackupKeepingActivities = (ports: Ports): BackupKeepingActivities => ({
  planToolStorePrune: (input) => alive((signal) => planPruneOf(ports, toolStoreBackups, input, signal)),
  applyToolStorePrune: (input) => alive((signal) => applyPruneOf(ports, toolStoreBackups, input, signal)),
  holdToolStoreBackup: (input) => alive((signal) => holdBackup(ports, toolStoreBackups, input, signal)),
});
