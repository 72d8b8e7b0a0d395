/** Waits for an instant: as a gate of the kernel does, and as somebody would write it. */
import { sleep } from '@temporalio/workflow';
import { passStage } from '../../workflows/kit/gate-clock.ts';

/** Nobody decides: two reminders, and at `at` its time is over. */
export async function gateDue(at: number): Promise<void> {
  const since = Date.now();
  const nobody = { name: 'set', settled: () => false, judged: () => true };
  await passStage(nobody, { since, withinMs: at - since, remindMs: 0 }, () => {});
}

export const sleepDue = (at: number): Promise<void> => sleep(Math.max(1, at - Date.now()));
