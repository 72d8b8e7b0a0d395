/** The effects of a security breach, made of ports; each stays alive in Temporal's eyes while it works. */
import { alive } from '../alive.ts';
import type { Ports } from '../ports/index.ts';
import { preserveEvidence } from './evidence.ts';
import { examineBreach, judgeBackup, planQuarantine, verifyBreach } from './examine.ts';
import type { BreachActivities } from './interface.ts';

export const createBreachActivities = (ports: Ports): BreachActivities => ({
  preserveEvidence: (input) => alive((signal) => preserveEvidence(ports, input, signal)),
  examineBreach: (input) => alive((signal) => examineBreach(ports, input, signal)),
  planQuarantine: (input) => alive((signal) => planQuarantine(ports, input, signal)),
  judgeBackup: (input) => alive((signal) => judgeBackup(ports, input, signal)),
  verifyBreach: (input) => alive((signal) => verifyBreach(ports, input, signal)),
});
