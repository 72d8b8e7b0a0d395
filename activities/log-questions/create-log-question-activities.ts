/** Questions to audit logs, made of ports; each stays alive in Temporal's eyes while it counts. */
import { alive } from '../alive.ts';
import type { Ports } from '../ports/index.ts';
import { askLog } from './ask-log.ts';
import type { LogQuestionActivities } from './interface.ts';

export const createLogQuestionActivities = (ports: Ports): LogQuestionActivities => ({
  askToolStoreLog: (input) => alive((signal) => askLog(ports, input, signal)),
});
