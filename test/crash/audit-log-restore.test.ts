/** A restore of the audit log ends well whoever is killed whenever, while somebody goes on writing. */
import { lostLogCase } from '../support/crash/cases/audit-log.ts';
import { strikeAtRandom } from '../support/crash/strike-at-random.ts';
import { sweep } from '../support/crash/sweep.ts';

sweep('audit-log-restore', lostLogCase());
strikeAtRandom('audit-log-restore', lostLogCase());
