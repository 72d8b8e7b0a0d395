/** The effects on a zone of names, as workflows call them. Every one may run twice. */
import type { Answer } from '../../domain/checklist/words.ts';
import type { Diagnosis } from '../../domain/diagnosis.ts';
import type { Turn } from '../../domain/dns/switch-plan.ts';
import type { Plan } from '../../domain/recovery.ts';
import type { Text } from '../../domain/text.ts';
import type { Check } from '../../domain/verification.ts';

export interface DnsAssessment {
  readonly side: string;
  /** Ids of the switches. */
  readonly switches: readonly string[];
  readonly sentence: Text;
  /** Authoritative servers and resolvers that do not answer. */
  readonly silent: readonly string[];
  /** The primary is not to be reached, and another server is declared to take changes then. */
  readonly takeOver?: DnsTakeover;
}

export interface DnsTakeover {
  readonly by: string;
  readonly from: string;
}

/** Which names are led where. */
export interface DnsWish {
  readonly target: string;
  readonly side: string;
  readonly switches: readonly string[];
}

export interface DnsPlanned {
  readonly plan: Plan;
  /** So long somebody may keep what is replaced. */
  readonly keptMs: number;
  /** A CDN finds its side by one of the names: it is purged when they have turned. */
  readonly hasCdn?: boolean;
}

export interface DnsApplied {
  readonly already: boolean;
  /** Of the zone, from then on. */
  readonly serial: number;
}

/** What is to be seen at the servers: the record sets of a plan. */
interface Seen {
  readonly target: string;
  /** Record of the whole plan. */
  readonly plan: string;
}

export interface DnsActivities {
  /** Asks every server and resolver, and whether the primary takes our key. Reads only. */
  diagnoseDns(input: { target: string }): Promise<Diagnosis>;
  /** Items on the servers. Reads only. */
  checkDnsServers(input: { target: string }): Promise<readonly Answer[]>;
  /** Items on where the names lead. Reads only. */
  checkDnsNames(input: { target: string }): Promise<readonly Answer[]>;
  /** Items on what users are told. Reads only. */
  checkDnsResolvers(input: { target: string }): Promise<readonly Answer[]>;

  /** What every server and resolver says of these switches. Reads only. Fails: no-such-side, dns-silent where that is the primary. */
  assessDns(input: { target: string; side: string; switches?: readonly string[] | undefined }): Promise<DnsAssessment>;
  /**
   * Who would become the primary of the zone; nothing to do where the first server answers after all. The standby that does not
   * answer: dns-silent. Reads only.
   */
  planTakeover(input: { target: string }): Promise<Plan>;
  /** Runs the command that makes the standby the primary, and sees that it takes our key. Fails: plan-changed, dns-silent, takeover-failed. */
  applyTakeover(input: { target: string; digest: string }): Promise<Text>;
  /** Runs the command that takes it back; nothing where none is declared. Fails: takeover-failed. */
  undoTakeover(input: { target: string }): Promise<void>;
  /**
   * What the primary would have to change; keeps the whole plan in the record store. `isLowered`: the TTL stays as low as the
   * inventory says for planned switches. Reads only. Fails: no-such-side, dns-silent, dns-key-refused, too-much-of-zone.
   */
  planDns(input: DnsWish & { recovery: string; turn: Turn; isLowered: boolean; force: boolean }): Promise<DnsPlanned>;
  /** All of it at once, if it still stands as the plan saw it. Fails: plan-changed, dns-silent, dns-refused, dns-key-refused, zone-file-refused, zone-not-loaded. */
  applyDns(input: Seen & { digest: string }): Promise<DnsApplied>;
  /**
   * Puts back what the plan replaced, with its TTL; what somebody changed since is kept. A CDN that finds its side by one of them is
   * purged after it. Fails: plan-changed, dns-silent, dns-refused, dns-key-refused, zone-file-refused, zone-not-loaded, cdn-silent, cdn-refused.
   */
  undoDns(input: Seen): Promise<{ restored: readonly string[]; kept: readonly string[] }>;
  /**
   * Waits until every authoritative server answers as planned, from that serial on; the one that was taken over from may stay
   * silent. Reads only. Fails: not-everywhere, plan-changed.
   */
  awaitDnsServers(input: Seen & { serial?: number | undefined; takenFrom?: string | undefined }): Promise<Text>;
  /** Waits until every resolver tells users what was planned. Reads only. Fails: not-seen, plan-changed. */
  awaitDnsResolvers(input: Seen): Promise<Text>;
  /** Whether all is as it should be; what was given up on may stay silent, but may say nothing else. Reads only. */
  verifyDns(input: DnsWish & { mayBeSilent: { servers: boolean; resolvers: boolean; cdn?: boolean } }): Promise<readonly Check[]>;
}
