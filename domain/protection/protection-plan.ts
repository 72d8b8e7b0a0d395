/** The plan of a stage: which limit every proxy is given and who is denied there, who never is, and what was there before. */
import { digestBeside } from '../digest.ts';
import type { Plan, PlannedChange } from '../recovery.ts';
import type { Text } from '../text.ts';
import { findOverlap, isCovered } from './networks.ts';
import type { Guard, LiveGuard, Source } from './words.ts';

export interface GuardBefore {
  readonly node: string;
  readonly limit?: number;
  /** That of the stage, or what was stricter already. */
  readonly raised: number;
  /** Those that were not denied there. */
  readonly adds: readonly string[];
}

export interface ProtectionPlan {
  readonly target: string;
  /** Of the inventory, from 1 on. */
  readonly stage: number;
  readonly guards: readonly GuardBefore[];
  /** Attackers that are denied nothing, with what protects them. */
  readonly spared: readonly string[];
  readonly digest: string;
}

interface Wanted {
  readonly target: string;
  readonly stage: number;
  readonly limit: number;
  /** So many of the worst. */
  readonly deny: number;
  /** Denied beside them, as people named it; none of it touches `never`. */
  readonly given: readonly string[];
  /** Probes, operators, and the proxies' own addresses. */
  readonly never: readonly string[];
}

/** The same source may be known to several proxies, that may share their tables: it counts as where it is worst. */
export function worstSources(reports: readonly { readonly sources: readonly Source[] }[]): Source[] {
  const most = new Map<string, number>();
  for (const { address, requests } of reports.flatMap(({ sources }) => sources)) {
    most.set(address, Math.max(requests, most.get(address) ?? 0));
  }
  return [...most]
    .map(([address, requests]) => ({ address, requests }))
    .toSorted((a, b) => b.requests - a.requests || (a.address < b.address ? -1 : 1));
}

export function planProtection(
  { target, stage, limit, deny, given, never }: Wanted,
  reports: readonly LiveGuard[],
): ProtectionPlan {
  const sources = worstSources(reports).map(({ address }) => address);
  const spared = sources.flatMap((address) => {
    const by = findOverlap(address, never);
    return by === undefined ? [] : [by === address ? address : `${address} (${by})`];
  });
  const isDenied = (address: string): boolean => reports.every(({ denied }) => isCovered(address, denied));
  const worst = sources.filter((address) => findOverlap(address, never) === undefined && !isDenied(address)).slice(0, deny);
  const denied = [...new Set([...given, ...worst])];
  const guards = reports.map((report): GuardBefore => {
    // A limit of 0 is none.
    const raised = report.limit ? Math.min(limit, report.limit) : limit;
    const adds = denied.filter((one) => !isCovered(one, report.denied));
    return { node: report.node, ...(report.limit !== undefined && { limit: report.limit }), raised, adds };
  });
  const plan = { target, stage, guards, spared, digest: '' };
  return { ...plan, digest: digestBeside(plan) };
}

/** What the proxy has with all of these plans; the newest is last. Undefined where it is in none of them. */
export function raisedAt(plans: readonly ProtectionPlan[], node: string): Required<Guard> | undefined {
  const own = ownOf(plans, node);
  const last = own.at(-1);
  return last && { limit: last.raised, denied: [...new Set(own.flatMap(({ adds }) => adds))] };
}

/** The limit before the first of these plans. */
export const limitBefore = (plans: readonly ProtectionPlan[], node: string): number | undefined => ownOf(plans, node)[0]?.limit;

/** Whether the limit is one that these plans have seen or set there; any other is somebody else's. */
export const isOurLimit = (plans: readonly ProtectionPlan[], node: string, limit: number | undefined): boolean =>
  ownOf(plans, node).some((guard) => guard.limit === limit || guard.raised === limit);

const ownOf = (plans: readonly ProtectionPlan[], node: string): GuardBefore[] =>
  plans.flatMap(({ guards }) => guards.filter((guard) => guard.node === node));

/** What people read and approve. It only adds, and is taken back as it was: people are asked from so many denied sources on. */
export function headOfProtection(
  plan: ProtectionPlan,
  ref: string,
  { known, askAbove }: { known: number; askAbove: number },
): Plan {
  const changes = plan.guards.flatMap(({ node, limit, raised, adds }): PlannedChange[] => [
    ...(limit === raised
      ? []
      : [
          {
            action: 'add',
            path: `limit at ${node}`,
            before: limit === undefined ? 'none' : String(limit),
            after: String(raised),
          } as const,
        ]),
    ...adds.map((address) => ({ action: 'add', path: `deny ${address} at ${node}` }) as const),
  ]);
  const denied = new Set(plan.guards.flatMap(({ adds }) => adds)).size;
  return {
    summary: changes.length === 0 ? already(plan) : summaryOf(plan, denied),
    digest: plan.digest,
    size: { items: changes.length, bytes: 0, share: known === 0 ? 0 : Math.min(1, denied / known) },
    counts: { add: changes.length, overwrite: 0, keep: 0, remove: 0 },
    changes: changes.slice(0, 50),
    truncated: changes.length > 50,
    ref,
    ...(denied > askAbove && { needsPeople: manyDenied(denied, askAbove) }),
  };
}

const already = ({ stage }: ProtectionPlan): Text => ({
  en: `Stage ${stage} is raised already.`,
  ja: `段階 ${stage} は既に適用済みです。`,
});
const manyDenied = (denied: number, askAbove: number): Text => ({
  en: `${denied} sources would be denied, more than ${askAbove}.`,
  ja: `拒否する送信元が ${denied} 件で ${askAbove} 件を超えます。`,
});
function summaryOf({ stage, guards, spared }: ProtectionPlan, denied: number): Text {
  const limits = [...new Set(guards.map(({ raised }) => raised))].join(', ');
  const names = [...new Set(guards.flatMap(({ adds }) => adds))].slice(0, 5).join(', ');
  const who = denied > 5 ? `${names}, …` : names;
  const note =
    spared.length === 0
      ? { en: '', ja: '' }
      : {
          en: ` Never denied, though they send much: ${spared.join(', ')}.`,
          ja: `送信が多くても拒否しない: ${spared.join('、')}。`,
        };
  return {
    en: `Stage ${stage}: at most ${limits} requests a source${denied === 0 ? '' : `, and ${denied} denied (${who})`}.${note.en}`,
    ja: `段階 ${stage}: 送信元ごとに最大 ${limits} 件${denied === 0 ? '' : `、${denied} 件を拒否(${who})`}。${note.ja}`,
  };
}
