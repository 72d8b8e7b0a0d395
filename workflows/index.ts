/** Every workflow by its type name: the scenarios of the registry, and what they lean on. */
export { ask } from './ask.ts';
export { auditLogCorruption } from './audit-log-corruption.ts';
export { auditLogRestore } from './audit-log-restore.ts';
export { backup } from './backup.ts';
export { backupTest } from './backup-test.ts';
export { lease } from './lease.ts';
export { toolRestore } from './tool-restore.ts';
export { toolStoreLoss } from './tool-store-loss.ts';
