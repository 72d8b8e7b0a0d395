/** Answers the checklist of a cluster: its servers side by side, then its primary from inside. */
import { answerServers } from '../../domain/checklist/server-answers.ts';
import type { Answer } from '../../domain/checklist/words.ts';
import { fail } from '../../domain/fail.ts';
import { answerCommit, answerIntegrity } from '../../domain/postgres/integrity-answers.ts';
import { judgeCluster } from '../../domain/postgres/judge-cluster.ts';
import { isPrimary, type NodeReport } from '../../domain/postgres/node-report.ts';
import type { Ports } from '../ports/index.ts';
import type { PostgresNode } from '../ports/postgres.ts';
import { lookAt } from './cluster-view.ts';
import { judgePatroni } from '../../domain/postgres/patroni/judge-patroni.ts';
import { lookThroughPatroni } from './patroni/view-patroni.ts';
import { postgresTarget, type PostgresTarget } from './target.ts';

interface Request {
  readonly target: string;
}

export async function checkServers(ports: Ports, input: Request, signal?: AbortSignal): Promise<Answer[]> {
  const target = postgresTarget(ports, input.target);
  const [reports, patroni] = await Promise.all([lookAtAll(ports, target, signal), lookThroughPatroni(ports, target, signal)]);
  return answerServers(
    'one-primary',
    reports.filter(isPrimary).map(({ node }) => node),
    [...judgeCluster(reports, target.limits), ...(patroni ? judgePatroni(patroni, reports, target.limits) : [])],
  );
}

export async function checkIntegrity(ports: Ports, input: Request, signal?: AbortSignal): Promise<Answer[]> {
  const target = postgresTarget(ports, input.target);
  return answerIntegrity(await ports.postgres.inspect(await primaryOf(ports, target, signal), target, signal));
}

export async function checkCommit(ports: Ports, input: Request, signal?: AbortSignal): Promise<Answer[]> {
  const target = postgresTarget(ports, input.target);
  const primary = await primaryOf(ports, target, signal);
  const ms = Math.round(await ports.postgres.commit(primary, target, signal));
  return [answerCommit(primary.id, ms)];
}

const lookAtAll = (ports: Ports, target: PostgresTarget, signal?: AbortSignal): Promise<NodeReport[]> =>
  Promise.all(target.nodes.map((node) => lookAt(ports, target, node, signal)));

/** Fails: no-primary. */
export async function primaryOf(ports: Ports, target: PostgresTarget, signal?: AbortSignal): Promise<PostgresNode> {
  const primaries = (await lookAtAll(ports, target, signal)).filter(isPrimary);
  const found = target.nodes.find(({ id }) => primaries.length === 1 && primaries[0]!.node === id);
  if (found) return found;
  throw fail('no-primary', {
    en: `${primaries.length} nodes of ${target.id} take writes: there is none to ask.`,
    ja: `${target.id} の書き込み可能なノードは ${primaries.length} 台で、検査できません。`,
  });
}
