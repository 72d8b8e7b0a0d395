/** Where a PostgreSQL cluster stands before a failover: who takes over, and which nodes have to be kept from writing first. */
import { namesIn } from '../one-of.ts';
import { isShut } from '../silent-node.ts';
import { size } from '../sizes.ts';
import type { Text } from '../text.ts';
import { positionOf } from './can-promote.ts';
import type { ClusterView, FailoverWish } from './cluster-view.ts';
import { chooseSuccessor } from './choose-successor.ts';
import { bytesAhead } from './lsn.ts';
import { isLive, isPrimary, isStandby, type NodeReport, type Primary, type Standby } from './node-report.ts';
import type { NodeState } from './node-state.ts';

/** A node that takes writes, or may do so: now, when somebody wakes it, or when somebody starts it. */
export interface Suspect {
  readonly node: string;
  /** `shut` = it answers, does not let us in, and its machine, if that can be asked, says nothing else: it may serve everybody else. */
  readonly seen: 'primary' | 'shut' | 'unknown' | NodeState['processes'];
  /** Its machine can be asked, and told to stop it. */
  readonly hasControl: boolean;
}

export interface Situation {
  /** `taken-over` = the successor is primary already: what is left is to fence and rebuild the others. */
  readonly is: 'lost' | 'lives' | 'taken-over';
  readonly successor: string;
  readonly suspects: readonly Suspect[];
}

export type Decision =
  | { readonly ok: true; readonly situation: Situation }
  | { readonly ok: false; readonly code: 'two-primaries' | 'nobody-to-promote' | 'switchover-refused'; readonly sentence: Text };

export function decideSituation(view: ClusterView, wish: FailoverWish): Decision {
  const primaries = view.reports.filter(isPrimary);
  const wished = primaries.filter(({ node }) => wish.promote !== undefined && namesIn(wish.promote).includes(node));
  if (primaries.length > 1 && wished.length !== 1) return refuse('two-primaries', whichOne(primaries));
  const promoted = wished[0] ?? (wish.promote === undefined && isFenced(view) ? primaries[0] : undefined);
  if (promoted) {
    return { ok: true, situation: { is: 'taken-over', successor: promoted.node, ...suspectsIn(view, promoted.node) } };
  }

  const able = chooseSuccessor(view, wish);
  if ('sentence' in able) return refuse('nobody-to-promote', able.sentence);
  const [primary] = primaries;
  const chosen = wish.mode === 'switchover' ? chooseForSwitchover(view, primary, wish) : able;
  if ('sentence' in chosen) return refuse('switchover-refused', chosen.sentence);
  const { node: successor } = chosen.standby;
  if (primary === undefined) return { ok: true, situation: { is: 'lost', successor, ...suspectsIn(view, successor) } };
  // While one takes writes, a node that says nothing was a standby: it is none of those who have to be stopped.
  const suspects = [suspect(view, primary)];
  return { ok: true, situation: { is: 'lives', successor, suspects } };
}

const refuse = (code: Extract<Decision, { ok: false }>['code'], sentence: Text): Decision => ({ ok: false, code, sentence });

/** Somebody was fenced and another one writes: an earlier failover was cut off behind its point of no return. */
const isFenced = ({ states }: ClusterView): boolean => [...states.values()].some(({ fencedBy }) => fencedBy !== null);

/** Every other node of which it is not certain that it takes no writes, whoever wakes or starts it. */
function suspectsIn(view: ClusterView, successor: string): Pick<Situation, 'suspects'> {
  const others = view.reports.filter(({ node }) => node !== successor);
  return {
    suspects: others.filter((report) => !takesNoWrites(report, view.states.get(report.node))).map((one) => suspect(view, one)),
  };
}

function suspect({ states }: ClusterView, report: NodeReport): Suspect {
  const state = states.get(report.node);
  return {
    node: report.node,
    seen: isPrimary(report) ? 'primary' : mayServe(report, state) ? 'shut' : (state?.processes ?? 'unknown'),
    hasControl: state !== undefined,
  };
}

const mayServe = (report: NodeReport, state: NodeState | undefined): boolean =>
  !isLive(report) && isShut(report) && (state === undefined || state.processes === 'running');

/** It answers as a standby; or its machine says that it is one, and while it is gone that nothing else has taken its place. */
export function takesNoWrites(report: NodeReport, state: NodeState | undefined): boolean {
  if (isLive(report)) return isStandby(report);
  return state !== undefined && state.isStandby && (state.processes !== 'gone' || !state.isPortOpen);
}

const whichOne = (primaries: readonly Primary[]): Text => {
  const names = primaries.map(({ node }) => node).join(', ');
  return {
    en: `${names} all take writes. Say by "promote" which of them stays primary; what only the others have is lost to it.`,
    ja: `${names} が同時に書き込みを受け付けています。残すノードを "promote" で指定してください。他のノードだけにあるデータは失われます。`,
  };
};

/** Nothing may be lost and nobody may wait long: otherwise it is a failover. */
function chooseForSwitchover(
  view: ClusterView,
  primary: Primary | undefined,
  wish: FailoverWish,
): ReturnType<typeof chooseSuccessor> {
  if (primary === undefined) return { sentence: noPrimary };
  const state = view.states.get(primary.node);
  if (state === undefined) return { sentence: cannotStop(primary) };
  if (state.isLogShut) return { sentence: cannotCompare(primary) };
  const { promote = view.reports.filter(isStandby).map(({ node }) => node) } = wish;
  return chooseSuccessor(view, { promote }, (standby) => whyNoSwitchover(view, primary, standby));
}

const noPrimary: Text = {
  en: 'No primary answers: this takes a failover.',
  ja: 'プライマリが応答しません。フェイルオーバーが必要です。',
};
const cannotStop = ({ node }: Primary): Text => ({
  en: `Nobody can stop ${node}: its control is not declared, or not within reach.`,
  ja: `${node} を停止する手段がありません(control が未定義か到達不能)。`,
});

/** Known before it is stopped, not after. */
const cannotCompare = ({ node }: Primary): Text => ({
  en: `The log of ${node} cannot be read once it is stopped: that a planned move loses nothing could not be shown. Have it moved by whoever runs it, or start a failover, which asks about the loss.`,
  ja: `停止後に ${node} の WAL を読めないため、計画切り替えで損失がないことを証明できません。運用基盤で切り替えるか、損失を確認するフェイルオーバーを開始してください。`,
});

function whyNoSwitchover({ limits }: ClusterView, primary: Primary, { node, role, ...standby }: Standby): Text | undefined {
  if (!role.isStreaming) return { en: `${node} receives no log.`, ja: `${node} は WAL を受信していません。` };
  if (role.isReplayPaused) return { en: `Replay on ${node} is paused.`, ja: `${node} の再生が一時停止しています。` };
  const lacks = bytesAhead(positionOf({ node, role, ...standby })!, primary.role.position);
  if (lacks <= limits.lagBytes) return undefined;
  return {
    en: `${node} lacks ${size(lacks)}; up to ${size(limits.lagBytes)} are well.`,
    ja: `${node} は ${size(lacks)} 遅れています(許容 ${size(limits.lagBytes)})。`,
  };
}
