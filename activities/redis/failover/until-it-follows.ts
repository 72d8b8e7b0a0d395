/** Waits until a server is a replica of another one and has its copy. */
import { fail } from '../../../domain/fail.ts';
import { isLive, isMaster, isReplica, type NodeReport } from '../../../domain/redis/node-report.ts';
import type { Ports } from '../../ports/index.ts';
import type { Access, RedisNode } from '../../ports/redis.ts';

/** So long a replica may be without a link and without a copy under way: its master is asked once a second. */
const linkMs = 10_000;
const lookAgainMs = 20;

/** Fails: not-following. */
export async function untilItFollows(
  { redis }: Ports,
  access: Access,
  { node, master }: { readonly node: RedisNode; readonly master: RedisNode },
  signal?: AbortSignal,
): Promise<void> {
  let deadline = performance.now() + linkMs;
  for (;;) {
    signal?.throwIfAborted();
    const [report, next] = await Promise.all([node, master].map((one) => redis.look(one, access, signal)));
    if (isSameData(report!, next!) && isLive(report!) && !report.isLoading) return;
    const isOnItsWay = isLive(report!)
      ? report.isLoading || (isReplica(report) && report.role.isSyncing)
      : report!.why === 'starting';
    if (isOnItsWay) deadline = performance.now() + linkMs;
    else if (performance.now() > deadline) {
      throw fail('not-following', {
        en: `${node.id} has no link to ${master.id} after ${linkMs / 1_000} s.`,
        ja: `${linkMs / 1_000} 秒待っても ${node.id} が ${master.id} に接続しません。`,
      });
    }
    await new Promise((resolve) => setTimeout(resolve, lookAgainMs));
  }
}

export const isSameData = (report: NodeReport, master: NodeReport): boolean =>
  isReplica(report) && isMaster(master) && report.role.isLinked && report.history === master.history;
