/** Looks at proxies before a shift, and plans it; changes nothing. */
import { fail } from '../../domain/fail.ts';
import { checkSide } from '../../domain/traffic/shift-checks.ts';
import { endOf, headOfShift, planShift, settingsAt, splitOf, type ShiftPlan } from '../../domain/traffic/shift-plan.ts';
import { servesAnybody, sharesOf, splitsText, splitText } from '../../domain/traffic/split.ts';
import type { LiveProxy, Sides } from '../../domain/traffic/words.ts';
import type { Check } from '../../domain/verification.ts';
import type { Ports } from '../ports/index.ts';
import { checkedName } from '../records/checked-name.ts';
import { keepWholePlan, readWholePlan } from '../records/plans.ts';
import type { PlannedShift, TrafficShiftActivities } from './interface.ts';
import { lookAtAll, lookAtLive, notAll, probe, requireSide, sidesOf, trafficTarget } from './target.ts';

type Input<Name extends keyof TrafficShiftActivities> = Parameters<TrafficShiftActivities[Name]>[0];

export async function assess(ports: Ports, input: Input<'assessTraffic'>, signal?: AbortSignal): Promise<{ split: string }> {
  const settings = trafficTarget(ports, input.target);
  const sides = sidesOf(settings);
  requireSide(sides, input.side);
  const reports = await lookAtLive(ports, settings, signal);
  const unable = reports.flatMap((report) => whyUnable(report, sides));
  if (unable.length > 0) throw notAll(unable, reports.length);
  refuseToTakeAway(reports, sides, input);
  const split = splitsText(reports.map(({ node, servers }) => ({ node, split: splitText(sharesOf(servers, sides)) })));
  return { split };
}

function whyUnable({ node, level, servers }: LiveProxy, sides: Sides): string[] {
  if (level !== 'admin') return [`${node}: our level is ${level}, not admin`];
  const missing = Object.values(sides)
    .flat()
    .filter((name) => !servers.some(({ server }) => server === name));
  return missing.length > 0 ? [`${node}: it has no server ${missing.join(', ')}`] : [];
}

/** Who loses by a shift is nobody's guess: the side that gains is named. Fails: invalid-input. */
function refuseToTakeAway(reports: readonly LiveProxy[], sides: Sides, { side, share }: Input<'assessTraffic'>): void {
  const has = Math.max(...reports.map(({ servers }) => sharesOf(servers, sides)[side]!));
  if (has <= share) return;
  const sentence = {
    en: `${side} has ${has} % already, more than ${share} %: name the side that gains.`,
    ja: `${side} の配分は既に ${has} % で ${share} % を超えています。増やす側を指定してください。`,
  };
  throw fail('invalid-input', sentence, { errors: [{ path: 'share', message: `at least ${has}` }] });
}

export async function proveSide(ports: Ports, input: Input<'proveTrafficSide'>, signal?: AbortSignal): Promise<Check[]> {
  const settings = trafficTarget(ports, input.target);
  const sides = sidesOf(settings);
  requireSide(sides, input.side);
  const [reports, answer] = await Promise.all([lookAtAll(ports, settings, signal), probe(ports, settings, input.side, signal)]);
  return checkSide(input.side, reports, sides, answer);
}

export async function planOf(ports: Ports, input: Input<'planTrafficShift'>, signal?: AbortSignal): Promise<PlannedShift> {
  const settings = trafficTarget(ports, input.target);
  const { target, side, share } = input;
  const sides = sidesOf(settings);
  requireSide(sides, side);
  const [reports, { ok: isProbed }] = await Promise.all([
    lookAtLive(ports, settings, signal),
    probe(ports, settings, side, signal),
  ]);
  refuseToTakeAway(reports, sides, input);
  const { dwell: dwellMs, weight } = settings;
  const steps = input.steps ?? settings.steps;
  const whole = planShift({ target, side, share, steps, dwellMs, weight, sides, isProbed }, reports);
  requireServed(whole, reports);
  const plan = headOfShift(whole, await keepWholePlan(ports.records, checkedName(input.recovery), whole));
  const drains = endOf(whole) === 'drained';
  // With a part of the requests each side serves, and what the CDN has of either is no mistake.
  const hasCdn = drains && settings.cdn !== undefined;
  return { plan, steps: whole.steps, drains, before: splitOf(whole, 'before'), ...(hasCdn && { hasCdn }) };
}

/** Two sides that were both told to take nothing answer 503 to everybody. Fails: side-not-able. */
function requireServed(plan: ShiftPlan, reports: readonly LiveProxy[]): void {
  const dead = reports.filter(({ node, servers }) => !servesAnybody(settingsAt(plan, node, endOf(plan)), servers));
  if (dead.length === 0) return;
  const names = dead.map(({ node }) => node).join(', ');
  throw fail('side-not-able', {
    en: `No server of ${plan.side} is up at ${names}: with everything there nobody would be served.`,
    ja: `${names} から見て稼働中の ${plan.side} のサーバーがなく、切り替えると誰にも応答できません。`,
  });
}

/** Fails: plan-changed. */
export const readShift = (ports: Ports, target: string, ref: string): Promise<ShiftPlan> =>
  readWholePlan<ShiftPlan>(ports.records, ref, target, 'proxies');
