/** A command of the inventory that has to end well. */
import { endOf } from './command-end.ts';
import type { Ports } from './ports/index.ts';

/** Fails with what `refused` makes of how it ended. */
export async function runWell(
  { commands }: Pick<Ports, 'commands'>,
  run: readonly string[],
  timeoutMs: number,
  refused: (ended: string) => Error,
  signal?: AbortSignal,
): Promise<void> {
  const result = await commands.run(run, { timeoutMs, signal });
  if (result.exitCode === 0) return;
  signal?.throwIfAborted();
  throw refused(endOf(result));
}
