/** All measures, in the order of docs/performance.md. */
import type { Measure } from './measure.ts';
import { backup200Mb } from './measures/backup-200mb.ts';
import { decisionLatency } from './measures/decision-latency.ts';
import { fiftyStarts } from './measures/fifty-starts.ts';
import { historyEvents } from './measures/history-events.ts';
import { logRepair } from './measures/log-repair.ts';
import { parkedGates } from './measures/parked-gates.ts';
import { restore100Tools } from './measures/restore-100-tools.ts';
import { restore200Mb } from './measures/restore-200mb.ts';
import { startWarm } from './measures/start-warm.ts';
import { statusDocument, statusDocumentLatency } from './measures/status-document.ts';
import { stepEngine } from './measures/step-engine.ts';
import { temporalBack } from './measures/temporal-back.ts';
import { fiftyTimers, timersDueTogether } from './measures/timers.ts';
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
  restore200Mb,
  ...logRepair,
  statusDocument,
  statusDocumentLatency,
  startWarm,
];
