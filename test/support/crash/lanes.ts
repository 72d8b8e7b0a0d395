/** A test on the lanes of a place: opened as they are wanted, kept for the next test of the file. */
import { afterAll, test } from 'vitest';
import type { Lane, Place } from './case.ts';
import { openLane } from './lane.ts';
import { crashSeed } from './random.ts';

const limitMs = 900_000;

/** `nth` opens what is not open yet. */
export function testOnLanes<S>(
  title: string,
  place: Place<S>,
  work: (nth: (n: number) => Promise<Lane<S>>) => Promise<void>,
): void {
  afterAll(() => closeLanes(place));
  test(`${title}, it ends well (CRASH_SEED=${crashSeed})`, { timeout: limitMs }, async () => {
    try {
      await work((n) => (place.lanes[n] ??= openLane(place)));
    } catch (error) {
      // Whatever went wrong there, nobody else should meet it.
      await closeLanes(place);
      throw error;
    }
  });
}

async function closeLanes<S>({ lanes }: Place<S>): Promise<void> {
  const opened = await Promise.allSettled(lanes.splice(0));
  await Promise.all(opened.map(async (one) => one.status === 'fulfilled' && (await one.value.close())));
}
