/** ddos-mitigation killed at its points: nobody who must not be was ever denied, and in the end every proxy has exactly what it had before. */
import { protectionCase } from '../support/crash/cases/protection.ts';
import { sweep } from '../support/crash/sweep.ts';

sweep('ddos-mitigation', protectionCase({}));
sweep('ddos-mitigation taken back', protectionCase({ cancelAt: 'applyProtection#1: after' }));
