/** Making a PostgreSQL server a standby of another one, on its own machine. What it replaces is kept beside it. */
import type { SecretRef } from '../../contracts/secret-ref.ts';
import type { TlsSettings } from '../../contracts/tls-settings.ts';
import type { MachineNode } from './node-control.ts';

/** The primary to follow, and how to log in there for replication. */
export interface Source {
  readonly host: string;
  readonly port: number;
  /** The name in its certificate, where that is not `host`. */
  readonly serverName?: string | undefined;
  /** Its files lie on the machine of the standby, for the owner of the data directory to read. */
  readonly tls?: TlsSettings | undefined;
  readonly database: string;
  readonly user: string;
  readonly password: SecretRef;
  /** The slot that the primary keeps for it. */
  readonly slot: string;
}

/** How far a server has come on its way to be a standby of another one; what was begun and cut off is known as such. */
export type SetupProgress = 'none' | 'rewinding' | 'rewound' | 'rebuilt';

export interface StandbySetup {
  /** Whom its files tell it to follow, and which slot it uses as a standby; null where they tell none. Reads only. */
  readSource(
    node: MachineNode,
  ): Promise<{ readonly upstream: { readonly host: string; readonly port: number } | null; readonly slot: string | null }>;
  readProgress(node: MachineNode): Promise<SetupProgress>;
  /** Tells it whom to follow, from its next start on, or at once where it runs as a standby. No password in what it writes but a file for its owner alone. May run twice. */
  follow(node: MachineNode, source: Source): Promise<void>;
  /**
   * Takes back what it has and the source has not, where they have parted, by `pg_rewind`; its own configuration stays. Wants
   * a server that is not running. Throws where that cannot work; then, and when it was cut off, only `rebuild` helps.
   */
  rewind(node: MachineNode, source: Source, signal?: AbortSignal): Promise<void>;
  /** Takes a new copy of the source, and keeps the old files beside it, in the folder that it answers. Wants a server that is not running. May run twice. */
  rebuild(node: MachineNode, source: Source, kept: string, signal?: AbortSignal): Promise<string>;
  /** Forgets what `rewind` and `rebuild` noted for themselves. May run twice. */
  finish(node: MachineNode): Promise<void>;
}
