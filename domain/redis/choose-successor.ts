/** Who takes over from a master, and why nobody may. */
import type { Text } from '../text.ts';
import { size } from '../sizes.ts';
import { no, type Verdict } from '../verdict.ts';
import { canPromote, chooseReplica, shareHistory } from './can-promote.ts';
import { judgeServers, type ServerLimits } from './judge-servers.ts';
import { isMaster, isReplica, type NodeReport, type Replica } from './node-report.ts';

export interface Wish {
  readonly mode: 'failover' | 'switchover';
  /** Node that a person named. */
  readonly promote?: string | undefined;
}

export interface Successor {
  readonly ok: true;
  readonly node: string;
  /** Somebody promoted it already. */
  readonly isMaster: boolean;
  readonly sentence: Text;
}

type Refused = Verdict & { readonly ok: false };
const refused = (en: string, ja: string): Refused => ({ ...no(en, ja), ok: false });

export function chooseSuccessor(reports: readonly NodeReport[], wish: Wish, limits: ServerLimits): Successor | Refused {
  const masters = reports.filter(isMaster);
  if (masters.length > 1) {
    const names = masters.map(({ node }) => node).join(', ');
    return refused(
      `${names} all take writes: a person has to say whose data counts, and make the others follow.`,
      `${names} が同時に書き込みを受け付けています。どのデータを残すかを人が決め、他を追従させてください。`,
    );
  }
  if (wish.promote !== undefined && masters[0]?.node === wish.promote) {
    return { ok: true, node: wish.promote, isMaster: true, sentence: isAlready(wish.promote) };
  }
  return unwell(reports, wish, limits) ?? choose(reports, wish);
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

function choose(reports: readonly NodeReport[], { promote }: Wish): Successor | Refused {
  const best = chooseReplica(reports);
  const named = promote === undefined ? best : reports.filter(isReplica).find(({ node }) => node === promote);
  if (named === undefined) {
    return promote === undefined
      ? nobody(reports)
      : refused(`${promote} is no replica that answers.`, `${promote} は応答するレプリカではありません。`);
  }
  const able = canPromote(named, reports);
  if (!able.ok) return { ...able, ok: false };
  const more = best === undefined || !shareHistory(named, best) ? 0 : best.offset - named.offset;
  if (more > 0) {
    return refused(
      `${best!.node} has ${size(more)} more than ${named.node}.`,
      `${best!.node} の方が ${named.node} より ${size(more)} 多く保持しています。`,
    );
  }
  return { ok: true, node: named.node, isMaster: false, sentence: able.sentence };
}

function nobody(reports: readonly NodeReport[]): Refused {
  const why = reports.filter(isReplica).map((replica: Replica) => canPromote(replica, reports).sentence);
  return refused(
    ['No node could take over.', ...why.map(({ en }) => en)].join(' '),
    ['引き継げるノードがありません。', ...why.map(({ ja }) => ja)].join(''),
  );
}

const isAlready = (node: string): Text => ({ en: `${node} takes writes already.`, ja: `${node} は既にマスターです。` });
