/** PostgreSQL servers as a role of ours sees them over the network. */
import type { PostgresSettings } from '../../contracts/postgres-settings.ts';
import type { Inspection } from '../../domain/postgres/inspection.ts';
import type { NodeReport } from '../../domain/postgres/node-report.ts';

export type PostgresNode = PostgresSettings['nodes'][number];
type Login = Pick<PostgresSettings, 'database' | 'roles'>;

export interface Postgres {
  /** One look, in bounded time. Never throws for what the server does or does not do. Reads only. */
  look(node: PostgresNode, login: Login, signal?: AbortSignal): Promise<NodeReport>;
  /** Looks through the database of the login. Reads only. Fails: database-refused. */
  inspect(node: PostgresNode, login: Login, signal?: AbortSignal): Promise<Inspection>;
  /** Commits a transaction that leaves a message in the log and nothing in a table; the milliseconds from login to commit. Fails: database-refused. */
  commit(node: PostgresNode, login: Login, signal?: AbortSignal): Promise<number>;
}
