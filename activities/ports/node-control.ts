/** The machine of a PostgreSQL server, for what no SQL can tell or do. */
import type { PostgresSettings } from '../../contracts/postgres-settings.ts';
import type { LogTail, NodeState } from '../../domain/postgres/node-state.ts';

export type ControlSettings = NonNullable<PostgresSettings['nodes'][number]['control']>;

export interface ControlledNode {
  readonly id: string;
  readonly host: string;
  readonly port: number;
  readonly control: ControlSettings;
}

/** Every method throws where it cannot be certain: the host is not this machine, the data directory is not there, not ours, or of a server on another port. */
export interface NodeControl {
  /** Reads only. */
  state(node: ControlledNode): Promise<NodeState>;
  /** The log on its disk behind `position`, of `timeline`. Throws where it cannot be read. Reads only; wants a server that is gone. */
  logAfter(node: ControlledNode, timeline: number, position: string, signal?: AbortSignal): Promise<LogTail>;
  /** Copies the log on its disk from `position` on, of `timeline`, beside the data directory, and compares it; answers the folder. May run twice under one name. */
  keepLog(node: ControlledNode, timeline: number, position: string, name: string, signal?: AbortSignal): Promise<string>;
  /**
   * Whoever starts the server from now on, it comes up as a standby; and every process of it is ended. One that is frozen is
   * not woken for it. Its service is stopped where the inventory says how. `recovery` is told by `state`. May run twice. A standby by
   * its own will is only ended.
   */
  fence(node: ControlledNode, recovery: string, signal?: AbortSignal): Promise<void>;
  /** The server may come up as a primary again, where it was fenced for this recovery; it is not started. May run twice. */
  unfence(node: ControlledNode, recovery: string): Promise<void>;
  /** Starts its server, where it does not run. Resolves when it takes connections, or has much log to go through first. May run twice. */
  start(node: ControlledNode, signal?: AbortSignal): Promise<void>;
}
