/** Puts a scenario into the harness by one line: all its points are found and somebody is killed at each. */
import { expect, test } from 'vitest';
import type { CrashCase } from './case.ts';
import { victimNames, type Blow } from './conductor.ts';
import { openLane, type Lane, type Run } from './lane.ts';
import { crashSeed, isSoak, seeded } from './random.ts';
import { drawnOf, drawnRounds, isItsOwn, isOf, missed, mustDie, spread, telling, told } from './rounds.ts';

const limitMs = 900_000;
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
export function sweep(title: string, what: CrashCase): void {
  test(`${title}: killed at its points, it ends well (CRASH_SEED=${crashSeed})`, { timeout: limitMs }, async () => {
    const began = performance.now();
    const passedMs = (): number => performance.now() - began;
    const lanes = [openLane(what)];
    await using tidy = new AsyncDisposableStack();
    tidy.defer(() => closeAll(lanes));
    const calm = await (await lanes[0]!).run(() => undefined);
    expect(calm.faults, 'undisturbed').toEqual([]);

    const telltale = telling(calm.passed);
    const its = telltale.filter((point) => (what.only ? isOf(what.only, point) : isItsOwn(point)));
    const points = what.thorough ? telltale : isSoak ? its : drawnOf(its, seeded(crashSeed));
    const struck: Blow[] = [];
    const faults: string[] = [];
    const play = async (rounds: Blow[][], isTime = (): boolean => true): Promise<void> => {
      const perLane = lanes.map(async (opening) => {
        const lane = await opening;
        while (rounds.length > 0 && faults.length === 0 && isTime()) {
          const run = await strike(lane, rounds.shift()!);
          struck.push(...run.struck);
          faults.push(...run.faults.map((fault) => `${fault} Killed: ${told(run.struck)}`));
        }
      });
      await Promise.all(perLane);
    };

    const must = mustDie(points);
    while (lanes.length < Math.min(lanesAtMost, must.length / deathsPerLane)) lanes.push(openLane(what));
    await play(spread(must, lanes.length));
    // A death may spare the next attempt a point, and what nobody waits for may come too late: those get runs of their own.
    for (let again = 0; again < 2; again++) await play(spread(missed(must, struck), 1));
    const mustMs = passedMs();
    const may = what.thorough ? drawnRounds(points, seeded(crashSeed)) : [];
    let first = lanes.length;
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

async function closeAll(lanes: readonly Promise<Lane>[]): Promise<void> {
  const opened = await Promise.allSettled(lanes);
  await Promise.all(opened.map(async (one) => one.status === 'fulfilled' && (await one.value.close())));
}

function strike(lane: Lane, round: readonly Blow[]): Promise<Run> {
  const left = [...round];
  return lane.run((point) => {
    const at = left.findIndex((blow) => blow.point === point);
    return at < 0 ? undefined : left.splice(at, 1)[0]!.victim;
  });
}
