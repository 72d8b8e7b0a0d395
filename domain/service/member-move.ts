/** Which recovery moves a member, and with which input. */
import { namesIn, type OneOf } from '../one-of.ts';
import type { MemberKind } from './words.ts';

export interface MemberMove {
  readonly scenario: string;
  readonly workflowType: string;
  readonly input: unknown;
  /** Data may be lost on the way. */
  readonly mayLose: boolean;
}

/** Gates of those recoveries that the approval of the whole move stands for. Losses and refused safety checks are never among them. */
export const coveredGates = ['fence', 'dns', 'ttl', 'shift'] as const;

/** `lead`: the side that it leads to, or the node, or nodes of which one takes over; `planned`: all is well, so nothing may be lost. */
export function memberMove(kind: MemberKind, lead: OneOf, planned: boolean): MemberMove {
  // In an outage users wait for what comes after the databases: no node that is lost holds it up.
  const database = { ...(planned ? { mode: 'switchover' } : { mode: 'failover', bringBack: 'may' }), promote: lead };
  // The inventory names one side alone.
  const [side] = namesIn(lead);
  switch (kind) {
    case 'postgres':
      return { scenario: 'postgres-failover', workflowType: 'postgresFailover', input: database, mayLose: true };
    case 'redis':
      return { scenario: 'redis-failover', workflowType: 'redisFailover', input: database, mayLose: true };
    case 'traffic':
      return { scenario: 'traffic-shift', workflowType: 'trafficShift', input: { side }, mayLose: false };
    case 'dns-zone':
      // That a large part of the zone is touched is what a move of everything is.
      return { scenario: 'dns-switch', workflowType: 'dnsSwitch', input: { side, planned, force: true }, mayLose: false };
  }
}

/**
 * What brings the nodes of a side that was away back behind those that take the writes; undefined where there are none. Those keep
 * all that they have: what only a side that was away has was lost when it was left, and counted then.
 */
export const memberRejoin = (kind: MemberKind, lead: string): MemberMove | undefined =>
  kind === 'postgres' || kind === 'redis'
    ? { ...memberMove(kind, lead, false), input: { mode: 'failover', promote: lead }, mayLose: false }
    : undefined;
