/** A breach, or its roll-back, ends well whoever is killed whenever. */
import { securityBreachCase } from '../support/crash/cases/security-breach.ts';
import { sweep } from '../support/crash/sweep.ts';

sweep('security-breach', securityBreachCase());
sweep('security-breach taken back', securityBreachCase('startAgent#1: before'));
