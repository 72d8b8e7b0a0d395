/** postgres-failover killed at its points: one promotion, one primary, everybody back, and taken back the old one writes again. */
import { failoverCase } from '../support/crash/cases/postgres.ts';
import { sweep } from '../support/crash/sweep.ts';

sweep('postgres-failover', failoverCase({ input: {}, primary: 'killed' }));
sweep('postgres-failover with a new copy', failoverCase({ input: {}, primary: 'wrecked' }));
sweep(
  'postgres-failover taken back',
  failoverCase({ input: { mode: 'switchover' }, primary: 'alive', cancelAt: 'applyPostgresFence#1: after' }),
);
