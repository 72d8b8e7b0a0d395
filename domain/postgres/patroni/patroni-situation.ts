/** Where a cluster that Patroni runs stands before a failover: has it elected, is it about to, can it not, or is it asked for another leader. */
import { namesIn } from '../../one-of.ts';
import { size } from '../../sizes.ts';
import { joined, type Text } from '../../text.ts';
import { positionOf } from '../can-promote.ts';
import type { Choice } from '../choose-successor.ts';
import { bytesAhead } from '../lsn.ts';
import { isLive, isPrimary, isStandby, type NodeReport, type Standby } from '../node-report.ts';
import type { ClusterView, FailoverWish } from '../cluster-view.ts';
import { askedFor, chooseFor, hasEveryCommit, isWaitedFor, mayLead, type Asked } from './choose-successor.ts';
import { apiAnswers, electionMs, type PatroniView } from './patroni-view.ts';

type Common = { readonly timeline: number; readonly sentence: Text };
/** The leader is gone; Patroni elects another one by itself. */
export type Expected = Common & {
  readonly is: 'expected';
  readonly leader: string | null;
  readonly withinMs: number;
  /** Standbys that have confirmed every commit; a recovery may have begun without knowing of any. */
  readonly synchronous?: readonly string[];
};
export type PatroniSituation =
  /** A leader takes writes, and nobody asks for another one. */
  | (Common & { readonly is: 'elected'; readonly successor: string; readonly lostMs?: 0 })
  | Expected
  /** A leader takes writes, and another one is asked for. */
  | (Common & Asked & { readonly is: 'move'; readonly leader: string })
  /** Patroni elects nobody by itself: it has to be told whom. */
  | (Common & Asked & { readonly is: 'stuck'; readonly leader: string | null });

export type PatroniDecision =
  | { readonly ok: true; readonly situation: PatroniSituation }
  | { readonly ok: false; readonly code: RefusalCode; readonly sentence: Text };
type RefusalCode = 'patroni-away' | 'patroni-disagrees' | 'two-primaries' | 'nobody-to-promote' | 'switchover-refused';

interface Seen {
  readonly patroni: PatroniView;
  readonly servers: ClusterView;
}

/** `hasWaited`: an election was waited for in vain. */
export function decidePatroni({ patroni, servers }: Seen, wish: FailoverWish, hasWaited = false): PatroniDecision {
  const { leader, cluster } = patroni;
  if (leader === undefined || cluster === undefined) return refuse('patroni-away', storeAway(patroni));
  const primaries = servers.reports.filter(isPrimary).map(({ node }) => node);
  const timeline = Math.max(0, ...servers.reports.filter(isLive).map((report) => report.timeline));
  const leads = leader !== null && primaries.includes(leader) && apiAnswers(patroni, leader);
  if (leads) {
    const isMove = wish.promote === undefined ? wish.mode === 'switchover' : !namesIn(wish.promote).includes(leader);
    if (!isMove) return well({ is: 'elected', successor: leader, timeline, sentence: leadsAlready(leader) });
    if (primaries.length > 1) return refuse('two-primaries', bothWrite(primaries));
    return decideMove({ patroni, servers }, wish, leader, timeline);
  }
  // Whoever holds the lock may be on its way up; one that takes writes without it is nobody that Patroni knows of.
  const lawless = primaries.find((node) => node !== leader);
  if (lawless !== undefined && (hasWaited || cluster.isPaused || leader === null)) {
    return refuse('patroni-disagrees', withoutLock(lawless, leader));
  }
  if (wish.mode === 'switchover') return refuse('switchover-refused', noLeader);
  const cannot = whyNoElection(patroni, servers.reports, hasWaited);
  if (cannot === undefined) {
    const withinMs = electionMs(cluster);
    const synchronous = patroni.members.filter(hasEveryCommit).map(({ name }) => name);
    return well({ is: 'expected', leader, timeline, withinMs, synchronous, sentence: electsSoon(leader, withinMs) });
  }
  const chosen = chooseFor(patroni, servers, wish.promote);
  if ('sentence' in chosen) return refuse('nobody-to-promote', chosen.sentence);
  const { node } = chosen.standby;
  const canLead = { en: `${node} can lead.`, ja: `${node} が引き継げます。` };
  const sentence = withOthers([cannot, canLead], chosen);
  return well({ is: 'stuck', leader, timeline, sentence, ...askedFor(patroni, chosen.standby) });
}

function decideMove(seen: Seen, wish: FailoverWish, leader: string, timeline: number): PatroniDecision {
  const { patroni, servers } = seen;
  const able = chooseFor(patroni, servers, wish.promote);
  if ('sentence' in able) return refuse('nobody-to-promote', able.sentence);
  const chosen = wish.mode === 'switchover' ? chooseForSwitchover(seen, wish, leader) : able;
  if ('sentence' in chosen) return refuse('switchover-refused', chosen.sentence);
  const { node } = chosen.standby;
  const stepsDown = {
    en: `${leader} leads; Patroni is asked to have it step down for ${node}.`,
    ja: `リーダーは ${leader} です。Patroni に ${node} への交代を依頼します。`,
  };
  const sentence = withOthers([stepsDown], chosen);
  return well({ is: 'move', leader, timeline, sentence, ...askedFor(patroni, chosen.standby) });
}

function chooseForSwitchover(seen: Seen, { promote }: FailoverWish, leader: string): ReturnType<typeof chooseFor> {
  const { patroni, servers } = seen;
  const asked = promote ?? servers.reports.filter(isStandby).map(({ node }) => node);
  return chooseFor(patroni, servers, asked, (standby) => whyNoSwitchover(standby, seen, leader));
}

const withOthers = (sentences: readonly Text[], { left }: Choice): Text =>
  joined([...sentences, left].filter(({ en }) => en !== ''));

const well = (situation: PatroniSituation): PatroniDecision => ({ ok: true, situation });
const refuse = (code: RefusalCode, sentence: Text): PatroniDecision => ({ ok: false, code, sentence });

/** Undefined where it elects by itself. */
function whyNoElection(patroni: PatroniView, reports: readonly NodeReport[], hasWaited: boolean): Text | undefined {
  const { cluster, leader, members } = patroni;
  if (cluster!.isPaused) return { en: 'Patroni is paused and elects nobody.', ja: 'Patroni は一時停止中で選出を行いません。' };
  const standing = members.filter(({ name }) => name !== leader && reports.some((one) => one.node === name && isStandby(one)));
  const within = standing.filter(({ name, lag }) => mayLead(patroni, name) && (lag === null || lag <= cluster!.maximumLag));
  // While the lock is held these figures still change.
  if (leader === null && within.length === 0) {
    const limit = size(cluster!.maximumLag);
    return {
      en: `Nobody is within maximum_lag_on_failover (${limit}): Patroni elects nobody.`,
      ja: `maximum_lag_on_failover(${limit})以内のノードがなく、選出されません。`,
    };
  }
  if (!hasWaited) return undefined;
  return { en: 'Patroni has elected nobody within its time.', ja: 'Patroni は期限内に選出しませんでした。' };
}

/** With what the one election since lost: nothing where whoever leads now is of those that had every commit when the leader was gone. */
export function withLoss(situation: PatroniSituation, before?: Expected): PatroniSituation {
  if (situation.is !== 'elected' || situation.timeline !== (before?.timeline ?? 0) + 1) return situation;
  if (!before?.synchronous?.includes(situation.successor)) return situation;
  const { successor, sentence } = situation;
  return {
    ...{ ...situation, lostMs: 0 },
    sentence: {
      en: `${sentence.en} ${successor} had confirmed every commit: none is lost.`,
      ja: `${sentence.ja}${successor} は全コミットを確認済みで、損失はありません。`,
    },
  };
}

/** Nothing may be lost and nobody may wait long: otherwise it is a failover. */
function whyNoSwitchover(standby: Standby, { patroni, servers: { reports, limits } }: Seen, leader: string): Text | undefined {
  const { node, role } = standby;
  if (!role.isStreaming) return { en: `${node} receives no log.`, ja: `${node} は WAL を受信していません。` };
  if (role.isReplayPaused) return { en: `Replay on ${node} is paused.`, ja: `${node} の再生が一時停止しています。` };
  if (patroni.cluster!.isSynchronous && !isWaitedFor(patroni, node)) {
    return {
      en: `Commits do not wait for ${node}: with synchronous_mode Patroni makes no switchover to it.`,
      ja: `${node} は同期スタンバイではなく、同期モード(synchronous_mode)では切り替え先にできません。`,
    };
  }
  const primary = reports.filter(isPrimary).find((report) => report.node === leader)!;
  const lacks = bytesAhead(positionOf(standby)!, primary.role.position);
  if (lacks <= limits.lagBytes) return undefined;
  return {
    en: `${node} lacks ${size(lacks)}; up to ${size(limits.lagBytes)} are well.`,
    ja: `${node} は ${size(lacks)} 遅れています(許容 ${size(limits.lagBytes)})。`,
  };
}

function storeAway({ reports }: PatroniView): Text {
  const whys = reports.flatMap((report) => (report.answers ? [] : [`${report.node}: ${report.said}`]));
  const [en, ja] = whys.length === 0 ? ['.', '。'] : [` (${whys.join('; ')}).`, `(${whys.join('; ')})。`];
  return {
    en: `No Patroni answers that reaches its configuration store${en}`,
    ja: `設定ストア(DCS)に接続できる Patroni がありません${ja}`,
  };
}
const noLeader: Text = {
  en: 'No leader takes writes: this takes a failover.',
  ja: 'リーダーが不在です。フェイルオーバーが必要です。',
};
const bothWrite = (nodes: readonly string[]): Text => ({
  en: `${nodes.join(', ')} all take writes.`,
  ja: `${nodes.join('、')} が同時に書き込みを受け付けています。`,
});
const withoutLock = (node: string, leader: string | null): Text => ({
  en: `${node} takes writes, and by Patroni ${leader ?? 'nobody'} leads.`,
  ja: `${node} が書き込みを受け付けていますが、Patroni のリーダーは ${leader ?? '不在'} です。`,
});
const leadsAlready = (node: string): Text => ({
  en: `Patroni has ${node} lead, and it takes writes.`,
  ja: `Patroni のリーダーは ${node} で、書き込みを受け付けています。`,
});
const electsSoon = (leader: string | null, ms: number): Text => ({
  en: `${leader === null ? 'Nobody holds the lock' : `${leader} does not take writes as it should`}; Patroni elects by itself, within ${Math.ceil(ms / 1_000)} s.`,
  ja: `${leader === null ? 'ロック保持者がいません' : `${leader} が正常に書き込みを受け付けていません`}。Patroni が ${Math.ceil(ms / 1_000)} 秒以内に選出します。`,
});
