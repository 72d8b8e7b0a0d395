/** A seed is a run: told again, it goes the same way to the last word. */
import { expect, test } from 'vitest';
import { Dice } from '../support/simulation/dice.ts';
import { simulate } from '../support/simulation/simulate.ts';
import { simulatedScenarios, simulatedToys } from '../support/simulation/simulations.ts';

test.each([
  ['the toys', simulatedToys],
  ['the scenarios', simulatedScenarios],
])('the same seed gives the same run of %s, another seed another one', async (_, open) => {
  const simulation = await open();
  const seeds: number[] = [];
  const first = [];
  // A dry run is over before anything is left to chance.
  for (let seed = 7; seeds.length < 3 && seed < 50; seed++) {
    const { trace } = await simulate(seed, simulation);
    if (trace.length <= 10) continue;
    seeds.push(seed);
    first.push(trace);
  }
  expect(seeds.length).toBe(3);
  const second = [];
  // In a sandbox of its own, and in another order.
  const again = await open();
  for (const seed of seeds.toReversed()) second.unshift((await simulate(seed, again)).trace);
  expect(second).toEqual(first);
  expect(new Set(first.map((trace) => trace.join('\n'))).size).toBe(seeds.length);
});

test('dice of one seed fall alike, of another seed differently', () => {
  const throws = (seed: number): number[] => {
    const dice = new Dice(seed);
    return Array.from({ length: 20 }, () => dice.between(1, 6));
  };
  expect(throws(3)).toEqual(throws(3));
  expect(throws(3)).not.toEqual(throws(4));
  expect(new Set(throws(5))).toEqual(new Set([1, 2, 3, 4, 5, 6]));
});
