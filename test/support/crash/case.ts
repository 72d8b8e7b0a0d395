/** What a scenario brings to be put into the harness. */
import type { RunWorker } from '../store-stack.ts';
import type { TemporalServer } from '../temporal-server.ts';

export interface CrashCase {
  readonly scenario: string;
  /** Module that the processes load, see world.ts. */
  readonly world: URL;
  /** How every run must end. */
  readonly ends: 'recovered' | 'rolled-back';
  /** The recovery is cancelled at this point, and only points after it count. */
  readonly cancelAt?: string;
  /** Swept with all points of kernel and API and with drawn blows. The others sweep what they alone do: these stand for the rest. */
  readonly thorough?: boolean;
  /** Only these activities are struck: the others are in the sweep of a scenario that is made of them. */
  readonly only?: readonly string[];
  open(server: TemporalServer, runWorker: RunWorker): Promise<Stage>;
}

export interface Stage {
  /** What API and worker find in their environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Makes a new target and damages it. */
  wreck(): Promise<Wreck>;
  stop(): Promise<void>;
}

export interface Wreck {
  readonly target: string;
  readonly input: unknown;
  /** Called at each death: notes what is done already, so that it can be told whether it was done again. */
  readonly watch: () => void;
  /** What is wrong with the target at the end, judged from the target alone. */
  readonly faults: () => string[] | Promise<string[]>;
}

/** Who acts; every inventory of the harness knows them. */
export const tokens = { hana: 'token-of-hana', ren: 'token-of-ren', mio: 'token-of-mio' } as const;
export type PersonId = keyof typeof tokens;
export const tokenVariables = Object.fromEntries(
  Object.entries(tokens).map(([person, token]) => [`TOKEN_${person.toUpperCase()}`, token]),
);
