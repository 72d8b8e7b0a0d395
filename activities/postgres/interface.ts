/** The effects on a PostgreSQL cluster, as workflows call them. Every one may run twice. */
import type { Diagnosis } from '../../domain/diagnosis.ts';

export interface PostgresActivities {
  /** Looks at every node side by side. Reads only. */
  diagnosePostgres(input: { target: string }): Promise<Diagnosis>;
}
