/** Sets proxies to a point of a plan, and brings back what was there before; no proxy is ever left with nobody to send to. */
import { fail } from '../../domain/fail.ts';
import { figuresBetween, sampleOf } from '../../domain/traffic/judge-watch.ts';
import {
  changesTo,
  settingsAt,
  soleSide,
  splitOf,
  strangersAt,
  type Point,
  type ShiftPlan,
} from '../../domain/traffic/shift-plan.ts';
import { servesAnybody } from '../../domain/traffic/split.ts';
import { isLive, sees, silencesIn, type LiveProxy } from '../../domain/traffic/words.ts';
import type { TrafficSettings } from '../../contracts/traffic-settings.ts';
import { saidBy } from '../backup-keeping/repository-failure.ts';
import { tellToForget } from '../cdn/purge.ts';
import type { Ports } from '../ports/index.ts';
import { checkedName } from '../records/checked-name.ts';
import type { Drained, Reverted, SetTraffic, TrafficShiftActivities } from './interface.ts';
import { readShift } from './plan-shift.ts';
import { lookAtAll, lookAtLive, notAll, placesOf, proxyOf, trafficTarget } from './target.ts';

type Input<Name extends keyof TrafficShiftActivities> = Parameters<TrafficShiftActivities[Name]>[0];

const lookAgainMs = 50;
/** What is under way when the split goes back may still fail; longer than this nobody waits to count it. */
const settleMs = 1_500;

export async function setTo(ports: Ports, input: Input<'setTraffic'>, signal?: AbortSignal): Promise<SetTraffic> {
  const settings = trafficTarget(ports, input.target);
  const plan = await readShift(ports, input.target, input.plan);
  // All of them are looked at before the first is touched.
  const reports = inPlan(plan, await lookAtLive(ports, settings, signal));
  const strange = reports.flatMap(({ node, servers }) => strangersAt(plan, node, servers).map((name) => `${name} at ${node}`));
  if (strange.length > 0) throw changed(strange.join(', '));
  requireServed(plan, reports, input.to);
  return setAll(ports, { settings, plan, reports }, input.to, signal);
}

interface At {
  readonly settings: TrafficSettings;
  readonly plan: ShiftPlan;
  readonly reports: readonly LiveProxy[];
}

/** Side by side; one that refuses keeps none of the others back. Fails: proxy-refused, naming each that did. */
async function setAll(ports: Ports, { settings, plan, reports }: At, to: Point, signal?: AbortSignal): Promise<SetTraffic> {
  const ends = await Promise.allSettled(
    reports.map(async ({ node, servers, behind = [] }) => {
      const place = proxyOf({ proxies: placesOf(settings) }, node);
      // What somebody else has set since is his.
      const theirs = strangersAt(plan, node, servers);
      const changes = changesTo(servers, settingsAt(plan, node, to)).filter(({ server }) => !theirs.includes(server));
      // Where an attempt was killed, one of the servers of a name may not have it yet.
      if (changes.length > 0 || behind.length > 0) await ports.traffic.set(place, settings.backend, changes, signal);
      // An attempt that was killed may have set and not saved. The split counts more than that it outlives a restart.
      const unsaved = await ports.traffic.save(place, signal).then(
        () => [],
        (error: unknown) => [saidBy(error).en],
      );
      return { changed: changes.length, unsaved };
    }),
  );
  signal?.throwIfAborted();
  const refused = ends.flatMap((end) => (end.status === 'rejected' ? [saidBy(end.reason).en] : []));
  if (refused.length > 0) throw notAll(refused, reports.length);
  const done = ends.flatMap((end) => (end.status === 'fulfilled' ? [end.value] : []));
  return { changed: done.reduce((sum, one) => sum + one.changed, 0), unsaved: done.flatMap(({ unsaved }) => unsaved) };
}

export async function revert(ports: Ports, input: Input<'revertTraffic'>, signal?: AbortSignal): Promise<Reverted> {
  const settings = trafficTarget(ports, input.target);
  const plan = await readShift(ports, input.target, input.plan);
  const all = await lookAtAll(ports, settings, signal);
  const reports = inPlan(plan, all.filter(isLive));
  const able = reports.filter(
    ({ node, servers }) =>
      strangersAt(plan, node, servers).length === 0 && servesAnybody(settingsAt(plan, node, 'before'), servers),
  );
  await setAll(ports, { settings, plan, reports: able }, 'before', signal);
  const silent = silencesIn(all);
  if (silent.length > 0) throw notAll(silent, all.length);
  const gained = plan.sides[plan.side]!;
  await untilRest(ports, settings, gained, settleMs, signal);
  const live = await lookAtLive(ports, settings, signal);
  const { failed } = figuresBetween(input.since, sampleOf(Date.now(), live), gained);
  const keptMs = longestKept(live);
  return {
    isBack: able.length === reports.length,
    ...(live.some(sees) && { lost: failed }),
    ...(keptMs > 0 && { keptMs }),
  };
}

/** Of names; 0 where there are none. */
const longestKept = (places: readonly Pick<LiveProxy, 'keptMs'>[]): number => Math.max(...places.map(({ keptMs = 0 }) => keptMs));

export async function drain(ports: Ports, input: Input<'drainTraffic'>, signal?: AbortSignal): Promise<Drained> {
  const settings = trafficTarget(ports, input.target);
  const { sides, side, proxies } = await readShift(ports, input.target, input.plan);
  const began = performance.now();
  const { unsaved } = await setTo(ports, { ...input, to: 'drained' }, signal);
  const left = Object.keys(sides).flatMap((name) => (name === side ? [] : sides[name]!));
  const sessions = await untilRest(ports, settings, left, settings.drain, signal);
  // Somebody may have lowered a TTL by hand since: whoever asked before that keeps the answer longer.
  const keptMs = longestKept([...proxies, ...(await lookAtLive(ports, settings, signal))]);
  const ms = Math.round(performance.now() - began);
  return { sessions, ms, unsaved, ...(keptMs > 0 && { keptMs, waitMs: Math.min(keptMs, settings.drain) }) };
}

/** Waits until nothing is under way at these servers; answers with what still is. */
async function untilRest(
  ports: Ports,
  settings: TrafficSettings,
  names: readonly string[],
  ms: number,
  signal?: AbortSignal,
): Promise<number> {
  const deadline = performance.now() + ms;
  for (;;) {
    const reports = await lookAtLive(ports, settings, signal);
    const own = reports.flatMap(({ servers }) => servers.filter(({ server }) => names.includes(server)));
    const sessions = own.reduce((sum, one) => sum + one.sessions, 0);
    if (sessions === 0 || performance.now() > deadline) return sessions;
    signal?.throwIfAborted();
    await new Promise((resolve) => setTimeout(resolve, lookAgainMs));
  }
}

/** Server by server: what somebody else has set since is left alone, and told. */
export async function undo(ports: Ports, input: Input<'undoTrafficShift'>, signal?: AbortSignal) {
  const settings = trafficTarget(ports, input.target);
  const plan = await readShift(ports, input.target, input.plan);
  const all = await lookAtAll(ports, settings, signal);
  const own = inPlan(plan, all.filter(isLive));
  const left = own.flatMap(({ node, servers }) => strangersAt(plan, node, servers).map((name) => `${name} at ${node}`));
  await setAll(ports, { settings, plan, reports: own }, 'before', signal);
  const silent = silencesIn(all.filter(({ node }) => plan.proxies.some((proxy) => proxy.node === node)));
  if (silent.length > 0) throw notAll(silent, all.length);
  // Whatever it fetched from the side that gained: also where that had only a part, or the forward purge never happened.
  if (input.recovery !== undefined) {
    const wish = { target: input.target, recovery: checkedName(input.recovery), side: soleSide(plan), turn: 'back' };
    await tellToForget(ports, settings, wish, signal);
  }
  return { restored: own.map(({ node }) => node), ...(left.length > 0 && { left }) };
}

/** A proxy that was declared since then is no part of the plan. */
const inPlan = ({ proxies }: ShiftPlan, reports: readonly LiveProxy[]): LiveProxy[] =>
  reports.filter((report) => proxies.some(({ node }) => node === report.node));

function requireServed(plan: ShiftPlan, reports: readonly LiveProxy[], to: Point): void {
  const dead = reports.filter(({ node, servers }) => !servesAnybody(settingsAt(plan, node, to), servers));
  if (dead.length === 0) return;
  const names = dead.map(({ node }) => node).join(', ');
  throw fail('side-not-able', {
    en: `${names} would serve nobody with ${splitOf(plan, to)}.`,
    ja: `${splitOf(plan, to)} では ${names} は誰にも応答できません。`,
  });
}

const changed = (what: string) =>
  fail('plan-changed', {
    en: `Somebody else has set ${what} since the plan was made.`,
    ja: `計画の後に ${what} の設定が変更されました。`,
  });
