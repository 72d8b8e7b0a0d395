/** Asks everything again after a failover: the new primary, its standbys, the data, and that a commit works. */
import { answerServers } from '../../../domain/checklist/server-answers.ts';
import { judged, type Answer } from '../../../domain/checklist/words.ts';
import { judgeAnswers } from '../../../domain/postgres/failover-checks.ts';
import { answerCommit, answerIntegrity } from '../../../domain/postgres/integrity-answers.ts';
import { judgeCluster } from '../../../domain/postgres/judge-cluster.ts';
import { isPrimary, isStandby } from '../../../domain/postgres/node-report.ts';
import { judgePatroni } from '../../../domain/postgres/patroni/judge-patroni.ts';
import type { Check } from '../../../domain/verification.ts';
import { lookAt } from '../cluster-view.ts';
import { lookThroughPatroni } from '../patroni/view-patroni.ts';
import { nodeOf, postgresTarget, type PostgresTarget } from '../target.ts';
import type { Ports } from '../../ports/index.ts';
import type { PostgresFailoverActivities } from './interface.ts';

type Input = Parameters<PostgresFailoverActivities['verifyPostgresFailover']>[0];

/** What has only just been set up again comes to rest within this. */
const restMs = 15_000;
const lookEveryMs = 200;
/** What stands in the way of the next failover is told by the diagnosis, and no fault of this one. */
const aboutTheNext = new Set([
  'replication-role',
  'clocks-differ',
  'certificate-ends',
  'patroni-paused',
  'patroni-scheduled',
  'may-not-lead',
  'restart-pending',
]);

export async function verifyFailover(ports: Ports, input: Input, signal?: AbortSignal): Promise<Check[]> {
  const target = postgresTarget(ports, input.target);
  const servers = await untilAtRest(() => answersOf(ports, target, input, signal), signal);
  const primary = nodeOf(target, input.primary);
  const integrity = answerIntegrity(await ports.postgres.inspect(primary, target, signal));
  const ms = Math.round(await ports.postgres.commit(primary, target, signal));
  return judgeAnswers([...servers, ...integrity, answerCommit(primary.id, ms)]);
}

async function answersOf(
  ports: Ports,
  target: PostgresTarget,
  { primary, timeline, without }: Input,
  signal?: AbortSignal,
): Promise<Answer[]> {
  const counted = target.nodes.filter(({ id }) => !without.includes(id));
  const [patroni, ...reports] = await Promise.all([
    lookThroughPatroni(ports, target, signal),
    ...counted.map((node) => lookAt(ports, target, node, signal)),
  ]);
  const writers = reports.filter(isPrimary);
  const behind = reports.filter(
    (one) => !isPrimary(one) && !(isStandby(one) && one.role.isStreaming && one.timeline === timeline),
  );
  const names = behind.map(({ node }) => node).join(', ');
  return [
    ...answerServers(
      'one-primary',
      writers.map(({ node }) => node),
      [...judgeCluster(reports, target.limits), ...(patroni ? judgePatroni(patroni, reports, target.limits) : [])].filter(
        ({ id }) => !aboutTheNext.has(id),
      ),
    ),
    judged(
      'timeline',
      writers.some((one) => one.node === primary && one.timeline === timeline),
      {
        en: `${primary} writes timeline ${timeline}.`,
        ja: `${primary} がタイムライン ${timeline} で書き込んでいます。`,
      },
    ),
    judged(
      'standbys',
      behind.length === 0,
      behind.length === 0
        ? {
            en: `${counted.length - 1} standby nodes receive its log.`,
            ja: `スタンバイ ${counted.length - 1} 台が WAL を受信しています。`,
          }
        : {
            en: `${names} receives no log of timeline ${timeline}.`,
            ja: `${names} がタイムライン ${timeline} の WAL を受信していません。`,
          },
    ),
  ];
}

async function untilAtRest(look: () => Promise<Answer[]>, signal?: AbortSignal): Promise<Answer[]> {
  for (const until = performance.now() + restMs; ;) {
    const answers = await look();
    if (answers.every(({ outcome }) => outcome === 'ok') || performance.now() > until || signal?.aborted) return answers;
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
}
