/** The effects on an audit log, made of ports; each stays alive in Temporal's eyes while it works. */
import { alive } from '../alive.ts';
import type { Ports } from '../ports/index.ts';
import { applyLogRepair } from './apply-repair.ts';
import type { AuditLogActivities } from './interface.ts';
import { planLogRestore } from './plan-log-restore.ts';
import { planLogRepair } from './plan-repair.ts';
import { undoLogRepair } from './undo-repair.ts';
import { verifyLogRepair } from './verify-repair.ts';

export function createAuditLogActivities(ports: Ports): AuditLogActivities {
  return {
    planLogRepair: (input) => alive((signal) => planLogRepair(ports, input, signal)),
    planLogRestore: (input) => alive((signal) => planLogRestore(ports, input, signal)),
    applyLogRepair: (input) => alive((signal) => applyLogRepair(ports, input, signal)),
    undoLogRepair: (input) => alive((signal) => undoLogRepair(ports, input, signal)),
    verifyLogRepair: (input) => alive((signal) => verifyLogRepair(ports, input, signal)),
  };
}
