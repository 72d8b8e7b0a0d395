/** postgres-pitr killed at its points: the restored database in its place, the one of before kept; and taken back, it is there again. */
import { pitrCase } from '../support/crash/cases/postgres-pitr.ts';
import { sweep } from '../support/crash/sweep.ts';

sweep('postgres-pitr', pitrCase({ scenario: 'postgres-pitr' }));
sweep('postgres-pitr taken back', pitrCase({ scenario: 'postgres-pitr', cancelAt: 'seatPostgres#1: after' }));
