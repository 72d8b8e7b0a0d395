/** Releasing quarantined tools ends well whoever is killed whenever. */
import { movedTools, setAsideCase } from '../support/crash/cases/set-aside.ts';
import { sweep } from '../support/crash/sweep.ts';

const input = (store: Parameters<typeof movedTools>[0]) => ({ tools: movedTools(store), finding: 'a false alarm' });
sweep('quarantine-release', setAsideCase({ scenario: 'quarantine-release', input }));
