/** What is lost when a replica takes over, as far as anybody can say: bytes of the history, or unknown. */
import { digestOf } from '../digest.ts';
import type { Plan } from '../recovery.ts';
import { size } from '../sizes.ts';
import type { Text } from '../text.ts';
import { shareHistory } from './can-promote.ts';
import { isReplica, type NodeReport } from './node-report.ts';

/** `bytes` is left out where the old master cannot be asked any more. */
export interface Loss {
  readonly bytes?: number;
  readonly sentence: Text;
}

/** After the fence: an old master that was made a replica still says how far it was; one that is gone said nothing. */
export function judgeLoss(reports: readonly NodeReport[], successor: string, suspects: readonly string[]): Loss {
  const next = reports.filter(isReplica).find(({ node }) => node === successor);
  const gaps = suspects.map((node) => {
    const old = reports.filter(isReplica).find((report) => report.node === node);
    return old === undefined || next === undefined || !shareHistory(next, old)
      ? undefined
      : Math.max(0, old.offset - next.offset);
  });
  const names = suspects.join(', ');
  if (gaps.includes(undefined)) return { sentence: unknown(successor, names) };
  const bytes = Math.max(0, ...gaps.map((gap) => gap!));
  return { bytes, sentence: bytes === 0 ? none(successor) : some(successor, names, bytes) };
}

/** The question to people. The same loss is the same question. */
export const planOfLoss = (loss: Loss, about: { readonly target: string; readonly successor: string }): Plan => ({
  summary: loss.sentence,
  digest: digestOf({ ...about, loss: loss.bytes ?? 'unknown' }),
  size: { items: 1, bytes: loss.bytes ?? 0, share: 0 },
  counts: { add: 0, overwrite: 0, keep: 0, remove: 1 },
  changes: [{ action: 'remove', path: 'what only the old master has', after: loss.sentence.en }],
  truncated: false,
  ref: '',
});

const none = (successor: string): Text => ({
  en: `Nothing is lost: ${successor} has all that was written.`,
  ja: `損失はありません。${successor} は全ての書き込みを保持しています。`,
});
const some = (successor: string, names: string, bytes: number): Text => ({
  en: `${successor} lacks the last ${size(bytes)} that ${names} wrote: they would be lost.`,
  ja: `${successor} には ${names} の最後の ${size(bytes)} がなく、失われます。`,
});
const unknown = (successor: string, names: string): Text => ({
  en: `What ${names} wrote last and ${successor} does not have would be lost. How much that is, nobody can say: ${names} does not answer.`,
  ja: `${names} の最後の書き込みのうち ${successor} にないものは失われます。${names} が応答しないため、量は不明です。`,
});
