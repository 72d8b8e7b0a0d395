/** Puts a scenario into the harness by one line: all its points are found and somebody is killed at each. */
import { expect } from 'vitest';
import { endingOf, type CrashCase, type Lane, type Run } from './case.ts';
import { victimNames, type Blow } from './conductor.ts';
import { testOnLanes } from './lanes.ts';
import { crashSeed, isSoak, seeded } from './random.ts';
import { drawnOf, drawnRounds, isItsOwn, isOf, missed, mustDie, spread, telling, told } from './rounds.ts';

/** When the last run with drawn blows may begin, and the last of the first ones, which a slow machine makes as well. */
const budgetMs = { recovered: 25_000, 'rolled-back': 12_000 } as const;
const latestMs = 150_000;
/** Another sweep has as many beside it: a part of each is waiting for timeouts, so that two cores have room for four. */
const lanesAtMost = 2;
/** Each more costs its own start, which must be worth it. */
const deathsPerLane = 4;

/**
 * A calm run finds the points. Then, in as few further runs as it takes, the worker is killed at every one of them, all three
 * where people are waited for, the API at every exchange; then API and Temporal at as many others as there is time for, drawn
 * by CRASH_SEED. Each run must end well, judged from its target. What is not thorough leaves kernel, API and drawing to what is,
 * and strikes all of its own places in the soak alone.
 */
export function sweep<S>(title: string, what: CrashCase<S>): void {
  testOnLanes(`${title}: killed at its points`, what.place, async (nth) => {
    const began = performance.now();
    const passedMs = (): number => performance.now() - began;
    const calm = await (await nth(0)).run(what, () => undefined);
    expect(calm.faults, 'undisturbed').toEqual([]);

    const telltale = telling(calm.passed);
    const its = telltale.filter((point) => (what.only ? isOf(what.only, point) : isItsOwn(point)));
    const points = what.thorough ? telltale : isSoak ? its : drawnOf(its, seeded(crashSeed));
    const struck: Blow[] = [];
    const faults: string[] = [];
    const must = mustDie(points);
    const lanes = Math.max(1, Math.min(lanesAtMost, Math.ceil(must.length / deathsPerLane)));
    const play = async (rounds: Blow[][], isTime = (): boolean => true): Promise<void> => {
      const perLane = Array.from({ length: lanes }, async (_, n) => {
        const lane = await nth(n);
        while (rounds.length > 0 && faults.length === 0 && isTime()) {
          const run = await strike(lane, what, rounds.shift()!);
          struck.push(...run.struck);
          faults.push(...run.faults.map((fault) => `${fault} Killed: ${told(run.struck)}`));
        }
      });
      await Promise.all(perLane);
    };

    await play(spread(must, lanes));
    // A death may spare the next attempt a point, and what nobody waits for may come too late: those get runs of their own.
    for (let again = 0; again < 2; again++) await play(spread(missed(must, struck), 1));
    const mustMs = passedMs();
    const may = what.thorough ? drawnRounds(points, seeded(crashSeed)) : [];
    let first = lanes;
    await play([...may], () => passedMs() < (first-- > 0 ? latestMs : budgetMs[endingOf(what)]));

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

function strike<S>(lane: Lane<S>, what: CrashCase<S>, round: readonly Blow[]): Promise<Run> {
  const left = [...round];
  return lane.run(what, (point) => {
    const at = left.findIndex((blow) => blow.point === point);
    return at < 0 ? undefined : left.splice(at, 1)[0]!.victim;
  });
}
