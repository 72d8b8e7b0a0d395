/** The machine of a PostgreSQL server, for what no SQL can tell. */
import type { PostgresSettings } from '../../contracts/postgres-settings.ts';
import type { LogTail, NodeState } from '../../domain/postgres/node-state.ts';

export type ControlSettings = NonNullable<PostgresSettings['nodes'][number]['control']>;

export interface ControlledNode {
  readonly host: string;
  readonly port: number;
  readonly control: ControlSettings;
}

export interface NodeControl {
  /**
   * Throws where it cannot be certain: the host is not this machine, the data directory is not there, is not ours to look into,
   * or belongs to a server on another port. Reads only.
   */
  state(node: ControlledNode): Promise<NodeState>;
  /** The log on its disk behind `position`, of `timeline`. Throws where it cannot be read. Reads only; wants a server that is gone. */
  logAfter(control: ControlSettings, timeline: number, position: string, signal?: AbortSignal): Promise<LogTail>;
}
