/** Ends work on a server that has stopped answering: a program that copies from a frozen one waits for ever. */
import { setTimeout as delay } from 'node:timers/promises';

const lookEveryMs = 1_000;
const mostSilent = 3;

/** `ask` throws where there is no answer. Fails as `ask` did at last; otherwise as `work` does. */
export async function whileAnswering<T>(
  ask: (signal: AbortSignal) => Promise<unknown>,
  work: (signal: AbortSignal) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const over = new AbortController();
  const silent = new AbortController();
  const watch = async (): Promise<void> => {
    for (let silence = 0; ;) {
      await delay(lookEveryMs, undefined, { signal: over.signal });
      try {
        await ask(over.signal);
        silence = 0;
      } catch (error) {
        if (++silence >= mostSilent) return silent.abort(error);
      }
    }
  };
  const watching = watch().catch(() => undefined);
  try {
    return await work(AbortSignal.any([silent.signal, ...(signal ? [signal] : [])]));
  } catch (error) {
    throw silent.signal.aborted ? silent.signal.reason : error;
  } finally {
    over.abort();
    await watching;
  }
}
