/** postgres-failover where Patroni runs the cluster, killed at its points: one change of leaders, however often it was asked for. */
import { patroniCase } from '../support/crash/cases/patroni.ts';
import { sweep } from '../support/crash/sweep.ts';

sweep('postgres-failover by Patroni', patroniCase({ mode: 'switchover' }));
