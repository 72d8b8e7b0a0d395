/** Which nodes a backup may be copied from, best first. */
import { shareHistory } from './can-promote.ts';
import { isMaster, isReplica, type Master, type NodeReport, type Replica } from './node-report.ts';

/**
 * With its append-only file before without; replicas before the master, which has its clients to serve. A replica has to be linked,
 * whole and no more than `lagBytes` behind. `readable` are the nodes whose files lie on this machine.
 */
export function backupSources(reports: readonly NodeReport[], readable: ReadonlySet<string>, lagBytes: number): string[] {
  const masters = reports.filter(isMaster);
  const [master] = masters;
  if (master === undefined || masters.length > 1) return [];
  const able = reports.filter(isReplica).filter((replica) => isInSync(replica, master, lagBytes));
  const all: readonly (Master | Replica)[] = [...able.toSorted((a, b) => b.offset - a.offset), master];
  const hasFile = ({ node, persistence }: Master | Replica): boolean =>
    readable.has(node) && persistence.appendOnly !== undefined;
  return [...all.filter(hasFile), ...all.filter((one) => !hasFile(one))].map(({ node }) => node);
}

const isInSync = (replica: Replica, master: Master, lagBytes: number): boolean =>
  replica.role.isLinked &&
  !replica.role.isSyncing &&
  replica.role.hasCopied &&
  !replica.isLoading &&
  shareHistory(replica, master) &&
  master.offset - replica.offset <= lagBytes;
