/** traffic-shift killed at its points: every proxy has the planned split and keeps it, and no user ever got an error; taken back, it is exactly as before. A weighted name: every server of it has the new side alone. */
import { trafficCase } from '../support/crash/cases/traffic.ts';
import { weightedNameCase } from '../support/crash/cases/weighted-name.ts';
import { strikeAtRandom } from '../support/crash/strike-at-random.ts';
import { sweep } from '../support/crash/sweep.ts';

sweep('traffic-shift', trafficCase({}));
sweep('traffic-shift taken back', trafficCase({ cancelAt: 'setTraffic#1: after' }));
strikeAtRandom('traffic-shift of a name', weightedNameCase());
