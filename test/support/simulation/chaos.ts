/** What goes wrong and how long things take, from the seed: dead workers, failing activities, slow wires. */
import { fail } from '../../../domain/fail.ts';
import { failures, type FailureCode } from '../../../domain/failures.ts';
import { plain } from '../../../domain/text.ts';
import type { Dice } from './dice.ts';

/** How one attempt of an activity goes. `dies`: the worker is gone, nobody hears of it before the timeout. */
export type AttemptFate =
  'does it' | 'dies before' | 'dies half-way' | 'dies after' | 'fails before' | 'fails half-way' | 'fails after';

/** How an activity goes: this many attempts do not end well, by this failure. */
export interface Fate {
  readonly badAttempts: number;
  readonly failure: () => Error;
}

const well: Fate = { badAttempts: 0, failure: () => new Error('never thrown') };

/** What activities of targets may answer; the ones that have a meaning of their own for the kernel are left to the real ones. */
const refusals = Object.keys(failures).filter((code) =>
  ['disk-full', 'target-read-only', 'target-missing', 'backup-corrupt', 'agent-command-failed', 'check-failed'].includes(code),
) as FailureCode[];

/** Twins and kernel effects by how they are named. */
const weakSpots = [
  /^undo|^resume/,
  /^apply|^pause/,
  /^check|^verify/,
  /^plan/,
  /Change$/,
  /^record|^begin/,
  /^hasOpen/,
  /nothing in particular/,
];

export class Chaos {
  /** From now on everything works, so that the run can end. */
  calm = false;
  readonly #dice: Dice;
  /** How rough this run is: nothing, a little, a lot. */
  readonly #storm: number;
  readonly #slowness: number;
  /** What fails more often than anything else in this run; two mishaps must meet for most faults to be seen. */
  readonly #weakSpot: RegExp;

  constructor(dice: Dice) {
    this.#dice = dice;
    this.#storm = dice.pick([0, 0.5, 1, 2, 4]);
    this.#slowness = dice.pick([0.2, 1, 1, 4]);
    this.#weakSpot = dice.pick(weakSpots);
  }

  #chance(part: number): boolean {
    return this.#dice.chance(this.calm ? 0 : part * this.#storm);
  }

  taskDelay(): number {
    return this.#dice.spread(10 * this.#slowness);
  }

  wireDelay(): number {
    return this.#dice.spread(5 * this.#slowness);
  }

  timerDelay(): number {
    return this.#dice.spread(this.#chance(0.02) ? 3_000 : 5);
  }

  losesTask(): boolean {
    return this.#chance(0.008);
  }

  evicts(): boolean {
    return this.#chance(0.012);
  }

  longAfter(): number {
    return this.#chance(0.15) ? this.#dice.between(2, 12) : Infinity;
  }

  startDelay(): number {
    return this.#dice.spread(15 * this.#slowness);
  }

  /** Of work that is bounded by `limitMs`. */
  duration(limitMs: number): number {
    return Math.min(limitMs * 0.9, this.#dice.spread((limitMs > 10_000 ? 2_000 : 60) * this.#slowness));
  }

  /** `ours`: an effect of the kernel on its records, which fail in their own way. */
  fate(type: string, ours: boolean): Fate {
    if (!this.#chance(this.#weakSpot.test(type) ? 0.25 : 0.04)) return well;
    if (ours) {
      const code = 'record-store-unusable';
      return {
        badAttempts: this.#dice.weighed([
          [4, this.#dice.between(1, 3)],
          [1, Infinity],
        ]),
        failure: () => fail(code, plain('the record store was told to refuse')),
      };
    }
    if (this.#dice.chance(0.3)) {
      const code = this.#dice.pick(refusals);
      return { badAttempts: Infinity, failure: () => fail(code, plain('it was told to fail')) };
    }
    const badAttempts = this.#dice.weighed([
      [3, this.#dice.between(1, 3)],
      [1, Infinity],
    ]);
    return { badAttempts, failure: () => new Error('something broke') };
  }

  attempt(): AttemptFate {
    return this.#dice.pick([
      'dies before',
      'dies half-way',
      'dies after',
      'fails before',
      'fails half-way',
      'fails after',
    ] as const);
  }
}
