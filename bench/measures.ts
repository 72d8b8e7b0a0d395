/** All measures, in the order of docs/performance.md. */
import type { Measure } from './measure.ts';
import { backup1Gb } from './measures/backup-1gb.ts';
import { backup200Mb } from './measures/backup-200mb.ts';
import { decisionLatency } from './measures/decision-latency.ts';
import { dnsApply } from './measures/dns-apply.ts';
import { fiftyStarts } from './measures/fifty-starts.ts';
import { incrementalUnchanged } from './measures/incremental-unchanged.ts';
import { historyEvents } from './measures/history-events.ts';
import { logQuestions1Gb } from './measures/log-questions-1gb.ts';
import { logRepair } from './measures/log-repair.ts';
import { parkedGates } from './measures/parked-gates.ts';
import {
  failoverApproved,
  failoverFrozen,
  failoverUnattended,
  rejoinByRewind,
  switchoverGap,
} from './measures/postgres-failover.ts';
import { postgresPitr } from './measures/postgres-pitr.ts';
import { postgresVerdicts } from './measures/postgres-verdict.ts';
import { redisFailoverApproved } from './measures/redis-failover.ts';
import { regionFailover, regionFailoverWatched } from './measures/region-failover.ts';
import { restore100Tools } from './measures/restore-100-tools.ts';
import { restore200Mb } from './measures/restore-200mb.ts';
import { retention10k } from './measures/retention-10k.ts';
import { s3OneGb } from './measures/s3-1gb.ts';
import { startWarm } from './measures/start-warm.ts';
import { statusDocument, statusDocumentLatency } from './measures/status-document.ts';
import { stepEngine } from './measures/step-engine.ts';
import { temporalBack } from './measures/temporal-back.ts';
import { fiftyTimers, timersDueTogether } from './measures/timers.ts';
import { trafficStep } from './measures/traffic-step.ts';
import { twentySteps } from './measures/twenty-steps.ts';
import { workerKilled } from './measures/worker-killed.ts';

export const measures: readonly Measure[] = [
  stepEngine,
  twentySteps,
  restore100Tools,
  decisionLatency,
  parkedGates,
  timersDueTogether,
  fiftyTimers,
  ...fiftyStarts,
  historyEvents,
  ...workerKilled,
  temporalBack,
  backup200Mb,
  backup1Gb,
  incrementalUnchanged,
  retention10k,
  restore200Mb,
  s3OneGb,
  postgresPitr,
  ...postgresVerdicts,
  logQuestions1Gb,
  ...logRepair,
  failoverApproved,
  failoverUnattended,
  switchoverGap,
  failoverFrozen,
  rejoinByRewind,
  redisFailoverApproved,
  dnsApply,
  trafficStep,
  regionFailover,
  regionFailoverWatched,
  statusDocument,
  statusDocumentLatency,
  startWarm,
];
