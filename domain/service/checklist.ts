/** The checklist of a service: whether its side answers, and whether all of it lives there. */
import { judged, type Answer, type ChecklistDefinition } from '../checklist/words.ts';
import type { SeenService } from './judge-service.ts';
import { listed, placesOf } from './words.ts';

export const serviceChecklist: ChecklistDefinition = {
  parts: [
    { id: 'sides', title: { en: '1. Sides', ja: '1. 側' } },
    { id: 'members', title: { en: '2. Members', ja: '2. 構成要素' } },
  ],
  items: [
    { id: 'side-answers', part: 'sides', title: { en: 'The side that it lives on answers well', ja: '稼働側が正常に応答する' } },
    {
      id: 'others-able',
      part: 'sides',
      title: { en: 'Every other side could take over', ja: '他の側が引き継げる状態にある' },
    },
    {
      id: 'one-side',
      part: 'members',
      title: { en: 'Every member works on the same side', ja: '全構成要素が同じ側で動いている' },
    },
  ],
};

export function answerService({ home, members, seen, sides }: SeenService): Answer[] {
  const on = new Set(placesOf(members, seen).map(({ side }) => side));
  const [only, ...others] = on;
  const isOne = only !== undefined && others.length === 0;
  const side = isOne ? only : home;
  const ill = (name: string): boolean => !sides[name]!.every(({ ok }) => ok);
  const unable = Object.keys(sides).filter((name) => name !== side && ill(name));
  return [
    judged(
      'side-answers',
      !ill(side),
      ill(side)
        ? { en: `${side} does not answer well.`, ja: `${side} が正常に応答しません。` }
        : { en: `${side} answers well.`, ja: `${side} は正常に応答します。` },
    ),
    judged(
      'others-able',
      unable.length === 0,
      unable.length === 0
        ? { en: 'All of them answer well.', ja: 'すべて正常に応答します。' }
        : { en: `${unable.join(', ')} does not answer well.`, ja: `${unable.join('、')} が正常に応答しません。` },
    ),
    judged(
      'one-side',
      isOne,
      isOne
        ? { en: `All of them work at ${side}.`, ja: `すべて ${side} で動いています。` }
        : { en: 'They do not work on one side.', ja: '同じ側で動いていません。' },
      { measured: listed(seen) },
    ),
  ];
}
