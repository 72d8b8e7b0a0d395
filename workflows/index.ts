/** Every workflow by its type name: the scenarios of the registry, and what they lean on. */
export { ask } from './ask.ts';
export { backup } from './backup.ts';
export { backupTest } from './backup-test.ts';
export { fullSystemRecovery } from './full-system-recovery.ts';
export { lease } from './lease.ts';
export { fetchBackup } from './phases/fetch-backup.ts';
export { prepareEnvironment } from './phases/prepare-environment.ts';
export { restoreSystem } from './phases/restore-system.ts';
export { switchOver } from './phases/switch-over.ts';
export { verifySystem } from './phases/verify-system.ts';
export { scheduledBackup } from './scheduled-backup.ts';
export { scheduledRestoreTests } from './scheduled-restore-tests.ts';
export { scheduledRetention } from './scheduled-retention.ts';
export { toolRestore } from './tool-restore.ts';
export { toolStoreCheck } from './tool-store-check.ts';
export { toolStoreLoss } from './tool-store-loss.ts';
export { verification } from './verification.ts';
