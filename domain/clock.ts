/** The honest clock: splits the time from broken to verified into detection, decision, waiting for people, and machine. */
import type { Timing } from './recovery.ts';

/** A stretch of time in epoch milliseconds; `to` is absent while it lasts. */
export interface Stretch {
  readonly from: number;
  readonly to?: number;
}

interface ClockInput {
  readonly brokenSince?: number;
  readonly detectedAt?: number;
  readonly startedAt: number;
  /** The verified moment or the end; now, while it runs. */
  readonly until: number;
  /** Waits at approval and checklist gates. */
  readonly approvals: readonly Stretch[];
  /** Waits at failed steps. */
  readonly decisions: readonly Stretch[];
}

/**
 * detection (broken → detected) + decision (detected → start, and waits at failed steps) + approval (waits at gates)
 * + machine (the rest) = total. A moment in which both a gate and a failed step wait counts as approval, once.
 */
export function splitTime(input: ClockInput): Timing {
  const detected = Math.min(input.detectedAt ?? input.startedAt, input.startedAt);
  const broken = Math.min(input.brokenSince ?? detected, detected);
  const until = Math.max(input.until, input.startedAt);
  const approvalMs = covered(input.approvals, input.startedAt, until);
  const waitedMs = covered([...input.approvals, ...input.decisions], input.startedAt, until);
  const detectionMs = detected - broken;
  const decisionMs = input.startedAt - detected + (waitedMs - approvalMs);
  const totalMs = until - broken;
  return { detectionMs, decisionMs, approvalMs, machineMs: totalMs - detectionMs - decisionMs - approvalMs, totalMs };
}

/** Milliseconds of [from, to] that lie in at least one of the stretches. */
function covered(stretches: readonly Stretch[], from: number, to: number): number {
  let total = 0;
  let reached = from;
  for (const stretch of stretches.toSorted((a, b) => a.from - b.from)) {
    const start = Math.max(stretch.from, reached);
    const end = Math.min(stretch.to ?? to, to);
    if (end > start) {
      total += end - start;
      reached = end;
    }
  }
  return total;
}
