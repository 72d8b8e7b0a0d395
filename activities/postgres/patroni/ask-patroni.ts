/** A failover by Patroni: what it is about to do, the request for another leader, and the wait for it. */
import { fail } from '../../../domain/fail.ts';
import { bytesAhead } from '../../../domain/postgres/lsn.ts';
import { isPrimary } from '../../../domain/postgres/node-report.ts';
import {
  decidePatroni,
  withLoss,
  type PatroniDecision,
  type PatroniSituation,
} from '../../../domain/postgres/patroni/patroni-situation.ts';
import { hasEveryCommit } from '../../../domain/postgres/patroni/choose-successor.ts';
import { electionMs, type PatroniView } from '../../../domain/postgres/patroni/patroni-view.ts';
import type { ClusterView } from '../../../domain/postgres/cluster-view.ts';
import type { Ports } from '../../ports/index.ts';
import { viewCluster } from '../cluster-view.ts';
import { nodeOf, postgresTarget, type PostgresTarget } from '../target.ts';
import type { NewLeader, PostgresPatroniActivities } from './interface.ts';
import { lookThroughPatroni, memberOf, withPatroni } from './view-patroni.ts';

type Input<Name extends keyof PostgresPatroniActivities> = Parameters<PostgresPatroniActivities[Name]>[0];
type Seen = { readonly patroni: PatroniView; readonly servers: ClusterView };

const lookEveryMs = 250;
/** For a moment nobody may seem to lead, a store be away, or a busy machine not answer: nobody is refused, or asked, for that. */
const settleMs = 10_000;
/** More than one look, before people are asked to accept a loss. */
const stuckMs = 3_000;
/** What is refused is looked for all the same: an attempt before this one may have been heard. */
const refusedMs = 2_000;
/** In its next loop a new leader notes where it took over: a second later, or several on a busy machine. Clients do not wait for that for long. */
const noteMs = 8_000;

export async function assess(ports: Ports, input: Input<'assessPatroni'>, signal?: AbortSignal): Promise<PatroniSituation> {
  const target = postgresTarget(ports, input.target);
  for (const from = performance.now(); ;) {
    const decision = decidePatroni(await see(ports, target, signal), input.wish);
    const sureAfterMs = !decision.ok ? settleMs : decision.situation.is === 'stuck' ? stuckMs : 0;
    if (performance.now() - from >= sureAfterMs || signal?.aborted) return orThrow(decision);
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
}

async function see(ports: Ports, target: PostgresTarget, signal?: AbortSignal): Promise<Seen> {
  const [patroni, servers] = await Promise.all([lookThroughPatroni(ports, target, signal), viewCluster(ports, target, signal)]);
  if (patroni) return { patroni, servers };
  throw fail('patroni-away', {
    en: `The inventory names no Patroni for ${target.id} any more.`,
    ja: `${target.id} の Patroni がインベントリーにありません。`,
  });
}

function orThrow(decision: PatroniDecision): PatroniSituation {
  if (decision.ok) return decision.situation;
  throw fail(decision.code, decision.sentence);
}

export async function awaitElection(ports: Ports, input: Input<'awaitPatroni'>, signal?: AbortSignal): Promise<PatroniSituation> {
  const target = postgresTarget(ports, input.target);
  for (const from = performance.now(); ;) {
    const seen = await see(ports, target, signal);
    const decision = decidePatroni(seen, input.wish);
    if (decision.ok && decision.situation.is !== 'expected') return withLoss(decision.situation, input.before);
    const limit = decision.ok && decision.situation.is === 'expected' ? decision.situation.withinMs : settleMs;
    if (performance.now() - from > limit || signal?.aborted) return orThrow(decidePatroni(seen, input.wish, true));
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
}

export async function askToLead(ports: Ports, input: Input<'askPatroniToLead'>, signal?: AbortSignal): Promise<NewLeader> {
  const target = postgresTarget(ports, input.target);
  const { request } = input;
  const before = await see(ports, target, signal);
  const found = arrived(before, request.leader);
  // Patroni elected meanwhile, or an attempt before this one was heard.
  if (found) return told(before, found, request, { already: true });

  const old = before.servers.reports.filter(isPrimary).find(({ node }) => node === request.leader);
  const confirmed = before.patroni.members.filter(hasEveryCommit).map(({ name }) => name);
  const refusal = await sendRequest(ports, target, input, signal).then(
    () => undefined,
    (error: unknown) => error,
  );
  signal?.throwIfAborted();
  const limitMs = refusal === undefined && before.patroni.cluster ? electionMs(before.patroni.cluster) : refusedMs;
  let leadsSince: number | undefined;
  for (const from = performance.now(); ;) {
    const seen = await see(ports, target, signal);
    const [node, now] = [arrived(seen, request.leader), performance.now()];
    if (node !== undefined) {
      leadsSince ??= now;
      const isNoted = seen.patroni.cluster?.lastSwitch?.timeline === request.timeline + 1;
      if (old === undefined || confirmed.includes(node) || isNoted || now - leadsSince > noteMs) {
        return told(seen, node, request, { already: false, from: old?.role.position, confirmed });
      }
    } else if (now - from > limitMs || signal?.aborted) {
      throw refusal ?? nobodyLeads(request.successor);
    }
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
}

/** Through the successor itself, which has to be there anyway. */
async function sendRequest(
  ports: Ports,
  target: PostgresTarget,
  { request: { is, leader, successor }, wish }: Input<'askPatroniToLead'>,
  signal?: AbortSignal,
): Promise<void> {
  const node = withPatroni(nodeOf(target, successor))!;
  const old = is === 'move' && wish.mode === 'switchover' ? withPatroni(nodeOf(target, leader)) : undefined;
  await ports.patroni.lead(node, target.roles.patroni, { from: old && memberOf(old), to: memberOf(node) }, signal);
}

/** Another one than before, by Patroni and by its own server. */
function arrived({ patroni, servers }: Seen, before: string | null): string | undefined {
  const { leader } = patroni;
  if (leader === undefined || leader === null || leader === before) return undefined;
  return servers.reports.some((report) => report.node === leader && isPrimary(report)) ? leader : undefined;
}

interface Before {
  readonly already: boolean;
  /** Where the old leader stood. */
  readonly from?: string | undefined;
  /** Who had confirmed every commit: no client was told of one that they lack, whenever Patroni notes where the timeline began. */
  readonly confirmed?: readonly string[];
}

/** A change that was asked for begins one timeline. More than one: others happened meanwhile, which a person should know once. */
function told(
  { patroni, servers }: Seen,
  node: string,
  { timeline: before, is }: Pick<PatroniSituation, 'timeline' | 'is'>,
  { already, from, confirmed = [] }: Before,
): NewLeader {
  const { timeline } = servers.reports.filter(isPrimary).find((report) => report.node === node)!;
  if (!already && timeline !== before + 1) {
    throw fail('promotion-failed', {
      en: `${node} is on timeline ${timeline}, not on ${before + 1}.`,
      ja: `${node} のタイムラインは ${timeline} で、${before + 1} ではありません。`,
    });
  }
  const start = patroni.cluster?.lastSwitch;
  const beganThere = from !== undefined && start?.timeline === timeline && bytesAhead(start.position, from) === 0;
  const hasAll = is === 'move' && (beganThere || confirmed.includes(node));
  return { node, timeline, already, ...(hasAll && { lostMs: 0 }) };
}

const nobodyLeads = (successor: string) =>
  fail('promotion-failed', {
    en: `Patroni was asked, and ${successor} does not lead within its time.`,
    ja: `Patroni に依頼しましたが、${successor} が期限内にリーダーになりません。`,
  });
