/** A system comes back on an empty machine, or its roll-back leaves the machine empty, whoever is killed whenever. */
import { fullSystemCase } from '../support/crash/cases/full-system.ts';
import { sweep } from '../support/crash/sweep.ts';

sweep('full-system-recovery', fullSystemCase());
sweep('full-system-recovery taken back', fullSystemCase('compareSources#1: before'));
