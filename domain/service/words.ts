/** What a service is made of, and where each part of it was seen. */
import { namesIn, type OneOf } from '../one-of.ts';
import type { Text } from '../text.ts';

export const memberKinds = ['postgres', 'redis', 'traffic', 'dns-zone'] as const;
export type MemberKind = (typeof memberKinds)[number];

export interface Member {
  readonly target: string;
  readonly kind: MemberKind;
  readonly tier: number;
  readonly needs: readonly string[];
  /** Side of the service → what leads there: a node, nodes of which one takes the writes, or a side of that target. */
  readonly leads: Readonly<Record<string, OneOf>>;
  /** Zones that are changed when its clients are repointed. */
  readonly zones: readonly string[];
}

/** Where a member works now; `lead` is undefined where nobody can tell, or where it is on several sides at once. */
export interface Whereabouts {
  readonly target: string;
  readonly lead?: string | undefined;
  /** Nodes beside it that do not follow it: none where they are no databases. */
  readonly away?: readonly string[];
  /** What was seen, such as `a takes writes` or why nothing was. */
  readonly said: string;
}

export interface ProbeAnswer {
  readonly probe: string;
  readonly ok: boolean;
  readonly said: string;
}

export interface Place extends Whereabouts {
  readonly member: Member;
  /** The side of the service; undefined where it is on none of them. */
  readonly side?: string | undefined;
}

export const placesOf = (members: readonly Member[], seen: readonly Whereabouts[]): Place[] =>
  members.map((member) => {
    const one = seen.find(({ target }) => target === member.target) ?? { target: member.target, said: 'unknown' };
    const { lead } = one;
    const led = Object.entries(member.leads).find(([, leads]) => lead !== undefined && namesIn(leads).includes(lead));
    return { ...one, member, side: led?.[0] };
  });

/** `db: a takes writes; names: unknown`. */
export const listed = (seen: readonly Whereabouts[]): string => seen.map(({ target, said }) => `${target}: ${said}`).join('; ');

export const sideWell = (side: string, answers: readonly ProbeAnswer[]): Text => {
  const failed = answers.filter(({ ok }) => !ok).map(({ probe, said }) => `${probe} ${said}`);
  if (failed.length === 0) return { en: `${side} answers well.`, ja: `${side} は正常に応答します。` };
  return {
    en: `${side} does not answer well (${failed.join(', ')}).`,
    ja: `${side} は正常に応答しません(${failed.join('、')})。`,
  };
};
