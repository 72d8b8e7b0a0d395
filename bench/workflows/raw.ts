/** Workflows that somebody would write without Okiagari, to compare with; the SDK's defaults wherever it has any. */
import { condition, defineSignal, defineUpdate, proxyActivities, setHandler } from '@temporalio/workflow';

export const pingUpdate = defineUpdate<string>('ping');
export const endSignal = defineSignal('end');

export interface RawActivities {
  work(name: string): Promise<void>;
}

/** Ten seconds is what most examples say. */
const { work } = proxyActivities<RawActivities>({ startToCloseTimeout: '10s' });
const heartbeating = proxyActivities<RawActivities>({ startToCloseTimeout: '1h', heartbeatTimeout: '10s' });

/** Answers an update until it is told to end. */
export async function answering(): Promise<void> {
  let ended = false;
  setHandler(pingUpdate, () => 'pong');
  setHandler(endSignal, () => void (ended = true));
  await condition(() => ended);
}

export const quick = (): Promise<void> => work('quick');
export const patient = (): Promise<void> => heartbeating.work('patient');

/** Works once it is told to. */
export async function gate(): Promise<void> {
  let decided = false;
  setHandler(endSignal, () => void (decided = true));
  await condition(() => decided);
  await work('gate');
}

export async function between(steps: number): Promise<void> {
  for (let n = 0; n < steps; n++) await work('between');
}
