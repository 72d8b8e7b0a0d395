/** Every workflow by its type name: the scenarios of the registry, and what they lean on. */
export { ask } from './ask.ts';
export { auditLogCorruption } from './audit-log-corruption.ts';
export { backup } from './backup.ts';
export { backupTest } from './backup-test.ts';
export { lease } from './lease.ts';
export { quarantineRelease } from './quarantine-release.ts';
export { toolEnable } from './tool-enable.ts';
export { securityBreach } from './security-breach.ts';
export { scheduledBackup } from './scheduled-backup.ts';
export { scheduledRestoreTests } from './scheduled-restore-tests.ts';
export { scheduledRetention } from './scheduled-retention.ts';
export { toolRestore } from './tool-restore.ts';
export { toolStoreCheck } from './tool-store-check.ts';
export { toolStoreLoss } from './tool-store-loss.ts';
export { verification } from './verification.ts';
export { toolTimeouts } from './tool-timeouts.ts';
