/** Taking disabled tools back into use ends well whoever is killed whenever. */
import { movedTools, setAsideCase } from '../support/crash/cases/set-aside.ts';
import { sweep } from '../support/crash/sweep.ts';

sweep('tool-enable', setAsideCase({ scenario: 'tool-enable', input: (store) => ({ tools: movedTools(store) }) }));
