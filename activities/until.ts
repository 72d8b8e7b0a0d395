/** Looks again and again, until what is waited for is to be seen or its time is over. */
import { fail } from '../domain/fail.ts';
import type { FailureCode } from '../domain/failures.ts';
import type { Text } from '../domain/text.ts';

export interface Seen {
  readonly isEverywhere: boolean;
  readonly sentence: Text;
}

/** Servers that were told of a change have it in a moment; those that were not are asked less and less often. */
const firstLookMs = 10;
const lastLookMs = 500;

export async function lookAgain(n: number, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  await new Promise((resolve) => setTimeout(resolve, Math.min(lastLookMs, firstLookMs * 2 ** n)));
}

/** Answers what was seen at last. Fails with that sentence. */
export async function until(look: () => Promise<Seen>, seconds: number, code: FailureCode, signal?: AbortSignal): Promise<Text> {
  const deadline = performance.now() + seconds * 1_000;
  for (let n = 0; ; n++) {
    const { isEverywhere, sentence } = await look();
    if (isEverywhere) return sentence;
    if (performance.now() > deadline) throw fail(code, sentence);
    await lookAgain(n, signal);
  }
}
