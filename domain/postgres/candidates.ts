/** The standbys of which one is to take over, those that were named or all, and why each may not or was left. */
import { hasAsMuch, namesIn, noneTakesOver, type OneOf } from '../one-of.ts';
import { size } from '../sizes.ts';
import { joined, type Text } from '../text.ts';
import { canPromote, positionOf } from './can-promote.ts';
import { bytesAhead } from './lsn.ts';
import { isStandby, type Standby } from './node-report.ts';
import type { ClusterView } from './cluster-view.ts';

export interface Candidates {
  readonly isAble: (standby: Standby) => boolean;
  /** Why the others were left; empty where there was no choice. */
  readonly left: (chosen: Standby) => Text;
  /** Why none of them takes over; `ahead` has what those lack that could. */
  readonly refusal: (ahead?: Standby) => Text;
}

/** `whyUnfit`: why a standby that may be promoted is none for this recovery. */
export function candidatesOf(
  { reports, states }: Pick<ClusterView, 'reports' | 'states'>,
  promote: OneOf | undefined,
  whyUnfit: (standby: Standby) => Text | undefined,
): Candidates {
  const standbys = reports.filter(isStandby);
  const asked = promote === undefined ? standbys.map(({ node }) => node) : namesIn(promote);
  const whyUnable = (node: string): Text | undefined => {
    const report = reports.find((one) => one.node === node);
    if (report === undefined) return { en: `There is no node ${node}.`, ja: `ノード ${node} はありません。` };
    const able = canPromote(report, reports, states);
    return able.ok && isStandby(report) ? whyUnfit(report) : able.sentence;
  };
  const unable = new Map(asked.map((node) => [node, whyUnable(node)]));
  const whyNot = (node: string, ahead: Standby | undefined): Text =>
    unable.get(node) ??
    behind(
      standbys.find((one) => one.node === node)!,
      ahead!,
    );
  return {
    isAble: ({ node }) => unable.has(node) && unable.get(node) === undefined,
    left: (chosen) => joined(asked.filter((node) => node !== chosen.node).map((node) => whyNot(node, chosen))),
    refusal: (ahead) => {
      const whys = asked.map((node) => whyNot(node, ahead));
      return asked.length === 1 ? whys[0]! : joined([noneTakesOver(asked), ...whys]);
    },
  };
}

/** Bytes of the log. */
export const lacks = (one: Standby, other: Standby): number => bytesAhead(positionOf(one)!, positionOf(other)!);

function behind(one: Standby, ahead: Standby): Text {
  const more = lacks(one, ahead);
  if (more === 0) return hasAsMuch(one.node);
  return {
    en: `${ahead.node} has ${size(more)} more of the log than ${one.node}.`,
    ja: `${ahead.node} は ${one.node} より WAL を ${size(more)} 多く受信しています。`,
  };
}
