/** The effects on a CDN, made of ports; each stays alive in Temporal's eyes while it works. */
import { alive } from '../alive.ts';
import type { Ports } from '../ports/index.ts';
import type { CdnActivities } from './interface.ts';
import { awaitSide, purge } from './purge.ts';

export const createCdnActivities = (ports: Ports): CdnActivities => ({
  purgeCdn: (input) => alive((signal) => purge(ports, input, signal)),
  awaitCdn: (input) => alive((signal) => awaitSide(ports, input, signal)),
});
