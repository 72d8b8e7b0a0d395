/** Leads clients to the new master, and sees at each endpoint that it is the one who answers there. */
import { fail } from '../../../domain/fail.ts';
import { isLive, isMaster, type NodeReport } from '../../../domain/redis/node-report.ts';
import { repoint } from '../../endpoints/repoint.ts';
import type { Repointed } from '../../endpoints/repointed.ts';
import type { Ports } from '../../ports/index.ts';
import { nodeOf, redisTarget } from '../target.ts';

/** A reload may go on after its command has ended. */
const settleMs = 5_000;
const lookAgainMs = 20;

export async function repointClients(
  ports: Ports,
  { target, master: id }: { readonly target: string; readonly master: string },
  signal?: AbortSignal,
): Promise<readonly Repointed[]> {
  const settings = redisTarget(ports, target);
  const { endpoints } = settings;
  const master = nodeOf(settings, id);
  const repointed = await repoint(ports, endpoints, master, signal);
  const report = await ports.redis.look(master, settings, signal);
  const deadline = performance.now() + settleMs;
  for (const { id: endpoint, via } of endpoints) {
    if (via === undefined) continue;
    // A history is one master's alone; its replicas share it.
    const access = via.tls === false ? { ...settings, tls: undefined } : settings;
    const history = isLive(report) ? report.history : undefined;
    while (!isMasterOf(history, await ports.redis.look({ id: endpoint, ...via }, access, signal))) {
      signal?.throwIfAborted();
      if (performance.now() > deadline) throw notThere(endpoint, id);
      await new Promise((resolve) => setTimeout(resolve, lookAgainMs));
    }
  }
  return repointed;
}

const isMasterOf = (history: string | undefined, report: NodeReport): boolean => isMaster(report) && report.history === history;

const notThere = (endpoint: string, master: string) =>
  fail('endpoint-refused', {
    en: `${endpoint} is written and reloaded, but it is not ${master} who answers there.`,
    ja: `${endpoint} は書き込みと再読み込みが済みましたが、応答しているのは ${master} ではありません。`,
  });
