/** Plans a stage of protection, gives it to every proxy, and takes it back; nobody who must not be is ever denied. */
import { fail } from '../../domain/fail.ts';
import { findOverlap } from '../../domain/protection/networks.ts';
import {
  headOfProtection,
  isOurLimit,
  limitBefore,
  planProtection,
  raisedAt,
  worstSources,
  type ProtectionPlan,
} from '../../domain/protection/protection-plan.ts';
import { isRaised } from '../../domain/protection/guard-checks.ts';
import { isGuarded, type GuardChange, type LiveGuard } from '../../domain/protection/words.ts';
import type { Plan } from '../../domain/recovery.ts';
import type { Text } from '../../domain/text.ts';
import { saidBy } from '../backup-keeping/repository-failure.ts';
import type { Ports } from '../ports/index.ts';
import { checkedName } from '../records/checked-name.ts';
import { keepWholePlan, readWholePlan } from '../records/plans.ts';
import { notAll, proxyOf, trafficTarget } from '../traffic/target.ts';
import type { Applied, Assessed, ProtectionActivities, Restored } from './interface.ts';
import { guardedTarget, lookAtGuards, lookAtLiveGuards, neverDenied, requirePrepared, silentIn, type Guarded } from './target.ts';

type Input<Name extends keyof ProtectionActivities> = Parameters<ProtectionActivities[Name]>[0];

const mostTold = 10;

export async function assess(ports: Ports, input: Input<'assessProtection'>, signal?: AbortSignal): Promise<Assessed> {
  const target = guardedTarget(ports, input.target);
  const { stages, hook, atMost } = target.protection;
  const reports = await lookAtLiveGuards(ports, target, signal);
  requirePrepared(reports, target);
  requireStage(target, input.stage);
  requireDeniable(await neverDenied(ports, target), input.deny);
  const sources = worstSources(reports);
  return {
    rate: reports.reduce((sum, { rate }) => sum + rate, 0),
    attackers: sources.length,
    worst: sources.slice(0, mostTold),
    stages: stages.length,
    atMostMs: atMost,
    hasHook: hook !== undefined,
  };
}

export async function planStage(ports: Ports, input: Input<'planProtection'>, signal?: AbortSignal): Promise<Plan> {
  const target = guardedTarget(ports, input.target);
  const { stages, askAbove } = target.protection;
  const { stage, deny: given } = input;
  requireStage(target, stage);
  const [reports, never] = await Promise.all([lookAtLiveGuards(ports, target, signal), neverDenied(ports, target)]);
  requirePrepared(reports, target);
  requireDeniable(never, given);
  const plan = planProtection({ target: input.target, stage, ...stages[stage - 1]!, given, never }, reports);
  const known = Math.max(...reports.map((report) => report.known));
  return headOfProtection(plan, await keepWholePlan(ports.records, checkedName(input.recovery), plan), { known, askAbove });
}

/** Fails: invalid-input. */
function requireStage({ protection: { stages } }: Guarded, stage: number): void {
  if (stage <= stages.length) return;
  const sentence = { en: `There are ${stages.length} stages.`, ja: `段階は ${stages.length} までです。` };
  throw fail('invalid-input', sentence, { errors: [{ path: 'stage', message: `at most ${stages.length}` }] });
}

/** Whoever is in `never` is not denied, whoever asks for it. Fails: invalid-input. */
function requireDeniable(never: readonly string[], deny: readonly string[]): void {
  const wrong = deny.map((one, n) => ({ one, n, by: findOverlap(one, never) })).filter(({ by }) => by !== undefined);
  if (wrong.length === 0) return;
  const named = wrong.map(({ one, by }) => (one === by ? one : `${one} (${by})`)).join(', ');
  throw fail(
    'invalid-input',
    { en: `Never to be denied: ${named}.`, ja: `拒否してはならない宛先です: ${named}。` },
    { errors: wrong.map(({ n, by }) => ({ path: `deny.${n}`, message: `touches ${by}, which is never denied` })) },
  );
}

/** In the order of the references. Fails: plan-changed. */
export const readPlans = (
  ports: Ports,
  { target, plans }: { target: string; plans: readonly string[] },
): Promise<ProtectionPlan[]> =>
  Promise.all(plans.map((ref) => readWholePlan<ProtectionPlan>(ports.records, ref, target, 'guards')));

export async function apply(ports: Ports, input: Input<'applyProtection'>, signal?: AbortSignal): Promise<Applied> {
  const target = guardedTarget(ports, input.target);
  const plans = await readPlans(ports, input);
  // All of them are looked at before the first is touched.
  const reports = await lookAtLiveGuards(ports, target, signal);
  const own = reports.filter(({ node }) => raisedAt(plans, node) !== undefined);
  const never = await neverDenied(ports, target);
  const wrong = new Set(own.flatMap(({ node }) => raisedAt(plans, node)!.denied).filter((one) => findOverlap(one, never)));
  if (wrong.size > 0) {
    const named = [...wrong].join(', ');
    throw changed({ en: `never to be denied: ${named}`, ja: `拒否禁止になった宛先: ${named}` });
  }
  const strange = own.filter((guard) => !isRaised(plans, guard) && !isOurLimit(plans, guard.node, guard.limit));
  if (strange.length > 0) {
    const limits = strange.map(({ node, limit }) => `${limit} at ${node}`).join(', ');
    throw changed({ en: `somebody else has set the limit: ${limits}`, ja: `制限が変更されました: ${limits}` });
  }
  return setAll(
    ports,
    target,
    own,
    (guard) => {
      const { limit, denied } = raisedAt(plans, guard.node)!;
      const isOurs = isOurLimit(plans, guard.node, guard.limit);
      return { limit: isOurs ? limit : guard.limit, add: denied, remove: [] };
    },
    signal,
  );
}

export async function takeBack(ports: Ports, input: Input<'undoProtection'>, signal?: AbortSignal): Promise<Restored> {
  const { proxies = [], protection } = trafficTarget(ports, input.target);
  const plans = await readPlans(ports, input);
  const back = input.plan === undefined ? [] : plans.slice(input.plans.indexOf(input.plan));
  if (protection === undefined) return { restored: [], left: [`the inventory has no protection of ${input.target} any more`] };
  const target = { proxies, protection };
  const all = await lookAtGuards(ports, target, signal);
  const own = all.filter(isGuarded).filter(({ node }) => raisedAt(back, node) !== undefined);
  // One that is known to an earlier plan was lowered already.
  const left = own
    .filter(({ node, limit }) => !isOurLimit(plans, node, limit))
    .map(({ node, limit }) => `the limit ${limit} at ${node}`);
  const { unsaved } = await setAll(
    ports,
    target,
    own,
    (guard) => {
      const { node, limit } = guard;
      const isOurs = back.some(({ guards }) => guards.some((one) => one.node === node && one.raised === limit));
      return { limit: isOurs ? limitBefore(back, node) : limit, add: [], remove: raisedAt(back, node)!.denied };
    },
    signal,
  );
  const silent = silentIn(all.filter(({ node }) => raisedAt(back, node) !== undefined));
  if (silent.length > 0) throw notAll(silent, all.length);
  return {
    restored: own.map(({ node }) => node),
    ...(left.length > 0 && { left }),
    ...(unsaved.length > 0 && { unsaved }),
  };
}

/** Side by side; one that refuses keeps none of the others back. Fails: proxy-refused, naming each that did. */
async function setAll(
  ports: Ports,
  target: Guarded,
  reports: readonly LiveGuard[],
  changeOf: (guard: LiveGuard) => GuardChange,
  signal?: AbortSignal,
): Promise<Applied> {
  const ends = await Promise.allSettled(
    reports.map(async (guard) => {
      const proxy = proxyOf(target, guard.node);
      const change = changeOf(guard);
      const isSo =
        change.limit === guard.limit &&
        change.add.every((one) => guard.denied.includes(one)) &&
        !change.remove.some((one) => guard.denied.includes(one));
      if (!isSo) await ports.protection.set(proxy, target.protection, change, signal);
      // An attempt that was killed may have set and not saved. To protect counts more than to outlive a restart.
      const unsaved = await ports.protection.save(proxy, target.protection, signal).then(
        () => [],
        (error: unknown) => [saidBy(error).en],
      );
      return { changed: isSo ? 0 : 1, unsaved };
    }),
  );
  signal?.throwIfAborted();
  const refused = ends.flatMap((end) => (end.status === 'rejected' ? [saidBy(end.reason).en] : []));
  if (refused.length > 0) throw notAll(refused, reports.length);
  const done = ends.flatMap((end) => (end.status === 'fulfilled' ? [end.value] : []));
  return { changed: done.reduce((sum, one) => sum + one.changed, 0), unsaved: done.flatMap(({ unsaved }) => unsaved) };
}

const changed = ({ en, ja }: Text) =>
  fail('plan-changed', { en: `It is no longer as it was planned: ${en}.`, ja: `計画の後に状況が変わりました。${ja}。` });
