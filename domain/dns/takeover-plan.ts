/** The plan by which the standby of a zone becomes its primary. */
import { digestOf } from '../digest.ts';
import type { Plan } from '../recovery.ts';

export interface Takeover {
  readonly zone: string;
  /** The primary that does not answer. */
  readonly from: { readonly id: string; readonly said: string };
  /** The standby, and the serial that it has. */
  readonly to: { readonly id: string; readonly serial: number };
}

/** The digest holds who takes over with what; how the silence sounds changes from one look to the next. */
export function planTakeover({ zone, from, to }: Takeover): Plan {
  return {
    summary: {
      en: `${from.id} does not answer (${from.said}): ${to.id} becomes the primary of ${zone} as of its serial ${to.serial}. What ${from.id} took after that is not there, and ${from.id} must come back as a follower.`,
      ja: `${from.id} が応答しないため(${from.said})、${to.id} がシリアル ${to.serial} の内容で ${zone} のプライマリになります。${from.id} がその後に受けた変更は含まれず、${from.id} は追従側として復帰させる必要があります。`,
    },
    digest: digestOf({ zone, from: from.id, to }),
    size: { items: 1, bytes: 0, share: 0 },
    counts: { add: 0, overwrite: 1, keep: 0, remove: 0 },
    changes: [{ action: 'overwrite', path: `primary of ${zone}`, before: from.id, after: to.id }],
    truncated: false,
    ref: '',
  };
}

/** Nobody has to take over. */
export const noTakeover = (zone: string, first: string): Plan => ({
  summary: {
    en: `${first} answers again: it stays the primary of ${zone}.`,
    ja: `${first} が応答するため、${zone} のプライマリのままです。`,
  },
  digest: digestOf({ zone, from: first }),
  size: { items: 0, bytes: 0, share: 0 },
  counts: { add: 0, overwrite: 0, keep: 0, remove: 0 },
  changes: [],
  truncated: false,
  ref: '',
});
