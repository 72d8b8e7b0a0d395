/** Exchanging the data directory of a PostgreSQL node for another one, on its own machine. What it replaces is kept beside it. */
import type { MachineNode } from './node-control.ts';

/** Whether another directory took the place of the node's, under the name that is asked for. */
export type ExchangeState = 'not-begun' | 'begun' | 'done';

export interface DataExchange {
  /** Why the directory of this node cannot be exchanged; undefined where it can. Reads only. */
  whyNot(node: MachineNode): Promise<string | undefined>;
  /** Reads only. */
  state(node: MachineNode, name: string): Promise<ExchangeState>;
  /** Where `exchange` keeps, or kept, what it replaced under that name. */
  kept(node: MachineNode, name: string): string;
  /**
   * Puts the directory at `from` in the place of the node's, with the node's own configuration, and what that needs to come up on
   * a timeline of its own: a restored one with its goal, one that was set aside as a standby that knows the timelines since then.
   * Answers where the old one is kept. Wants no server on either. May run twice, also after it was cut off. Throws where it cannot.
   */
  exchange(node: MachineNode, from: string, name: string): Promise<string>;
  /** The timeline of what was replaced under that name: what took its place writes a newer one. Reads only. */
  timelineBefore(node: MachineNode, name: string): Promise<number>;
  /**
   * What took the place under that name, and died when it had reached its goal and not yet begun its timeline, goes there again at its next start:
   * by itself it would go beyond. Nothing where it runs, or is settled. May run twice.
   */
  resume(node: MachineNode, name: string): Promise<void>;
  /**
   * The other way round, where `exchange` has begun under that name: the old one is in its place again, what took it is kept.
   * Answers whether it has yet to be started, promoted and settled. As `exchange`.
   */
  takeBack(node: MachineNode, name: string): Promise<boolean>;
  /** Its own configuration again, once it takes writes: without a goal, which would stop it the next time it is a standby. May run twice. */
  settle(node: MachineNode): Promise<void>;
}
