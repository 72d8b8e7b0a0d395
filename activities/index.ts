/** Every activity by its name, made from the ports of one worker. */
import { kinds } from '../contracts/kinds.ts';
import { scenarios } from '../contracts/scenarios.ts';
import { createBackupKeepingActivities } from './backup-keeping/create-backup-keeping-activities.ts';
import { createAuditLogActivities } from './audit-log/create-audit-log-activities.ts';
import { createKernelActivities } from './kernel.ts';
import type { Ports } from './ports/index.ts';
import { createDiskActivities } from './disk/create-disk-activities.ts';
import { createLogQuestionActivities } from './log-questions/create-log-question-activities.ts';
import { createChannelActivities } from './test-channels.ts';
import { createToolStoreActivities } from './tool-store/create-tool-store-activities.ts';

export const createActivities = (ports: Ports) => ({
  ...createKernelActivities(ports, { scenarios, kinds }),
  ...createChannelActivities(ports),
  ...createToolStoreActivities(ports),
  ...createLogQuestionActivities(ports),
  ...createDiskActivities(ports),
  ...createBackupKeepingActivities(ports),
  ...createAuditLogActivities(ports),
});
