/** PostgreSQL servers as roles of ours see them over the network. */
import type { PostgresSettings } from '../../contracts/postgres-settings.ts';
import type { Difference } from '../../domain/postgres/difference.ts';
import type { RowCount } from '../../domain/postgres/row-count.ts';
import type { Inspection } from '../../domain/postgres/inspection.ts';
import type { NodeReport } from '../../domain/postgres/node-report.ts';

export type PostgresNode = PostgresSettings['nodes'][number];
type Login = Pick<PostgresSettings, 'database' | 'roles' | 'tls'>;

export interface Postgres {
  /** One look, in bounded time. Never throws for what the server does or does not do. Reads only. */
  look(node: PostgresNode, login: Login, signal?: AbortSignal): Promise<NodeReport>;
  /** Looks through the database of the login. Reads only. Fails: database-refused. */
  inspect(node: PostgresNode, login: Login, signal?: AbortSignal): Promise<Inspection>;
  /** Counts tables and their rows, exactly as far as there is time. Reads only. Fails: database-refused. */
  count(node: PostgresNode, login: Login, signal?: AbortSignal): Promise<RowCount>;
  /** How the data of a node and of a restored copy of it differ, as far as there is time. Reads only. Fails: database-refused. */
  compare(now: PostgresNode, then: PostgresNode, login: Login, signal?: AbortSignal): Promise<Difference>;
  /** Asks what a person wants to know, one statement of SQL that answers true or false. Reads only. Fails: check-unusable, database-refused. */
  ask(node: PostgresNode, login: Login, question: string, signal?: AbortSignal): Promise<boolean>;
  /** Commits a transaction that leaves a message in the log and nothing in a table; the milliseconds from login to commit. Fails: database-refused. */
  commit(node: PostgresNode, login: Login, signal?: AbortSignal): Promise<number>;
  /** Promotes a standby; resolves when it takes writes. Fails on a primary, and where it takes longer than half a minute: promotion-failed. */
  promote(node: PostgresNode, login: Login, signal?: AbortSignal): Promise<void>;
  /** Resolves when the files of a primary know its timeline and little of its log is left to write out. As the role for replication. May run twice. Fails: database-refused. */
  checkpoint(node: PostgresNode, login: Login, signal?: AbortSignal): Promise<void>;
  /** Keeps the log for a standby from now on, under that name. As the role for replication. May run twice. Fails: database-refused. */
  keepSlot(node: PostgresNode, login: Login, slot: string, signal?: AbortSignal): Promise<void>;
  /** Removes those of these slots that nobody uses: they would keep the log for ever. As the role for replication. May run twice. Fails: database-refused. */
  dropUnusedSlots(node: PostgresNode, login: Login, slots: readonly string[], signal?: AbortSignal): Promise<void>;
}
