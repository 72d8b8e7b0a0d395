/** What is wrong with a service as a whole, and where it should be moved. */
import type { Diagnosis } from '../diagnosis.ts';
import { symptom, type Symptom } from '../symptom.ts';
import { placesOf, type Member, type Place, type ProbeAnswer, type Whereabouts } from './words.ts';

export interface SeenService {
  readonly home: string;
  readonly members: readonly Member[];
  readonly seen: readonly Whereabouts[];
  readonly sides: Readonly<Record<string, readonly ProbeAnswer[]>>;
}

export function judgeService({ home, members, seen, sides }: SeenService): Symptom[] {
  const places = placesOf(members, seen);
  const [first, ...others] = new Set(places.flatMap(({ side }) => (side === undefined ? [] : [side])));
  return [
    ...Object.entries(sides).flatMap(([side, answers]) => answers.filter(({ ok }) => !ok).map((answer) => sideIll(side, answer))),
    ...places.filter(({ side }) => side === undefined).map(memberNowhere),
    ...(others.length > 0 ? [serviceSplit(places)] : []),
    ...(first !== undefined && others.length === 0 && first !== home ? [notAtHome(first, home)] : []),
  ];
}

const sideIll = (side: string, { probe, said }: ProbeAnswer): Symptom =>
  symptom(
    'side-ill',
    `${probe} of ${side} does not answer well: ${said}.`,
    `${side} の ${probe} が正常に応答しません(${said})。`,
    { side, probe },
  );
const memberNowhere = ({ target, said }: Place): Symptom =>
  symptom('member-nowhere', `${target} works on no side: ${said}.`, `${target} がどの側でも動いていません(${said})。`, {
    target,
  });
function serviceSplit(places: readonly Place[]): Symptom {
  const told = places.map(({ target, side }) => `${target} ${side ?? '–'}`);
  return symptom(
    'service-split',
    `Its members work on different sides: ${told.join(', ')}.`,
    `構成要素が異なる側で動いています(${told.join('、')})。`,
  );
}
const notAtHome = (side: string, home: string): Symptom =>
  symptom('not-at-home', `It lives at ${side}, not at ${home}.`, `${home} ではなく ${side} で動いています。`, { side });

/** A move away from a side that is ill, to one that is well; and home again when all is well. */
export function suggestMove({ home, members, seen, sides }: SeenService): Diagnosis['suggests'] {
  const isWell = (side: string): boolean => sides[side]!.every(({ ok }) => ok);
  const on = placesOf(members, seen).map(({ side }) => side);
  const [at] = on;
  const isWhole = at !== undefined && on.every((side) => side === at);
  if (isWell(home)) {
    if (!isWhole || at === home) return [];
    const why = { en: `It lives at ${at}, and ${home} is well again.`, ja: `${at} で動いていますが、${home} は復旧しています。` };
    return [{ scenario: 'region-failback', input: {}, why }];
  }
  const to = Object.keys(sides).find((side) => side !== home && isWell(side));
  if (to === undefined || (isWhole && at === to)) return [];
  const why = { en: `${home} is ill, and ${to} is well.`, ja: `${home} に異常があり、${to} は正常です。` };
  return [{ scenario: 'region-failover', input: { to }, why }];
}
