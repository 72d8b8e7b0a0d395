/** How every node but the successor is kept from taking writes, decided from what they and their machines say. */
import { digestBeside } from '../digest.ts';
import type { Plan } from '../recovery.ts';
import type { Text } from '../text.ts';
import { shareHistory } from './can-promote.ts';
import { isLive, isMaster, isReplica, type LiveNode, type NodeReport } from './node-report.ts';

/** What the machine of a silent node says of its processes. A frozen one takes writes again when somebody wakes it. */
export type Processes = 'running' | 'frozen' | 'gone';

const fences = {
  demote: {
    en: 'takes writes: it becomes a read-only replica of nobody',
    ja: '書き込みを受け付けています。追従先のない読み取り専用レプリカにします',
  },
  lock: { en: 'is a replica that takes writes: it becomes read-only', ja: '書き込み可能なレプリカです。読み取り専用にします' },
  kill: { en: 'does not answer, and its process is there: it is killed', ja: '応答せずプロセスが残っています。強制終了します' },
  hold: {
    en: 'is gone: should anybody start it, it comes up as a replica of nobody',
    ja: '停止しています。起動されても追従先のないレプリカになるよう設定します',
  },
} as const satisfies Record<string, Text>;

export interface FencedNode {
  readonly node: string;
  readonly how: keyof typeof fences;
}

export interface FencePlan {
  readonly target: string;
  readonly recovery: string;
  readonly mode: 'failover' | 'switchover';
  readonly successor: string;
  readonly nodes: readonly FencedNode[];
  /** Nodes that may be the old master, those that nobody can reach included. */
  readonly suspects: readonly string[];
  readonly digest: string;
}

export interface Seen {
  readonly reports: readonly NodeReport[];
  /** Of silent nodes whose machine can be asked. */
  readonly states: ReadonlyMap<string, Processes>;
  /** Of those whose machine a command should have reached, why it did not. */
  readonly beyondReach: ReadonlyMap<string, string>;
}

export interface World extends Seen {
  /** Nodes that are gone whose configuration can be written, and does not say already that they follow nobody. */
  readonly holdable: ReadonlySet<string>;
}

export function decideFence(head: Pick<FencePlan, 'target' | 'recovery' | 'mode' | 'successor'>, world: World): FencePlan {
  const others = world.reports.filter(({ node }) => node !== head.successor);
  const masters = others.filter(isMaster);
  const next = world.reports.filter(isLive).find(({ node }) => node === head.successor);
  // Where the master itself answers, the silent ones were its replicas.
  const suspects = (masters.length > 0 ? masters : others.filter((report) => mayHaveBeen(report, next))).map(({ node }) => node);
  const nodes = others.flatMap((report): FencedNode[] => {
    const how = howToFence(report, suspects, world);
    return how === undefined ? [] : [{ node: report.node, how }];
  });
  const plan = { ...head, nodes, suspects, digest: '' };
  return { ...plan, digest: digestBeside(plan) };
}

/** A node that says nothing; or one that somebody started as a replica, and that has what the successor has not. */
function mayHaveBeen(report: NodeReport, successor: LiveNode | undefined): boolean {
  if (!isLive(report)) return true;
  if (successor === undefined || !isReplica(report)) return false;
  return !shareHistory(report, successor) || (isReplica(successor) && report.offset > successor.offset);
}

function howToFence(report: NodeReport, suspects: readonly string[], { states, holdable }: World): FencedNode['how'] | undefined {
  if (isMaster(report)) return 'demote';
  if (isReplica(report)) return report.role.isReadOnly ? undefined : 'lock';
  const state = states.get(report.node);
  if (!suspects.includes(report.node) || state === undefined) return undefined;
  if (state !== 'gone') return 'kill';
  return holdable.has(report.node) ? 'hold' : undefined;
}

/** What people read and approve. They are asked where a master that works would be stopped without having been planned for. */
export function headOfFence(plan: FencePlan, ref: string): Plan {
  const { nodes, mode, digest, successor } = plan;
  const working = mode === 'failover' ? nodes.filter(({ how }) => how === 'demote').map(({ node }) => node) : [];
  return {
    summary: nodes.length === 0 ? nothing(successor) : inOrder(nodes),
    digest,
    size: { items: nodes.length, bytes: 0, share: 0 },
    counts: { add: nodes.length, overwrite: 0, keep: 0, remove: 0 },
    changes: nodes.map(({ node, how }) => ({ action: 'add', path: node, after: fences[how].en })),
    truncated: false,
    ref,
    ...(working.length > 0 && { needsPeople: works(working) }),
  };
}

const inOrder = (nodes: readonly FencedNode[]): Text => ({
  en: nodes.map(({ node, how }) => `${node} ${fences[how].en}.`).join(' '),
  ja: nodes.map(({ node, how }) => `${node} は${fences[how].ja}。`).join(''),
});
const nothing = (successor: string): Text => ({
  en: `There is nobody to fence beside ${successor}.`,
  ja: `${successor} の他に止めるノードはありません。`,
});
const works = (working: readonly string[]): Text => ({
  en: `${working.join(', ')} answers: whoever writes to it is refused from then on.`,
  ja: `${working.join(', ')} は応答しています。以降の書き込みは拒否されます。`,
});
