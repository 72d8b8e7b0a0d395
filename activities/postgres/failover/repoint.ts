/** Leads clients to the new primary, and looks through each endpoint whether it is there. */
import type { EndpointSettings } from '../../../contracts/endpoint-settings.ts';
import { fail } from '../../../domain/fail.ts';
import { isLive, isPrimary, type NodeReport } from '../../../domain/postgres/node-report.ts';
import { repoint } from '../../endpoints/repoint.ts';
import { nodeOf, postgresTarget } from '../target.ts';
import type { Ports } from '../../ports/index.ts';
import type { PostgresFailoverActivities, Repointing } from './interface.ts';

type Input = Parameters<PostgresFailoverActivities['repointPostgres']>[0];

/** A reload may go on after its command has ended. */
const seeMs = 10_000;
const lookEveryMs = 100;

export async function repointCluster(ports: Ports, input: Input, signal?: AbortSignal): Promise<Repointing> {
  const target = postgresTarget(ports, input.target);
  const node = nodeOf(target, input.node);
  const written = await repoint(ports, target.endpoints, node, signal);
  const seen = await Promise.all(target.endpoints.map((endpoint) => see(endpoint)));
  const named = (outcome: 'changed' | 'already'): string[] =>
    written.filter((one) => one.outcome === outcome).map(({ endpoint }) => endpoint);
  return { changed: named('changed'), already: named('already'), seen: seen.flat() };

  async function see({ id, via }: EndpointSettings): Promise<string[]> {
    if (via === undefined) return [];
    for (const until = performance.now() + seeMs; ;) {
      const report = await ports.postgres.look(
        { id, ...via },
        via.tls === false ? { ...target, tls: undefined } : target,
        signal,
      );
      // Only one node writes this timeline.
      if (isPrimary(report) && report.timeline === input.timeline) return [id];
      if (performance.now() > until || signal?.aborted) throw notThere(id, report);
      await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
    }
  }
}

function notThere(id: string, report: NodeReport) {
  const [en, ja] = isLive(report)
    ? [
        `a ${report.role.is} on timeline ${report.timeline} answers`,
        `タイムライン ${report.timeline} の ${report.role.is} が応答します`,
      ]
    : [report.said, report.said];
  return fail('endpoint-refused', {
    en: `Through ${id} the new primary is not to be seen: ${en}.`,
    ja: `${id} 経由で新しいプライマリに接続できません: ${ja}。`,
  });
}
