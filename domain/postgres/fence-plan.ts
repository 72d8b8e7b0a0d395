/** The plan of a fence: which nodes are kept from writing before another one takes over. */
import { digestBeside } from '../digest.ts';
import { namesIn } from '../one-of.ts';
import type { Plan, PlannedChange } from '../recovery.ts';
import { plain, type Text } from '../text.ts';
import type { FailoverWish } from './cluster-view.ts';
import type { Situation, Suspect } from './situation.ts';

export interface FencePlan extends Situation {
  readonly target: string;
  readonly wish: FailoverWish;
  /** Nodes of the cluster. */
  readonly nodes: number;
  readonly digest: string;
}

export function planFence(target: string, nodes: number, wish: FailoverWish, situation: Situation): FencePlan {
  const plan = { target, nodes, wish, ...situation, digest: '' };
  return { ...plan, digest: digestBeside(plan) };
}

/**
 * Whether carrying out the plan would still be what people saw: the same successor, or one of those that it names; the same nodes to
 * stop, the same of them taking writes, or perhaps.
 */
export function isSameSituation(plan: FencePlan, now: Situation): boolean {
  const essence = ({ is, successor, suspects }: Situation): string =>
    JSON.stringify([
      is,
      is === 'taken-over' ? successor : whoTakesOver({ ...plan, successor }),
      suspects.map(({ node, seen }) => [node, seen === 'primary' || seen === 'shut']),
    ]);
  return essence(plan) === essence(now);
}

/** The head that people read. Stopping a server takes nothing away: people are asked where one that takes writes is stopped in no planned move. */
export function headOfFence(plan: FencePlan, ref: string): Plan {
  const { suspects, nodes, digest } = plan;
  const why = whyAsk(plan);
  return {
    summary: summarize(plan),
    digest,
    size: { items: suspects.length, bytes: 0, share: nodes === 0 ? 0 : suspects.length / nodes },
    counts: { add: suspects.length, overwrite: 0, keep: 0, remove: 0 },
    changes: suspects.map(changeOf),
    truncated: false,
    ref,
    ...(why && { needsPeople: why }),
  };
}

const seenAs: Readonly<Record<Suspect['seen'], string>> = {
  primary: 'takes writes',
  shut: 'answers and does not let us in: it may take writes',
  running: 'does not answer, its processes run',
  frozen: 'frozen: takes writes again when woken',
  gone: 'no process',
  unknown: 'unknown: it does not answer, and its machine cannot be asked',
};

const changeOf = ({ node, seen, hasControl }: Suspect): PlannedChange => ({
  action: 'add',
  path: `fence of ${node}`,
  before: seenAs[seen],
  after: hasControl ? 'no process; whoever starts it, it takes no writes' : 'as it is: nobody can stop it from here',
});

function whyAsk({ is, wish, suspects }: FencePlan): Text | undefined {
  const seenAsOne = (how: Suspect['seen']): string[] =>
    suspects.filter(({ seen, hasControl }) => seen === how && hasControl).map(({ node }) => node);
  const writing = seenAsOne('primary');
  if (wish.mode === 'switchover') return undefined;
  if (writing.length === 0) return whyAskOfShut(seenAsOne('shut'));
  const [en, ja] = [writing.join(', '), writing.join('、')];
  return is === 'taken-over'
    ? {
        en: `${en} takes writes too: what only it has is lost.`,
        ja: `${ja} も書き込みを受け付けています。そこだけにあるデータは失われます。`,
      }
    : { en: `${en} takes writes and will be stopped.`, ja: `書き込み中の ${ja} を停止します。` };
}

/** An expired certificate or a lost password of ours stops nobody else: it is no reason to stop a primary unasked. */
const whyAskOfShut = (nodes: readonly string[]): Text | undefined =>
  nodes.length === 0
    ? undefined
    : {
        en: `${nodes.join(', ')} answers and only does not let us in: it may take writes, and will be stopped.`,
        ja: `${nodes.join('、')} は応答しており、当方の接続だけを拒否しています。書き込み中の可能性がありますが停止します。`,
      };

/** Of several the positions behind the fence decide: people agree to any of them. */
function whoTakesOver({ wish: { promote = [] }, successor }: Pick<FencePlan, 'wish' | 'successor'>): Text {
  const named = namesIn(promote);
  if (named.length < 2) return plain(successor);
  return {
    en: `the one of ${named.join(', ')} that has most`,
    ja: `${named.join('、')} のうち最も多く受信したノード`,
  };
}

function summarize(plan: FencePlan): Text {
  const { is, successor, suspects } = plan;
  const next = whoTakesOver(plan);
  const [en, ja] = [suspects.map(({ node }) => node).join(', '), suspects.map(({ node }) => node).join('、')];
  if (suspects.length === 0) {
    return {
      en: `Nobody but ${successor} can take writes: there is nothing to fence.`,
      ja: `${successor} 以外に書き込み可能になるノードはなく、フェンスは不要です。`,
    };
  }
  return is === 'taken-over'
    ? {
        en: `${successor} has taken over; ${en} is kept from writing.`,
        ja: `${successor} が引き継ぎ済み。${ja} の書き込みを禁止します。`,
      }
    : {
        en: `${en} is kept from writing, then ${next.en} takes over.`,
        ja: `${ja} の書き込みを禁止し、${next.ja} が引き継ぎます。`,
      };
}
