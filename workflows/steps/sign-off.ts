/** The second signature under a filled checklist: by somebody who neither asked for it nor ticked an item. */
import type { ChecklistReceipt } from '../../domain/checklist/words.ts';
import type { Plan } from '../../domain/recovery.ts';
import type { Recovery } from '../kit/words.ts';

export async function signOff(r: Recovery, filled: ChecklistReceipt): Promise<void> {
  await r.consent('sign', 'sign-off', shown(filled));
}

/** The list as people are shown plans; it changes nothing. */
const shown = ({ digest, counts, items }: ChecklistReceipt): Plan => ({
  summary: {
    en: `Sign the checklist: ${counts.ok} of ${items.length} items passed, ${counts['not-applicable']} not applicable to machines.`,
    ja: `チェックリストの承認: ${items.length} 項目中 ${counts.ok} 項目が合格、${counts['not-applicable']} 項目は機械では対象外です。`,
  },
  digest,
  size: { items: items.length, bytes: 0, share: 0 },
  counts: { add: 0, overwrite: 0, keep: items.length, remove: 0 },
  changes: items.map(({ id, outcome, sentence }) => ({ action: 'keep', path: id, before: `${outcome}: ${sentence.en}` })),
  truncated: false,
  ref: '',
});
