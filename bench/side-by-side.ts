/** Times two things in turn, so that a noisy machine is noisy for both. */
import { performance } from 'node:perf_hooks';
import type { Samples } from './measure.ts';

/** Does its work and answers the milliseconds that count. */
type Timed = (round: number) => Promise<number>;

interface SideBySide {
  readonly rounds: number;
  /** Rounds before, not counted: caches, connections, compiled code. */
  readonly warmUp: number;
  readonly ours: Timed;
  readonly against: { readonly title: string; readonly run: Timed };
}

/** A B A B …; negative rounds are the warm-up. */
export async function sideBySide({ rounds, warmUp, ours, against }: SideBySide): Promise<Samples> {
  const samples: number[] = [];
  const others: number[] = [];
  for (let round = -warmUp; round < rounds; round++) {
    const [mine, other] = [await ours(round), await against.run(round)];
    if (round < 0) continue;
    samples.push(mine);
    others.push(other);
  }
  return { ours: samples, against: { title: against.title, samples: others } };
}

export async function timed(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await work();
  return performance.now() - from;
}
