/** region-failback killed at its points: requests and names are at home again, the zone changed no more often than a planned switch does. */
import { regionCase } from '../support/crash/cases/region.ts';
import { sweep } from '../support/crash/sweep.ts';

sweep('region-failback', regionCase({ scenario: 'region-failback' }));
