/** What the gateway contract says to its workflow. */
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';

/** Everything that was said, in order. */
export const heardQuery = defineQuery<readonly string[]>('heard');
/** Answers how much was said so far; `refuse` is refused as `plan-changed`, and so is said in vain. */
export const sayUpdate = defineUpdate<number, [string]>('say');
export const noteSignal = defineSignal<[string]>('note');
/** Ends it: well, or with `disk-full` when told `badly`. */
export const finishSignal = defineSignal<['well' | 'badly']>('finish');
