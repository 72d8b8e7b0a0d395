/** data-corruption killed while it searches: back at the last good moment, the database of before kept. The rest is postgres-pitr. */
import { pitrCase } from '../support/crash/cases/postgres-pitr.ts';
import { sweep } from '../support/crash/sweep.ts';

sweep(
  'data-corruption',
  pitrCase({ scenario: 'data-corruption', only: ['askPostgresNow', 'findPostgresStretch', 'askPostgresThen'] }),
);
