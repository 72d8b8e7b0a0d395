/** What a recovery from timeouts looks at: the machine, the dependencies of the tools, and the tools that time out. */
import type { Timeouts } from '../log-questions/words.ts';

/** One process by its name alone: arguments may hold secrets. */
export interface HeavyProcess {
  readonly pid: number;
  readonly name: string;
  /** Of one core, over the time it was watched: 2 is two cores kept busy. */
  readonly cores: number;
  readonly memoryBytes: number;
}

/** How busy a machine is. */
export interface MachineLoad {
  readonly cores: number;
  /** Part of all cores that worked while they were watched, 0..1. */
  readonly busyShare: number;
  /** Processes that wanted to run in the last minute, for each core. */
  readonly loadPerCore: number;
  readonly memoryBytes: number;
  readonly memoryFreeBytes: number;
  readonly diskBytes: number;
  readonly diskFreeBytes: number;
  /** The heaviest first, by processor and then by memory. */
  readonly heaviest: readonly HeavyProcess[];
}

/** What one attempt to reach a dependency met. `why` names no address. */
export type Reach =
  | { readonly reached: true; readonly ms: number; readonly status?: number }
  | { readonly reached: false; readonly ms: number; readonly why: ReachFault };
export type ReachFault = 'refused' | 'no-such-host' | 'timed-out' | 'unreachable';

export interface Probe {
  /** As the inventory calls it. */
  readonly id: string;
  readonly state: 'answers' | 'slow' | 'down';
  readonly ms: number;
  readonly status?: number;
  readonly why?: ReachFault;
}

/** Timeouts by tool, most often first. */
export interface TimeoutCount {
  /** False where there is no log to count in. */
  readonly logThere: boolean;
  readonly since: string;
  readonly items: readonly Timeouts[];
  /** Lines that make no sense. */
  readonly damaged: number;
}
