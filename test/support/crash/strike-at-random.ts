/** One run of a scenario in which anybody is killed at any moment. */
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
import type { CrashCase } from './case.ts';
import { victimNames } from './conductor.ts';
import { testOnLanes } from './lanes.ts';
import { crashSeed, seeded } from './random.ts';

/** Fewer than the six attempts of a quick activity. */
const blows = 5;
const mostPoints = 20;
/** Long enough to strike in the workflow task that follows. */
const mostMs = 40;

/** CRASH_SEED repeats who is killed, after how many new points, and how many milliseconds later. */
export function strikeAtRandom<S>(title: string, what: CrashCase<S>): void {
  testOnLanes(`${title}: killed at random`, what.place, async (nth) => {
    const random = seeded(crashSeed);
    const upTo = (limit: number): number => Math.floor(random() * limit);
    const plan = Array.from({ length: blows }, () => ({
      victim: victimNames[upTo(victimNames.length)]!,
      points: 1 + upTo(mostPoints),
      ms: upTo(mostMs),
    }));
    const deaths: Promise<void>[] = [];
    const met = new Set<string>();
    let since = 0;
    const lane = await nth(0);
    const run = await lane.run(what, (point) => {
      met.add(point);
      const next = plan[deaths.length];
      if (next === undefined || met.size - since < next.points) return undefined;
      since = met.size;
      deaths.push(delay(next.ms).then(() => lane.kill(next.victim)));
      return undefined;
    });
    await Promise.all(deaths);
    const story = plan.slice(0, deaths.length).map(({ victim, points, ms }) => `${victim} after ${points} points and ${ms} ms`);
    console.log(`${title}: killed ${story.join(', ')}; ${Math.round(run.tookMs / 1_000)} s, CRASH_SEED=${crashSeed}`);
    expect(run.faults, story.join(', ')).toEqual([]);
  });
}
