/** What all members of Patroni tell, taken together, by the ids of the inventory. */
import type { ApiReport, PatroniCluster, PatroniMember, PatroniReport } from './patroni-report.ts';

export interface PatroniView {
  /** The node that holds the lock; null where nobody does, undefined where no member reaches the store. */
  readonly leader: string | null | undefined;
  readonly reports: readonly PatroniReport[];
  readonly members: readonly PatroniMember[];
  readonly cluster: PatroniCluster | undefined;
}

/** `names` is what Patroni calls each node of the inventory. A member that nobody declared keeps its name. */
export function viewPatroniOf(reports: readonly PatroniReport[], names: ReadonlyMap<string, string>): PatroniView {
  // They all read the same store: the first that reaches it speaks for them.
  const cluster = reports.find((report): report is ApiReport => report.answers && report.cluster !== undefined)?.cluster;
  const ids = new Map([...names].map(([id, name]) => [name, id]));
  const members = (cluster?.members ?? []).map((member) => ({ ...member, name: ids.get(member.name) ?? member.name }));
  const leader = members.find(({ role }) => role === 'leader' || role === 'master')?.name ?? null;
  return { leader: cluster === undefined ? undefined : leader, reports, members, cluster };
}

export const apiAnswers = ({ reports }: Pick<PatroniView, 'reports'>, node: string): boolean =>
  reports.some((report) => report.node === node && report.answers);

/** Longest time within which it elects somebody else, where it can: the lock runs out, it is seen, tried for, and a server promoted. */
export const electionMs = ({ timing: { ttl, loopWait, retryTimeout } }: PatroniCluster): number =>
  (ttl + 2 * loopWait + retryTimeout + 10) * 1_000;
