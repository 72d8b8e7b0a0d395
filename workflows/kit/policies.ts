/** Named activity policies instead of loose timeouts; a dead worker is noticed only through them. */
import type { ActivityOptions } from '@temporalio/workflow';

export const policies = {
  /** Reads and small writes that end within 2 s: a killed worker costs at most that long. */
  quick: {
    startToCloseTimeout: '2s',
    retry: { initialInterval: '100ms', backoffCoefficient: 2, maximumInterval: '1s', maximumAttempts: 6 },
  },
  /** Work of unknown length: it heartbeats, so a killed worker is noticed within 1.5 s and the next attempt finds what is done. */
  patient: {
    startToCloseTimeout: '24h',
    heartbeatTimeout: '1.5s',
    retry: { initialInterval: '100ms', backoffCoefficient: 2, maximumInterval: '2s', maximumAttempts: 10 },
  },
} as const satisfies Record<string, ActivityOptions>;

export type PolicyName = keyof typeof policies;

/** A killed worker's workflow task is given to another one after this; the server's default is 10 s. */
export const workflowTaskTimeout = '2s';
