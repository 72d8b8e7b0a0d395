/** A restore of single tools ends well whoever is killed whenever. */
import { lostTools, toolStoreCase } from '../support/crash/cases/tool-store.ts';
import { strikeAtRandom } from '../support/crash/strike-at-random.ts';
import { sweep } from '../support/crash/sweep.ts';

const toolRestore = toolStoreCase({ scenario: 'tool-restore', input: (store) => ({ tools: lostTools(store) }) });

sweep('tool-restore', toolRestore);
strikeAtRandom('tool-restore', toolRestore);
