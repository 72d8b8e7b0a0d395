/** A recovery of lost tools, or its roll-back, ends well whoever is killed whenever. */
import { toolStoreCase } from '../support/crash/cases/tool-store.ts';
import { strikeAtRandom } from '../support/crash/strike-at-random.ts';
import { sweep } from '../support/crash/sweep.ts';

const scenario = 'tool-store-loss';
const input = () => ({});

sweep(scenario, toolStoreCase({ scenario, input }));
sweep(`${scenario} taken back`, toolStoreCase({ scenario, input, cancelAt: 'startAgent#1: before' }));
strikeAtRandom(scenario, toolStoreCase({ scenario, input }));
