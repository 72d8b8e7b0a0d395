/** The plan of a shift: what every proxy had before, and what it is given at each step. */
import { digestBeside } from '../digest.ts';
import type { Plan, PlannedChange } from '../recovery.ts';
import type { Text } from '../text.ts';
import { pull, sharesOf, splitsText, splitText } from './split.ts';
import { sees, type LiveProxy, type Setting, type Sides } from './words.ts';

/** As it was: all that is needed to bring it back. */
export interface ServerBefore extends Setting {
  readonly side: string;
  readonly initial: number;
  /** One that was down is nobody's fault afterwards. */
  readonly isUp: boolean;
}

export interface ProxyBefore {
  readonly node: string;
  readonly servers: readonly ServerBefore[];
  /** Of a weighted name: so long, in milliseconds, somebody may keep the answer of before. */
  readonly keptMs?: number;
}

export interface ShiftPlan {
  readonly target: string;
  /** The side that gains. */
  readonly side: string;
  /** Percent that it has in the end. */
  readonly share: number;
  readonly steps: readonly number[];
  readonly dwellMs: number;
  /** Weight that a side with everything has. */
  readonly weight: number;
  readonly sides: Sides;
  /** Our own probe of the side was well; one that was not, and was overridden, says nothing later either. */
  readonly isProbed: boolean;
  readonly proxies: readonly ProxyBefore[];
  readonly digest: string;
}

/** A percentage of the side that gains; `drained`: in the end, with the others drained; `before`: exactly what was there. */
export type Point = number | 'before' | 'drained';

type Wanted = Omit<ShiftPlan, 'proxies' | 'digest'>;

export function planShift(wanted: Wanted, reports: readonly LiveProxy[]): ShiftPlan {
  const sideOf = (name: string) => Object.keys(wanted.sides).find((side) => wanted.sides[side]!.includes(name));
  const proxies = reports.map(({ node, servers, keptMs }): ProxyBefore => {
    const own = servers.flatMap(({ server, weight, state, initial, isUp }) => {
      const side = sideOf(server);
      return side === undefined ? [] : [{ server, side, weight, state, initial, isUp }];
    });
    return { node, servers: own, ...(keptMs !== undefined && { keptMs }) };
  });
  const from = Math.min(...proxies.map(({ servers }) => sharesOf(servers, wanted.sides)[wanted.side]!));
  const between = wanted.steps.filter((step) => step > from && step < wanted.share);
  const steps = [...new Set([...between, wanted.share])].toSorted((a, b) => a - b);
  const plan = { ...wanted, steps, proxies, digest: '' };
  return { ...plan, digest: digestBeside(plan) };
}

/** What the proxy is given at that point. Servers in maintenance are a person's affair: they stay as they are. */
export function settingsAt(plan: ShiftPlan, node: string, point: Point): Setting[] {
  const { servers } = plan.proxies.find((proxy) => proxy.node === node)!;
  if (point === 'before') return servers.map(({ server, weight, state }) => ({ server, weight, state }));
  const percent = point === 'drained' ? 100 : point;
  const shares = sharesOf(servers, plan.sides);
  // Nobody who has more already is made to give it back.
  const isThere = shares[plan.side]! >= percent;
  const others = Object.entries(shares).filter(([side]) => side !== plan.side);
  const theirs = others.reduce((sum, [, share]) => sum + share, 0);
  const shareOf = (side: string): number =>
    side === plan.side ? percent : theirs === 0 ? 0 : ((100 - percent) * shares[side]!) / theirs;
  return servers.map(({ server, side, weight, state, initial }) => {
    if (state === 'maint') return { server, weight, state };
    const own = servers.filter((one) => one.side === side && one.state !== 'maint');
    const next = isThere ? weight : weightOf((plan.weight * shareOf(side)) / 100, initial, own);
    const drains = point === 'drained' && side !== plan.side;
    return { server, weight: next, state: side === plan.side ? 'ready' : drains ? 'drain' : state };
  });
}

/** A side's weight is spread as the configuration has it; who gets anything gets 1 at least. */
function weightOf(whole: number, initial: number, own: readonly ServerBefore[]): number {
  if (whole === 0) return 0;
  const all = own.reduce((sum, one) => sum + one.initial, 0);
  return Math.min(256, Math.max(1, Math.round(all === 0 ? whole / own.length : (whole * initial) / all)));
}

export const endOf = ({ share }: ShiftPlan): Point => (share === 100 ? 'drained' : share);

/** The side that had everything, at every proxy. */
export const soleSide = ({ proxies, sides }: ShiftPlan): string | undefined =>
  Object.keys(sides).find((side) => proxies.every(({ servers }) => sharesOf(servers, sides)[side] === 100));

/** What differs from now, those that gain first: at no moment does a proxy have nobody to send a request to. */
export function changesTo(now: readonly Setting[], wanted: readonly Setting[]): Setting[] {
  const held = (name: string): Setting | undefined => now.find(({ server }) => server === name);
  const gain = (one: Setting): number => pull(one) - pull(held(one.server) ?? one);
  return wanted
    .filter((one) => {
      const had = held(one.server);
      return had === undefined || had.weight !== one.weight || had.state !== one.state;
    })
    .toSorted((a, b) => gain(b) - gain(a));
}

/** Servers of a proxy that stand nowhere on the way of this plan: somebody else has set them, or they are gone. */
export function strangersAt(plan: ShiftPlan, node: string, now: readonly Setting[]): string[] {
  const points = (['before', ...plan.steps, endOf(plan)] as const).map((point) => settingsAt(plan, node, point));
  const names = points[0]!.map(({ server }) => server);
  return names.filter((name) => {
    const found = now.find(({ server }) => server === name);
    const known = points.map((settings) => settings.find(({ server }) => server === name)!);
    return found === undefined || !known.some(({ weight, state }) => weight === found.weight && state === found.state);
  });
}

/** What people read and approve. */
export function headOfShift(plan: ShiftPlan, ref: string): Plan {
  const { proxies, digest, share } = plan;
  const changes = proxies.flatMap(({ node, servers }) =>
    changesTo(servers, settingsAt(plan, node, endOf(plan))).map((after): PlannedChange => {
      const before = servers.find(({ server }) => server === after.server)!;
      return { action: 'overwrite', path: `${after.server} at ${node}`, before: told(before), after: told(after) };
    }),
  );
  const [from, to] = (['before', endOf(plan)] as const).map((point) => splitOf(plan, point));
  const moved = Math.max(...proxies.map(({ servers }) => share - sharesOf(servers, plan.sides)[plan.side]!));
  return {
    summary: changes.length === 0 ? already(to!) : inSteps(plan, from!, to!),
    digest,
    size: { items: changes.length, bytes: 0, share: Math.max(0, moved) / 100 },
    counts: { add: 0, overwrite: changes.length, keep: 0, remove: 0 },
    changes: changes.slice(0, 50),
    truncated: changes.length > 50,
    ref,
  };
}

/** The split at a point, as people read it. */
export const splitOf = (plan: ShiftPlan, point: Point): string =>
  splitsText(plan.proxies.map(({ node }) => ({ node, split: splitText(sharesOf(settingsAt(plan, node, point), plan.sides)) })));

const told = ({ weight, state }: Setting): string => `weight ${weight}${state === 'ready' ? '' : `, ${state}`}`;
const already = (split: string): Text => ({ en: `The split is ${split} already.`, ja: `配分は既に ${split} です。` });
function inSteps({ side, steps, dwellMs, isProbed, proxies }: ShiftPlan, from: string, to: string): Text {
  const seconds = dwellMs / 1_000;
  const none = { en: '', ja: '' };
  const counted = proxies.some(sees)
    ? none
    : { en: ' Nobody counts the requests of a name.', ja: '名前へのリクエスト数は計測できません。' };
  const probed = isProbed
    ? none
    : { en: ` Our own probe of ${side} fails and will not count.`, ja: `${side} のプローブは失敗しており、判定に使いません。` };
  return {
    en: `${from} becomes ${to}, by way of ${steps.join(', ')} %, each watched for ${seconds} s.${counted.en}${probed.en}`,
    ja: `${from} を ${to} にします。段階は ${steps.join('、')} %、各 ${seconds} 秒監視します。${counted.ja}${probed.ja}`,
  };
}
