/** postgres-failover away from a pod, killed at its points: it is ended once and never runs again, or runs as before. */
import { podCase } from '../support/crash/cases/postgres-pod.ts';
import { sweep } from '../support/crash/sweep.ts';

sweep('postgres-failover of a pod', podCase());
sweep('postgres-failover of a pod taken back', podCase({ cancelAt: 'applyPostgresFence#1: after' }));
