/** What the ledger says of a gate: asked, late, refused, cancelled, nobody there. */
import type { FieldError } from './failures.ts';
import type { Statement } from './gate.ts';
import type { CancelRequest } from './messages.ts';
import type { Text } from './text.ts';

export const cancelledBy = ({ by, reason }: CancelRequest): Text => ({
  en: `${by} cancelled: ${reason}`,
  ja: `${by} が中止: ${reason}`,
});

export const asked = (from: readonly string[]): Text => ({
  en: `Asked ${from.join(', ') || 'everyone who may'}.`,
  ja: `${from.join('、') || '権限のある全員'} に判断を求めました。`,
});
export const alreadyDecided = ({ by, gate }: Statement): Text => ({
  en: `${by} was late: ${gate} is decided.`,
  ja: `${by} の判断は遅れました。${gate} は決定済みです。`,
});
export const tooLate = ({ by, gate }: Statement): Text => ({
  en: `${by} was late: the time of ${gate} is over.`,
  ja: `${by} の判断は遅れました。${gate} の期限は過ぎています。`,
});
export const otherRecovery = ({ by, recovery }: Statement): Text => ({
  en: `${by} decided about another recovery: ${recovery}.`,
  ja: `${by} の判断は別の復旧 ${recovery} に対するものです。`,
});
export const badInput = ({ by }: Statement, errors: readonly FieldError[]): Text => {
  const named = errors.map(({ path, message }) => `${path}: ${message}`).join('; ');
  return { en: `The input of ${by} does not fit: ${named}`, ja: `${by} の入力が合いません: ${named}` };
};
export const childGone = (path: string): Text => ({
  en: `${path} ended before this was decided.`,
  ja: `${path} は判断の前に終了しました。`,
});
export const nobodyDecided = (gate: string, otherwise: string): Text => ({
  en: `Nobody decided ${gate} in time: ${otherwise}.`,
  ja: `${gate} は期限までに判断がありません: ${otherwise}。`,
});
export const notProven = (gate: string): Text => ({
  en: `An answer to ${gate} came whose statements do not prove it: ignored.`,
  ja: `${gate} への回答は意思表示で裏付けられないため無視しました。`,
});
