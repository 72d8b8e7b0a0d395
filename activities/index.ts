/** Every activity by its name, made from the ports of one worker. */
import { kinds } from '../contracts/kinds.ts';
import { scenarios } from '../contracts/scenarios.ts';
import { createAuditLogActivities } from './audit-log/create-audit-log-activities.ts';
import { createBackupKeepingActivities } from './backup-keeping/create-backup-keeping-activities.ts';
import { createBreachActivities } from './breach/create-breach-activities.ts';
import { createCdnActivities } from './cdn/create-cdn-activities.ts';
import { createChecklistActivities } from './checklist/create-checklist-activities.ts';
import { createDnsActivities } from './dns/create-dns-activities.ts';
import { createDrillActivities } from './drill/create-drill-activities.ts';
import { createDiskActivities } from './disk/create-disk-activities.ts';
import { createFullSystemActivities } from './full-system/create-full-system-activities.ts';
import { createKernelActivities } from './kernel.ts';
import { createLogQuestionActivities } from './log-questions/create-log-question-activities.ts';
import { createPostgresBackupActivities } from './postgres-backups/create-postgres-backup-activities.ts';
import { createPostgresActivities } from './postgres/create-postgres-activities.ts';
import { createPostgresFailoverActivities } from './postgres/failover/create-postgres-failover-activities.ts';
import { createPostgresPatroniActivities } from './postgres/patroni/create-postgres-patroni-activities.ts';
import { createPostgresPitrActivities } from './postgres/pitr/create-postgres-pitr-activities.ts';
import type { Ports } from './ports/index.ts';
import { createRedisBackupActivities } from './redis-backups/create-redis-backup-activities.ts';
import { createProtectionActivities } from './protection/create-protection-activities.ts';
import { createRedisActivities } from './redis/create-redis-activities.ts';
import { createRedisFailoverActivities } from './redis/failover/create-redis-failover-activities.ts';
import { createRedisRestoreActivities } from './redis/restore/create-redis-restore-activities.ts';
import { createServiceActivities } from './service/create-service-activities.ts';
import { createSetAsideActivities } from './set-aside/create-set-aside-activities.ts';
import { createSourceCodeActivities } from './source-code/create-source-code-activities.ts';
import { createChannelActivities } from './test-channels.ts';
import { createTimeoutActivities } from './timeouts/create-timeout-activities.ts';
import { createToolStoreActivities } from './tool-store/create-tool-store-activities.ts';
import { createTrafficActivities } from './traffic/create-traffic-activities.ts';

export const createActivities = (ports: Ports) => ({
  ...createKernelActivities(ports, { scenarios, kinds }),
  ...createChannelActivities(ports),
  ...createToolStoreActivities(ports),
  ...createFullSystemActivities(ports),
  ...createBackupKeepingActivities(ports),
  ...createAuditLogActivities(ports),
  ...createLogQuestionActivities(ports),
  ...createSetAsideActivities(ports),
  ...createTimeoutActivities(ports),
  ...createDiskActivities(ports),
  ...createSourceCodeActivities(ports),
  ...createBreachActivities(ports),
  ...createChecklistActivities(ports),
  ...createPostgresActivities(ports),
  ...createPostgresFailoverActivities(ports),
  ...createPostgresPatroniActivities(ports),
  ...createPostgresBackupActivities(ports),
  ...createPostgresPitrActivities(ports),
  ...createRedisActivities(ports),
  ...createRedisFailoverActivities(ports),
  ...createRedisRestoreActivities(ports),
  ...createRedisBackupActivities(ports),
  ...createCdnActivities(ports),
  ...createDnsActivities(ports),
  ...createTrafficActivities(ports),
  ...createServiceActivities(ports),
  ...createDrillActivities(ports),
  ...createProtectionActivities(ports),
});
