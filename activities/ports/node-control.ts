/** The machine of a PostgreSQL server, for what no SQL can tell or do. */
import type { PostgresSettings } from '../../contracts/postgres-settings.ts';
import type { LogTail, NodeState } from '../../domain/postgres/node-state.ts';

type ControlSettings = NonNullable<PostgresSettings['nodes'][number]['control']>;
export type PodSettings = Extract<ControlSettings, { kind: 'kubernetes' }>;
/** Its files and its processes are reached. */
export type MachineSettings = Exclude<ControlSettings, PodSettings>;

interface Controlled<Control> {
  readonly id: string;
  readonly host: string;
  readonly port: number;
  readonly control: Control;
}
export type ControlledNode = Controlled<ControlSettings>;
export type PodNode = Controlled<PodSettings>;
export type MachineNode = Controlled<MachineSettings>;

/** What can be asked of every node. */
export interface ServerControl<Node = ControlledNode> {
  /** Reads only. */
  state(node: Node): Promise<NodeState>;
  /**
   * Whoever starts the server from now on, it takes no writes; and every process of it is ended, through its service where the
   * inventory says how. One that is frozen is not woken for it. `recovery` is told by `state`. Answers false where it may still run,
   * on a machine that nobody hears. May run twice. A standby by its own will is only ended.
   */
  fence(node: Node, recovery: string, signal?: AbortSignal): Promise<boolean>;
  /** The server may come up as a primary again, where it was fenced for this recovery. May run twice. */
  unfence(node: Node, recovery: string): Promise<void>;
  /** Starts its server, where it does not run. Resolves when it takes connections, or has much log to go through first. May run twice. */
  start(node: Node, signal?: AbortSignal): Promise<void>;
}

/** What lies on the disk of a machine. */
export interface LogOnDisk {
  /** The log on its disk behind `position`, of `timeline`. Throws where it cannot be read. Reads only; wants a server that is gone. */
  logAfter(node: MachineNode, timeline: number, position: string, signal?: AbortSignal): Promise<LogTail>;
  /** Copies the log on its disk from `position` on, of `timeline`, beside the data directory, and compares it; answers the folder. May run twice under one name. */
  keepLog(node: MachineNode, timeline: number, position: string, name: string, signal?: AbortSignal): Promise<string>;
}

/** Every method throws where it cannot be certain: the host is not this machine, the data directory is not there, not ours, or of a server on another port. */
export type NodeControl = ServerControl & LogOnDisk;
