/** What tests ask a server of PostgreSQL itself. */
import type { TestServer } from './server.ts';

/** Undefined where it does not answer. */
export const isPrimary = ({ sql }: Pick<TestServer, 'sql'>): Promise<boolean | undefined> =>
  sql<{ is: boolean }>('select not pg_is_in_recovery() as is').then(
    ([row]) => row?.is,
    () => undefined,
  );
