/** Sentences of a protection against floods. */
import type { Applied, Assessed, Held, Restored } from '../../activities/protection/interface.ts';
import { ratesText } from '../../domain/protection/rates.ts';
import type { Text } from '../../domain/text.ts';
import type { Said } from '../kit/attempt.ts';

const named = 3;

export const wouldBe = {
  told: { en: 'Would tell the provider to raise.', ja: '事業者に強化を依頼する予定。' },
  watched: { en: 'Would watch whether it is enough.', ja: '効果を監視する予定。' },
  held: { en: 'Would hold it until it is calm.', ja: '収束まで防御を続ける予定。' },
  lowered: { en: 'Would lower everything.', ja: 'すべて解除する予定。' },
  toldToLower: { en: 'Would tell the provider to lower.', ja: '事業者に解除を依頼する予定。' },
} as const satisfies Record<string, Text>;

export const providerTook: Text = { en: 'The provider took it.', ja: '事業者が受け付けました。' };

export function asFound({ rate, attackers, worst }: Assessed): Text {
  const told = worst.slice(0, named).map(({ address, requests }) => `${address}: ${requests}`);
  const who = told.length === 0 ? '' : ` (${told.join(', ')}${attackers > named ? ', …' : ''})`;
  return {
    en: `${rate} requests came in within the last second; ${attackers} sources send as attackers do${who}.`,
    ja: `直近 1 秒に ${rate} 件の要求がありました。攻撃とみなす送信元は ${attackers} 件です${who}。`,
  };
}

export function asRaised(summary: Text, { changed, unsaved }: Applied): Said<void> {
  const note = notSaved(unsaved);
  return {
    value: undefined,
    sentence: { en: `${summary.en}${note.en}`, ja: `${summary.ja}${note.ja}` },
    evidence: { changed, ...(unsaved.length > 0 && { unsaved }) },
  };
}

const heldAs = {
  calm: { en: 'It is over.', ja: '収束しました。' },
  loud: { en: 'It is no longer enough.', ja: '防御が不足しています。' },
  lost: { en: 'A proxy had lost it, and has it again.', ja: '失われたプロキシに再適用しました。' },
  'goes-on': { en: 'Held on.', ja: '防御を継続中です。' },
} as const satisfies Record<Held['state'], Text>;

export function asHeld(held: Held): Said<Held> {
  const { en, ja } = heldAs[held.state];
  const more = held.why ?? (held.rates && ratesText(held.rates)) ?? { en: '', ja: '' };
  return {
    value: held,
    sentence: { en: `${en} ${more.en}`.trim(), ja: `${ja}${more.ja}` },
    evidence: { state: held.state, ...held.rates },
  };
}

export function asLowered({ restored, left = [], unsaved = [] }: Restored): Said<void> {
  const note = notSaved(unsaved);
  const theirs =
    left.length === 0
      ? { en: '', ja: '' }
      : { en: ` Left, as somebody else has set it: ${left.join('; ')}.`, ja: `他者の設定のため残しました: ${left.join('; ')}。` };
  return {
    value: undefined,
    sentence: {
      en: `${restored.length === 0 ? 'Nothing was raised' : `${restored.join(', ')} limit and deny as before`}.${theirs.en}${note.en}`,
      ja: `${restored.length === 0 ? '適用したものはありません' : `${restored.join('、')} の制限と拒否を元に戻しました`}。${theirs.ja}${note.ja}`,
    },
    evidence: { restored, ...(left.length > 0 && { left }) },
  };
}

export const goesOn = (ms: number): Text => ({
  en: `It has not been calm within ${Math.round(ms / 1_000)} s.`,
  ja: `${Math.round(ms / 1_000)} 秒以内に収束しませんでした。`,
});

const notSaved = (unsaved: readonly string[]): Text =>
  unsaved.length === 0
    ? { en: '', ja: '' }
    : { en: ` Not saved: ${unsaved.join('; ')}`, ja: `保存できません: ${unsaved.join('; ')}` };
