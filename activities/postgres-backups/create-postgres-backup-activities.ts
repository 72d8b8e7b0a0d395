/** The backups of a PostgreSQL cluster, made of ports; each stays alive in Temporal's eyes while it works. */
import { alive } from '../alive.ts';
import { listBackupsOf, testBackupOf } from '../backup-keeping/backups-of.ts';
import { holdBackup } from '../backup-keeping/hold.ts';
import { applyPruneOf, planPruneOf } from '../backup-keeping/prune.ts';
import type { Ports } from '../ports/index.ts';
import { findWindow } from './find-window.ts';
import type { PostgresBackupActivities } from './interface.ts';
import { postgresBackups } from './open-backups.ts';
import { takeBackup } from './take-backup.ts';
import { testSet } from './test-backup.ts';

export const createPostgresBackupActivities = (ports: Ports): PostgresBackupActivities => ({
  listPostgresBackups: (input) => alive((signal) => listBackupsOf(ports, postgresBackups, input, signal)),
  takePostgresBackup: (input) => alive((signal) => takeBackup(ports, input, signal)),
  testPostgresBackup: (input) =>
    alive((signal) => testBackupOf(ports, postgresBackups, input, (target, set) => testSet(ports, target, set, signal), signal)),
  holdPostgresBackup: (input) => alive((signal) => holdBackup(ports, postgresBackups, input, signal)),
  planPostgresPrune: (input) => alive((signal) => planPruneOf(ports, postgresBackups, input, signal)),
  applyPostgresPrune: (input) => alive((signal) => applyPruneOf(ports, postgresBackups, input, signal)),
  findPostgresWindow: (input) => alive((signal) => findWindow(ports, input, signal)),
});
