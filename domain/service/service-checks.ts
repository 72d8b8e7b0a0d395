/** Whether a side can take over a service, and whether the service lives there. */
import type { Check } from '../verification.ts';
import { placesOf, type Member, type ProbeAnswer, type Whereabouts } from './words.ts';

export interface ReadyAnswer {
  readonly id: string;
  readonly ok: boolean;
  readonly said: string;
}

/** Every probe is answered, and every command that was declared says that it is ready. */
export const checkSide = (side: string, probes: readonly ProbeAnswer[], ready: readonly ReadyAnswer[]): Check[] => [
  ...checkProbes(side, probes),
  ...ready.map(({ id, ok, said }): Check => ({
    id: `ready-${id}`,
    ok,
    sentence: ok
      ? { en: `${side}: ${id} is ready.`, ja: `${side}: ${id} は準備ができています。` }
      : { en: `${side}: ${id} is not ready (${said}).`, ja: `${side}: ${id} の準備ができていません(${said})。` },
  })),
];

export const checkProbes = (side: string, probes: readonly ProbeAnswer[]): Check[] =>
  probes.map(({ probe, ok, said }) => ({
    id: `probe-${probe}`,
    ok,
    sentence: ok
      ? { en: `${probe} of ${side} answers well.`, ja: `${side} の ${probe} は正常に応答します。` }
      : { en: `${probe} of ${side} does not answer well (${said}).`, ja: `${side} の ${probe} が正常に応答しません(${said})。` },
  }));

/** Every member works there, and nowhere else. */
export const checkMembers = (side: string, members: readonly Member[], seen: readonly Whereabouts[]): Check[] =>
  placesOf(members, seen).map(({ target, side: at, said }) => ({
    id: `member-${target}`,
    ok: at === side,
    sentence:
      at === side
        ? { en: `${target} works at ${side}: ${said}.`, ja: `${target} は ${side} で動いています(${said})。` }
        : {
            en: `${target} does not work at ${side} alone: ${said}.`,
            ja: `${target} が ${side} だけで動いていません(${said})。`,
          },
  }));
