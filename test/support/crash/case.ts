/** What a scenario brings to be put into the harness. */
import type { RunWorker } from '../store-stack.ts';
import type { TemporalServer } from '../temporal-server.ts';
import type { Blow, Score, VictimName } from './conductor.ts';

export interface CrashCase<S> {
  readonly scenario: string;
  readonly place: Place<S>;
  /** The recovery is cancelled at this point, and only points after it count: it must end rolled back. */
  readonly cancelAt?: string | undefined;
  /** Swept with all points of kernel and API and with drawn blows. The others sweep what they alone do: these stand for the rest. */
  readonly thorough?: boolean;
  /** Only these activities are struck: the others are in the sweep of a scenario that is made of them. */
  readonly only?: readonly string[] | undefined;
  /** Makes a new target of the stack and damages it. */
  wreck(stack: S): Promise<Wreck>;
}

/** Where runs take place, each on a target of its own. Cases of one place share its lanes: opening one is dear. */
export interface Place<S> {
  /** Module that the processes load, see world.ts. */
  readonly world: URL;
  open(server: TemporalServer, runWorker: RunWorker): Promise<Stage<S>>;
  /** Those that are open. */
  readonly lanes: Promise<Lane<S>>[];
}

export interface Stage<S> {
  readonly stack: S;
  /** What API and worker find in their environment. */
  readonly env: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** One stage with everything that can be killed on it. */
export interface Lane<S> {
  /** One recovery of a target that was damaged for it, from start to end. */
  run(what: CrashCase<S>, at: Score['at']): Promise<Run>;
  /** Now, wherever everybody is. */
  kill(victim: VictimName): Promise<void>;
  close(): Promise<void>;
}

export interface Run {
  /** What is wrong with it; empty when all is well. */
  readonly faults: readonly string[];
  /** The points it passed; where it was cancelled, those since. */
  readonly passed: readonly string[];
  readonly struck: readonly Blow[];
  readonly tookMs: number;
}

export interface Wreck {
  readonly target: string;
  readonly input: unknown;
  /** Called at each death: notes what is done already, so that it can be told whether it was done again. */
  readonly watch?: () => void;
  /** What is wrong with the target at the end, judged from the target alone. */
  readonly faults: () => string[] | Promise<string[]>;
  /** Ends what was started for it. */
  readonly stop?: () => Promise<unknown>;
}

/** How every run must end. */
export type Ending = 'recovered' | 'rolled-back';
export const endingOf = ({ cancelAt }: Pick<CrashCase<never>, 'cancelAt'>): Ending =>
  cancelAt === undefined ? 'recovered' : 'rolled-back';

/** Who acts; every inventory of the harness knows them. */
export const tokens = { hana: 'token-of-hana', ren: 'token-of-ren', mio: 'token-of-mio' } as const;
export type PersonId = keyof typeof tokens;
export const tokenVariables = Object.fromEntries(
  Object.entries(tokens).map(([person, token]) => [`TOKEN_${person.toUpperCase()}`, token]),
);
