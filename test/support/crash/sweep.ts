/** Puts a scenario into the harness by one line: all its points are found and somebody is killed at each. */
import { expect, test } from 'vitest';
import type { CrashCase } from './case.ts';
import { victimNames, type Blow } from './conductor.ts';
import { openLane, type Lane, type Run } from './lane.ts';
import { crashSeed, seeded } from './random.ts';
import { drawnRounds, isItsOwn, missed, mustDie, spread, telling, told } from './rounds.ts';

const limitMs = 240_000;
/** When the last run with drawn blows may begin, and the last of the first ones, which a slow machine makes as well. */
const budgetMs = { recovered: 60_000, 'rolled-back': 30_000 } as const;
const latestMs = 150_000;
/** Most of a sweep is waiting for timeouts, so that two cores have room for four. */
const lanesAtOnce = 4;

/**
 * A calm run finds the points. Then, in as few further runs as it takes, the worker is killed at every one of them, all three
 * where people are waited for, the API at every exchange; then API and Temporal at as many others as there is time for, drawn
 * by CRASH_SEED. Each run must end well, judged from its target. What is not thorough leaves kernel, API and drawing to what is.
 */
export function sweep(title: string, what: CrashCase): void {
  test(`${title}: killed at its points, it ends well (CRASH_SEED=${crashSeed})`, { timeout: limitMs }, async () => {
    const began = performance.now();
    const passedMs = (): number => performance.now() - began;
    await using lanes = await openLanes(what);
    const calm = await lanes.all[0]!.run(() => undefined);
    expect(calm.faults, 'undisturbed').toEqual([]);

    const points = telling(calm.passed).filter((point) => what.thorough || isItsOwn(point));
    const struck: Blow[] = [];
    const faults: string[] = [];
    const play = async (rounds: Blow[][], isTime = (): boolean => true): Promise<void> => {
      const perLane = lanes.all.map(async (lane) => {
        while (rounds.length > 0 && faults.length === 0 && isTime()) {
          const run = await strike(lane, rounds.shift()!);
          struck.push(...run.struck);
          faults.push(...run.faults.map((fault) => `${fault} Killed: ${told(run.struck)}`));
        }
      });
      await Promise.all(perLane);
    };

    const must = mustDie(points);
    await play(spread(must, lanesAtOnce));
    // A death may spare the next attempt a point, and what nobody waits for may come too late: those get runs of their own.
    for (let again = 0; again < 2; again++) await play(spread(missed(must, struck), 1));
    const mustMs = passedMs();
    const may = what.thorough ? drawnRounds(points, seeded(crashSeed)) : [];
    let first = lanesAtOnce;
    await play([...may], () => passedMs() < (first-- > 0 ? latestMs : budgetMs[what.ends]));

    const counted = victimNames.map((name) => `${name} ${struck.filter(({ victim }) => victim === name).length}`).join(', ');
    const all = must.length + may.flat().length;
    console.log(
      `${title}: ${points.length} points, ${struck.length} of ${all} deaths (${counted}) in ${seconds(passedMs())}, ` +
        `the ${must.length} that must be in ${seconds(mustMs)}, CRASH_SEED=${crashSeed}`,
    );
    expect(faults).toEqual([]);
    expect(told(missed(must, struck)), 'nobody was killed there').toBe('');
  });
}

const seconds = (ms: number): string => `${Math.round(ms / 1_000)} s`;

async function openLanes(what: CrashCase): Promise<AsyncDisposable & { readonly all: readonly Lane[] }> {
  const opened = await Promise.allSettled(Array.from({ length: lanesAtOnce }, () => openLane(what)));
  const all = opened.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const close = async (): Promise<void> => void (await Promise.all(all.map((lane) => lane.close())));
  const broken = opened.find((one) => one.status === 'rejected');
  if (broken) {
    await close();
    throw broken.reason;
  }
  return { all, [Symbol.asyncDispose]: close };
}

function strike(lane: Lane, round: readonly Blow[]): Promise<Run> {
  const left = [...round];
  return lane.run((point) => {
    const at = left.findIndex((blow) => blow.point === point);
    return at < 0 ? undefined : left.splice(at, 1)[0]!.victim;
  });
}
