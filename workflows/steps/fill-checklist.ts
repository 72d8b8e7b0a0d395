/** Asks all questions of a checklist side by side and keeps the list: what cannot be asked is an item that was not checked. */
import { isCancellation } from '@temporalio/workflow';
import type { Answer, ChecklistReceipt } from '../../domain/checklist/words.ts';
import type { Text } from '../../domain/text.ts';
import { tellFailure } from '../kit/ending.ts';

interface Questions {
  readonly ask: readonly (() => Promise<readonly Answer[]>)[];
  readonly keep: (filled: {
    readonly startedAt: string;
    readonly answers: readonly Answer[];
    readonly faults: readonly Text[];
  }) => Promise<ChecklistReceipt>;
}

export async function fillChecklist({ ask, keep }: Questions): Promise<ChecklistReceipt> {
  const startedAt = new Date(Date.now()).toISOString();
  const faults: Text[] = [];
  const answers = await Promise.all(
    ask.map(async (question) => {
      try {
        return await question();
      } catch (error) {
        if (isCancellation(error)) throw error;
        faults.push(tellFailure(error).sentence);
        return [];
      }
    }),
  );
  return keep({ startedAt, answers: answers.flat(), faults });
}
