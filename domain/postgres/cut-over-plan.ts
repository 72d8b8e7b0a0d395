/** The plan of a cut-over: which nodes are stopped, whose database is replaced, and what is in it that then is there no more. */
import { digestBeside } from '../digest.ts';
import type { Plan, PlannedChange } from '../recovery.ts';
import type { Text } from '../text.ts';
import { differs, tellDifference, type Difference, type TableDifference, type WhyUnseen } from './difference.ts';
import { isPrimary, isStandby } from './node-report.ts';
import type { NodeState } from './node-state.ts';
import type { ClusterView } from './cluster-view.ts';

export interface Stop {
  readonly node: string;
  readonly seen: 'primary' | 'standby' | 'unknown' | NodeState['processes'];
  /** Its machine can be asked, and told to stop it. */
  readonly hasControl: boolean;
}

export interface CutOver {
  readonly target: string;
  /** Record of what it goes back to. */
  readonly moment: string;
  readonly goes: Text;
  /** The node whose database is replaced, and which then takes writes. */
  readonly seat: string;
  readonly stops: readonly Stop[];
  /** Null where there was nothing to compare with. */
  readonly difference: Difference | null;
  readonly digest: string;
}

/** Everybody: a standby that follows the database of before is of no use to the one that comes. */
export const stopsIn = ({ reports, states }: ClusterView): Stop[] =>
  reports.map((report) => {
    const state = states.get(report.node);
    const seen = isPrimary(report) ? 'primary' : isStandby(report) ? 'standby' : (state?.processes ?? 'unknown');
    return { node: report.node, seen, hasControl: state !== undefined };
  });

export function planCutOver(cutOver: Omit<CutOver, 'digest'>): CutOver {
  const open = { ...cutOver, digest: '' };
  return { ...open, digest: digestBeside(open) };
}

/** Whether the cluster is as people saw it: the same nodes take writes. */
export const isAsPlanned = ({ stops }: CutOver, now: readonly Stop[]): boolean =>
  JSON.stringify(stops.map(essence)) === JSON.stringify(now.map(essence));
const essence = ({ node, seen }: Stop): unknown[] => [node, seen === 'primary'];

/** A head goes through history, and out at every look at the status. */
const mostChanges = 20;

export function headOfCutOver(plan: CutOver, ref: string): Plan {
  const { difference, seat, stops } = plan;
  const tables = difference?.tables ?? [];
  const differing = tables.filter(differs);
  const changes = [
    { action: 'overwrite', path: `database of ${seat}`, before: 'kept beside its place', after: plan.goes.en } as const,
    ...differing.map(lineOfTable),
    ...objectLines(difference),
    ...(difference?.unseen ?? []).map(({ what, why }): PlannedChange => ({ action: 'keep', path: what, before: unseenAs[why] })),
  ];
  return {
    summary: summarize(plan),
    digest: plan.digest,
    size: { items: stops.length + differing.length, bytes: 0, share: 1 },
    counts: { add: 0, overwrite: 1 + differing.length, keep: tables.length - differing.length, remove: 0 },
    changes: changes.slice(0, mostChanges),
    truncated: changes.length > mostChanges,
    ref,
    needsPeople: {
      en: `${stops.map(({ node }) => node).join(', ')} will be stopped.`,
      ja: `${stops.map(({ node }) => node).join('、')} を停止します。`,
    },
  };
}

const summarize = ({ seat, goes, difference }: CutOver): Text => {
  const how = difference ? tellDifference(difference) : notCompared;
  return {
    en: `The database of ${seat} is replaced. ${goes.en} ${how.en}`,
    ja: `${seat} のデータベースを置き換えます。${goes.ja} ${how.ja}`,
  };
};

const notCompared: Text = { en: 'What differs is not known.', ja: '差異は不明です。' };

function lineOfTable({ table, onlyNow, onlyThen, changed, oneIn }: TableDifference): PlannedChange {
  const how = oneIn === 1 ? '' : ` (about: one row in ${oneIn} was compared)`;
  return {
    action: 'overwrite',
    path: table,
    before: `${onlyNow} rows only now${how}`,
    after: `${onlyThen} rows only then, ${changed === null ? 'no primary key to tell changed ones' : `${changed} changed`}`,
  };
}

function objectLines(difference: Difference | null): PlannedChange[] {
  if (difference === null) return [];
  const { onlyNow, onlyThen, changed } = difference.schema;
  return [
    ...onlyNow.map((path) => ({ action: 'remove', path, before: 'only now' }) as const),
    ...onlyThen.map((path) => ({ action: 'add', path, after: 'only then' }) as const),
    ...changed.map((path) => ({ action: 'overwrite', path, before: 'defined otherwise' }) as const),
  ];
}

const unseenAs: Readonly<Record<WhyUnseen, string>> = {
  'not-allowed': 'not compared: our role may not read it',
  'no-time': 'not compared: it would have taken too long',
  unlogged: 'unlogged: empty after every restore',
  'no-common-column': 'not compared: it has no column in common',
};
