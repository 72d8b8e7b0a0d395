/** Filled checklists as they are kept, and as one reader gets them. */
import { checklistKey } from '../activities/records/keys.ts';
import type { RecordStore } from '../activities/ports/records.ts';
import type { ChecklistDocument } from '../contracts/http/verification.ts';
import { keptLists } from '../domain/checklist/fill.ts';
import type { FilledChecklist } from '../domain/checklist/words.ts';
import type { RecoveryState } from '../domain/recovery.ts';
import type { Locale } from '../domain/text.ts';
import { say } from './language.ts';

export async function readChecklist(records: RecordStore, key: string): Promise<FilledChecklist | undefined> {
  const text = await records.get(key);
  return text === undefined ? undefined : (JSON.parse(text) as FilledChecklist);
}

/** Of a recovery and of those inside it: the newest list of each. */
export async function checklistsOf(records: RecordStore, { id, steps }: RecoveryState): Promise<FilledChecklist[]> {
  const keys = [...new Set([...keptLists(steps), checklistKey(id)])];
  const lists = await Promise.all(keys.map((key) => readChecklist(records, key)));
  return lists.filter((list) => list !== undefined);
}

export const checklistDocumentOf = (list: FilledChecklist, locale: Locale): ChecklistDocument => ({
  passed: list.passed,
  startedAt: list.startedAt,
  finishedAt: list.finishedAt,
  digest: list.digest,
  parts: list.parts.map(({ id, title }) => ({
    id,
    title: say(title, locale),
    items: list.items
      .filter(({ part }) => part === id)
      .map(({ id: item, title: question, outcome, measured, expected, sentence }) => ({
        id: item,
        title: say(question, locale),
        outcome,
        measured,
        expected,
        sentence: say(sentence, locale),
      })),
  })),
});
