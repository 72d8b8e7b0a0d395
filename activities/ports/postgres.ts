/** PostgreSQL servers as a role of ours sees them over the network. */
import type { PostgresSettings } from '../../contracts/postgres-settings.ts';
import type { NodeReport } from '../../domain/postgres/node-report.ts';

export type PostgresNode = PostgresSettings['nodes'][number];

export interface Postgres {
  /** One look, in bounded time. Never throws for what the server does or does not do. Reads only. */
  look(node: PostgresNode, settings: Pick<PostgresSettings, 'database' | 'roles'>, signal?: AbortSignal): Promise<NodeReport>;
}
