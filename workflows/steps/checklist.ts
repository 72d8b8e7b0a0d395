/** The runbook's checklist after a recovery, as the verification of a scenario on a tool store. */
import type { CheckRequest, ChecklistActivities } from '../../activities/checklist/interface.ts';
import { checksOf } from '../../domain/checklist/fill.ts';
import type { ChecklistReceipt } from '../../domain/checklist/words.ts';
import { fail } from '../../domain/fail.ts';
import type { Text } from '../../domain/text.ts';
import { summarizeChecks, type Check } from '../../domain/verification.ts';
import type { Recovery } from '../kit/words.ts';
import { fillChecklist } from './fill-checklist.ts';

/** What the store is compared with; the newest verified backup when left out. */
type Held = Omit<CheckRequest, 'target'>;

/** `list` is the recovery whose report the list becomes part of. */
export function checklist(r: Recovery, list: string = r.id) {
  const { target } = r;
  const on = r.on<ChecklistActivities>();

  const ask = (held: Held): Promise<ChecklistReceipt> => {
    const request = { target, ...held };
    return fillChecklist({
      ask: [
        () => on.patient.checkStoreFiles(request),
        () => on.patient.checkStoreAgent(request),
        () => on.patient.checkStoreRuns(request),
        () => on.patient.checkStoreMachine(request),
      ],
      keep: (answers) => on.patient.keepChecklist({ id: list, target, ...answers }),
    });
  };

  return {
    /**
     * Decides "recovered" by the filled list, which becomes part of the report. `also` are further questions of the scenario,
     * asked beside it. A retry asks everything again and replaces the list.
     */
    verifyWithChecklist: (held: Held = {}, also?: () => Promise<readonly Check[]>): Promise<void> =>
      r.verify('verify', async () => {
        const [receipt, more] = await Promise.all([ask(held), also?.() ?? []]);
        return [...checksOf(receipt), ...more];
      }),

    /** Fills the list in before people are asked about it; one that has not passed is a failed step. */
    fillIn: (held: Held): Promise<ChecklistReceipt> =>
      r.step('checklist', async () => {
        const receipt = await ask(held);
        const checks = checksOf(receipt);
        if (!receipt.passed) throw fail('verification-failed', summarizeChecks(checks));
        return { value: receipt, sentence: filledIn(receipt), evidence: { checks: checks.map(({ id }) => id) } };
      }),

    /** What no machine could check, people tick, each item by itself. */
    async lookYourselves({ items }: ChecklistReceipt): Promise<void> {
      const open = items.filter(({ outcome }) => outcome === 'not-applicable');
      if (open.length > 0) await r.checklist('look yourselves', open);
    },

    /** Decides by a list that people have seen and signed. */
    verifyAsFilled: (receipt: ChecklistReceipt): Promise<void> => r.verify('verify', () => Promise.resolve(checksOf(receipt))),
  };
}

const filledIn = ({ counts, items }: ChecklistReceipt): Text => ({
  en: `${counts.ok} of ${items.length} items passed, ${counts['not-applicable']} not applicable to machines.`,
  ja: `${items.length} 項目中 ${counts.ok} 項目が合格、${counts['not-applicable']} 項目は機械では対象外です。`,
});
