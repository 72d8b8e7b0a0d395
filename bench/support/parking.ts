/** Parks many recoveries at their gates: so many on their way at once that nothing times out, and none after one went astray. */
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import type { Toys } from './toys.ts';

/** Recoveries between their start and their gate. */
const underWay = 48;
const progressEvery = 500;

/** As lines of the inventory: targets whose gate is always due, with so much time that nobody is reminded meanwhile. */
export const askingTargets = (targets: readonly string[]): string =>
  targets.map((id) => `  - { id: ${id}, kind: toy, approvals: { set: { always: true, within: 24h } } }\n`).join('');

/** Starts a recovery of each target; ends when all of them wait. People are told when a gate opens, and that is what is counted. */
export async function park(toys: Toys, targets: readonly string[]): Promise<void> {
  const { told } = toys.world;
  const opened = (): number => told.filter(({ occasion }) => occasion === 'gate').length;
  const before = opened();
  const from = performance.now();
  for (const [n, target] of targets.entries()) {
    await untilParked(n - underWay);
    await toys.start({ scenario: 'toy-set', target, input: { value: 1 } });
    if (n > 0 && n % progressEvery === 0) {
      process.stderr.write(`${n} of ${targets.length} on their way after ${Math.round((performance.now() - from) / 1_000)} s\n`);
    }
  }
  await untilParked(targets.length);

  async function untilParked(count: number): Promise<void> {
    const deadline = Date.now() + 120_000;
    while (opened() - before < count) {
      const failed = told.find(({ occasion }) => occasion !== 'gate');
      if (failed) throw new Error(`${failed.target} does not wait at its gate: ${failed.sentence.en}`);
      if (Date.now() > deadline) throw new Error(`only ${opened() - before} of ${count} recoveries wait at their gate`);
      await delay(5);
    }
  }
}
