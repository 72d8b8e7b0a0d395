/** region-failover killed at its points: requests and names are moved together, the zone changed once; taken back, all of it is as before. */
import { regionCase } from '../support/crash/cases/region.ts';
import { sweep } from '../support/crash/sweep.ts';

sweep('region-failover', regionCase({ scenario: 'region-failover' }));
sweep('region-failover taken back', regionCase({ scenario: 'region-failover', cancelAt: 'watchSide#1: after' }));
