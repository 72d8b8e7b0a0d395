/** The effects on a PostgreSQL cluster, as workflows call them. Every one may run twice. */
import type { Answer } from '../../domain/checklist/words.ts';
import type { Diagnosis } from '../../domain/diagnosis.ts';
import type { Verdict } from '../../domain/verdict.ts';

export interface PostgresActivities {
  /** Looks at every node side by side. Reads only. */
  diagnosePostgres(input: { target: string }): Promise<Diagnosis>;
  /** Whether this standby, or the best one, may be promoted now, with the reason. Reads only. */
  mayPromotePostgres(input: { target: string; node?: string | undefined }): Promise<Verdict & { node: string }>;
  /** Items on the servers. Reads only. */
  checkPostgresServers(input: { target: string }): Promise<readonly Answer[]>;
  /** Items on the integrity of the data, asked of the primary. Reads only. Fails: no-primary, database-refused. */
  checkPostgresIntegrity(input: { target: string }): Promise<readonly Answer[]>;
  /** Commits a transaction that leaves nothing in a table. Fails: no-primary, database-refused. */
  checkPostgresCommit(input: { target: string }): Promise<readonly Answer[]>;
}
