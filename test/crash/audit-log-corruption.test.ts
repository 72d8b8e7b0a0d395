/** A repair of the audit log, or its roll-back, ends well whoever is killed whenever, while somebody goes on writing. */
import { damagedLogCase } from '../support/crash/cases/audit-log.ts';
import { strikeAtRandom } from '../support/crash/strike-at-random.ts';
import { sweep } from '../support/crash/sweep.ts';

sweep('audit-log-corruption', damagedLogCase());
sweep('audit-log-corruption taken back', damagedLogCase({ cancelAt: 'applyLogRepair#1: after' }));
strikeAtRandom('audit-log-corruption', damagedLogCase());
