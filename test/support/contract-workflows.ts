/** Workflows for the gateway contract: one that waits and listens, and the product's own question. */
import { condition, setHandler } from '@temporalio/workflow';
import { fail } from '../../domain/fail.ts';
import { plain } from '../../domain/text.ts';
import { finishSignal, heardQuery, noteSignal, sayUpdate } from './contract-messages.ts';

export { ask } from '../../workflows/ask.ts';

export async function contractListener(): Promise<{ heard: readonly string[] }> {
  const heard: string[] = [];
  let end: 'well' | 'badly' | undefined;
  setHandler(heardQuery, () => heard);
  setHandler(sayUpdate, (words) => {
    if (words === 'refuse') throw fail('plan-changed', plain('refused'), { errors: [{ path: 'digest', message: 'old' }] });
    return heard.push(words);
  });
  setHandler(noteSignal, (words) => void heard.push(words));
  setHandler(finishSignal, (how) => void (end = how));
  await condition(() => end !== undefined);
  if (end === 'badly') throw fail('disk-full', plain('no room'));
  return { heard };
}
