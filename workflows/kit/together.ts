/** Several recoveries inside one: side by side, or wave after wave. */
import { condition } from '@temporalio/workflow';
import type { CancelRequest } from '../../domain/messages.ts';
import { pathOf, recoverInside, type InnerRecovery } from './child.ts';
import { Ending } from './ending.ts';
import type { Run } from './run.ts';

/** Side by side, by name. */
export type Wave = Readonly<Record<string, InnerRecovery>>;

/**
 * Runs them and waits for all; a wave begins when users can be led to each of the one before, or it is through. Where one ends
 * before its end, the others are stopped at their next safe point and everything is taken back; past the point of no return that
 * one waits for a person, and the others go on.
 */
export async function recoverTogether(run: Run, waves: readonly Wave[]): Promise<void> {
  const begun = new Set<string>();
  const through = new Set<string>();
  const parts: Promise<void>[] = [];
  let first: Ending | undefined;
  const tell = async (name: string, inner: InnerRecovery): Promise<void> => {
    try {
      await recoverInside(run, name, inner);
    } catch (error) {
      if (!(error instanceof Ending)) throw error;
      first ??= error;
      await stop(run, without(begun, name), { by: name, reason: error.why.en });
    }
    through.add(name);
  };
  for (const wave of waves) {
    if (first) break;
    // Whoever was through before this wave has nothing left to be stopped.
    for (const name of through) begun.delete(name);
    const names = Object.keys(wave);
    for (const name of names) begun.add(name);
    parts.push(...Object.entries(wave).map(([name, inner]) => tell(name, inner)));
    const serving = condition(() => names.every((name) => through.has(name) || run.serving.has(pathOf(run, name))));
    await Promise.race([serving, Promise.all(parts)]);
  }
  await Promise.all(parts);
  if (first) throw first;
}

async function stop(run: Run, names: readonly string[], request: CancelRequest): Promise<void> {
  for (const name of names) {
    const path = pathOf(run, name);
    run.stopped.set(path, request);
    await run.upwards?.tell({ tells: 'stopped', path, request });
  }
  await Promise.all([...run.children].map((cancel) => cancel(request)));
}

const without = (names: ReadonlySet<string>, name: string): string[] => [...names].filter((one) => one !== name);
