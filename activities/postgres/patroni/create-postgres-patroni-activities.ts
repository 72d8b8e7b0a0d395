/** The effects on a cluster that Patroni runs, made of ports; each stays alive in Temporal's eyes while it waits. */
import { alive } from '../../alive.ts';
import type { Ports } from '../../ports/index.ts';
import { askToLead, assess, awaitElection } from './ask-patroni.ts';
import type { PostgresPatroniActivities } from './interface.ts';
import { provePatronisFence } from './prove-fence.ts';

export const createPostgresPatroniActivities = (ports: Ports): PostgresPatroniActivities => ({
  assessPatroni: (input) => alive((signal) => assess(ports, input, signal)),
  awaitPatroni: (input) => alive((signal) => awaitElection(ports, input, signal)),
  askPatroniToLead: (input) => alive((signal) => askToLead(ports, input, signal)),
  provePatroniFence: (input) => alive((signal) => provePatronisFence(ports, input, signal)),
});
