/** Decides what happens at each point of a run: who is killed there, or that everybody goes on. */
import type { Passage } from './points.ts';

export const victimNames = ['worker', 'api', 'temporal'] as const;
export type VictimName = (typeof victimNames)[number];

export interface Blow {
  readonly point: string;
  readonly victim: VictimName;
}

export interface Score {
  /** Who is killed at this point of this run; asked at every passage of it. */
  readonly at: (point: string) => VictimName | undefined;
  /** Runs while the process waits at the point. */
  readonly meanwhile?: (point: string) => Promise<void> | undefined;
}

const quiet: Score = { at: () => undefined };

export class Conductor {
  readonly #kill: Readonly<Record<VictimName, () => Promise<void>>>;
  /** Called after each death, before anybody goes on. */
  onDeath: () => void = () => undefined;
  /** Every point of the run by its name, in the order of the first passage. */
  readonly passed = new Set<string>();
  readonly struck: Blow[] = [];
  readonly #turns = new Map<string, symbol>();
  readonly #calls = new Map<string, string[]>();
  #score = quiet;

  constructor(kill: Readonly<Record<VictimName, () => Promise<void>>>) {
    this.#kill = kill;
  }

  /** A new run begins. */
  play(score: Score): void {
    this.passed.clear();
    this.#calls.clear();
    this.struck.length = 0;
    this.#score = score;
  }

  rest(): void {
    this.#score = quiet;
  }

  async pass({ scope, call, moment }: Passage): Promise<void> {
    const score = this.#score;
    if (score === quiet) return;
    const point = `${scope}#${this.#numberOf(scope, call)}: ${moment}`;
    this.passed.add(point);
    await this.#hold(point, score.meanwhile?.(point));
    const victim = score.at(point);
    if (victim === undefined) return;
    this.struck.push({ point, victim });
    await this.kill(victim);
  }

  async kill(victim: VictimName): Promise<void> {
    await this.#kill[victim]();
    this.onDeath();
  }

  /** An attempt that was given to somebody else while it waited never goes on: it stands for one that is dead. */
  async #hold(point: string, meanwhile: Promise<void> | undefined): Promise<void> {
    const turn = Symbol(point);
    this.#turns.set(point, turn);
    await meanwhile;
    if (meanwhile && this.#turns.get(point) !== turn) await new Promise(() => {});
  }

  /** How many calls of this kind came before it in the run. A repeated call is the same call. */
  #numberOf(scope: string, call: string): number {
    const calls = this.#calls.get(scope) ?? [];
    this.#calls.set(scope, calls);
    if (!calls.includes(call)) calls.push(call);
    return calls.indexOf(call) + 1;
  }
}
