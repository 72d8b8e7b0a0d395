/** Disabling tools that time out ends well whoever is killed whenever, also on the way back. */
import { setAsideCase } from '../support/crash/cases/set-aside.ts';
import { sweep } from '../support/crash/sweep.ts';

sweep('tool-timeouts', setAsideCase({ scenario: 'tool-timeouts', input: () => ({}) }));
sweep(
  'tool-timeouts, cancelled',
  setAsideCase({ scenario: 'tool-timeouts', input: () => ({}), cancelAt: 'startAgent#1: before' }),
);
