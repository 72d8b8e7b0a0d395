/** Who takes over from a master, and why nobody may. */
import { hasAsMuch, namesIn, noneTakesOver, type OneOf } from '../one-of.ts';
import { size } from '../sizes.ts';
import { joined, type Text } from '../text.ts';
import type { Verdict } from '../verdict.ts';
import { canPromote, chooseReplica, shareHistory } from './can-promote.ts';
import { judgeServers, type ServerLimits } from './judge-servers.ts';
import { isMaster, isReplica, type NodeReport, type Replica } from './node-report.ts';

export interface Wish {
  readonly mode: 'failover' | 'switchover';
  /** The node that takes over, or nodes of which the one does that has most; any when left out. */
  readonly promote?: OneOf | undefined;
}

export interface Successor {
  readonly ok: true;
  readonly node: string;
  /** Somebody promoted it already. */
  readonly isMaster: boolean;
  readonly sentence: Text;
}

type Refused = Verdict & { readonly ok: false };
const refuse = (sentence: Text): Refused => ({ ok: false, sentence });
const refused = (en: string, ja: string): Refused => refuse({ en, ja });

export function chooseSuccessor(reports: readonly NodeReport[], wish: Wish, limits: ServerLimits): Successor | Refused {
  const masters = reports.filter(isMaster);
  if (masters.length > 1) {
    const names = masters.map(({ node }) => node).join(', ');
    return refused(
      `${names} all take writes: a person has to say whose data counts, and make the others follow.`,
      `${names} が同時に書き込みを受け付けています。どのデータを残すかを人が決め、他を追従させてください。`,
    );
  }
  const [master] = masters;
  if (master !== undefined && wish.promote !== undefined && namesIn(wish.promote).includes(master.node)) {
    return { ok: true, node: master.node, isMaster: true, sentence: isAlready(master.node) };
  }
  return unwell(reports, wish, limits) ?? choose(reports, wish, limits);
}

/** What makes a planned change refuse: everything but how they keep their data. */
const persistence = /^(append-only|snapshot)/;

function unwell(reports: readonly NodeReport[], { mode }: Wish, limits: ServerLimits): Refused | undefined {
  if (mode === 'failover') return undefined;
  const found = judgeServers(reports, limits).find(({ id }) => !persistence.test(id) && id !== 'may-not-take-over');
  if (found === undefined) return undefined;
  return refused(
    `Not all is well, and a planned change can wait: ${found.sentence.en}`,
    `正常でないノードがあるため、計画切替は行いません: ${found.sentence.ja}`,
  );
}

/**
 * Nobody takes over that has less than another replica, named or not. While the master answers it does not count who is ahead for a
 * moment: it waits for the successor before it takes no writes any more.
 */
function choose(reports: readonly NodeReport[], { promote }: Wish, { lagBytes }: ServerLimits): Successor | Refused {
  const replicas = reports.filter(isReplica);
  const asked = promote === undefined ? replicas.map(({ node }) => node) : namesIn(promote);
  const unable = new Map(asked.map((node) => [node, whyUnable(reports, node)]));
  const isAble = ({ node }: Replica): boolean => unable.has(node) && unable.get(node) === undefined;
  const best = chooseReplica(reports, isAble);
  const ahead = chooseReplica(reports);
  const mayLack = best?.role.isLinked && reports.some(isMaster) ? lagBytes : 0;
  if (best !== undefined && lacks(best, ahead!) <= mayLack) {
    const others = asked.filter((node) => node !== best.node);
    const left = others.map((node) => unable.get(node) ?? behind(replicas, node, best));
    return { ok: true, node: best.node, isMaster: false, sentence: joined([canPromote(best, reports).sentence, ...left]) };
  }
  if (promote === undefined) return refuse(joined([nobody, ...[...unable.values()].flatMap((why) => why ?? [])]));
  const whys = asked.map((node) => unable.get(node) ?? behind(replicas, node, ahead!));
  return refuse(whys.length === 1 ? whys[0]! : joined([noneTakesOver(asked), ...whys]));
}

function whyUnable(reports: readonly NodeReport[], node: string): Text | undefined {
  const replica = reports.filter(isReplica).find((one) => one.node === node);
  if (replica === undefined) {
    return { en: `${node} is no replica that answers.`, ja: `${node} は応答するレプリカではありません。` };
  }
  const able = canPromote(replica, reports);
  return able.ok ? undefined : able.sentence;
}

/** Of another history nobody can say. */
const lacks = (one: Replica, other: Replica): number => (shareHistory(one, other) ? Math.max(0, other.offset - one.offset) : 0);

function behind(replicas: readonly Replica[], node: string, ahead: Replica): Text {
  const more = lacks(
    replicas.find((one) => one.node === node)!,
    ahead,
  );
  if (more === 0) return hasAsMuch(node);
  return {
    en: `${ahead.node} has ${size(more)} more than ${node}.`,
    ja: `${ahead.node} の方が ${node} より ${size(more)} 多く保持しています。`,
  };
}

const nobody: Text = { en: 'No node could take over.', ja: '引き継げるノードがありません。' };
const isAlready = (node: string): Text => ({ en: `${node} takes writes already.`, ja: `${node} は既にマスターです。` });
