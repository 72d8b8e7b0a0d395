/** Whether Patroni has fenced: by what can be seen from here. */
import { isLive } from '../../../domain/postgres/node-report.ts';
import { proveDemotion, type OtherServer } from '../../../domain/postgres/patroni/prove-demotion.ts';
import type { Check } from '../../../domain/verification.ts';
import type { Ports } from '../../ports/index.ts';
import { lookAt } from '../cluster-view.ts';
import { postgresTarget } from '../target.ts';
import type { PostgresPatroniActivities } from './interface.ts';
import { lookThroughPatroni } from './view-patroni.ts';

type Input = Parameters<PostgresPatroniActivities['provePatroniFence']>[0];

/** A leader that has lost its lock steps down within this. */
const stepDownMs = 15_000;
const lookEveryMs = 250;
const connectMs = 2_000;

export async function provePatronisFence(ports: Ports, input: Input, signal?: AbortSignal): Promise<Check[]> {
  const target = postgresTarget(ports, input.target);
  const nodes = target.nodes.filter(({ id }) => id !== input.leader);
  for (const until = performance.now() + stepDownMs; ;) {
    const [patroni, ...others] = await Promise.all([
      lookThroughPatroni(ports, target, signal),
      ...nodes.map((node) => lookAtOther(node)),
    ]);
    const checks = proveDemotion(patroni!, input.leader, others);
    if (checks.every(({ ok }) => ok) || performance.now() > until || signal?.aborted) return checks;
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }

  async function lookAtOther(node: (typeof nodes)[number]): Promise<OtherServer> {
    const report = await lookAt(ports, target, node, signal);
    if (isLive(report)) return { report, isPortRefused: false };
    const reach = await ports.prober.connectTcp(node.host, node.port, connectMs, signal);
    return { report, isPortRefused: !reach.reached && reach.why === 'refused' };
  }
}
