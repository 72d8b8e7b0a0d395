/** disk-exhaustion killed at its points: every line is in the log or in the archive, once, and no backup goes that nobody agreed to. */
import { diskCase } from '../support/crash/cases/disk.ts';
import { sweep } from '../support/crash/sweep.ts';

sweep('disk-exhaustion', diskCase({ input: {} }));
sweep('disk-exhaustion taken back', diskCase({ input: {}, cancelAt: 'applyArchive#1: after' }));
