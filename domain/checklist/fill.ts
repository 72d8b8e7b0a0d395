/** Puts the answers of all activities into the list: nothing is left out, and one cause fails one item. */
import { digestOf } from '../digest.ts';
import type { Step } from '../recovery.ts';
import type { Text } from '../text.ts';
import type { Check } from '../verification.ts';
import {
  answerOutcomes,
  type Answer,
  type AnswerOutcome,
  type ChecklistDefinition,
  type ChecklistItem,
  type ChecklistReceipt,
  type FilledChecklist,
  type FilledItem,
} from './words.ts';

interface Filling {
  readonly id: string;
  readonly target: string;
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly answers: readonly Answer[];
  /** Why some of the items may have no answer. */
  readonly faults: readonly Text[];
}

/** An item that nobody answered was not checked, and the list has not passed. */
export function fillChecklist({ parts, items }: ChecklistDefinition, filling: Filling): FilledChecklist {
  const { answers, faults, ...head } = filling;
  const given = new Map(answers.map((answer) => [answer.id, answer]));
  const filled = new Map<string, FilledItem>();
  for (const item of items) {
    filled.set(item.id, { ...item, ...settle(item, given.get(item.id) ?? silence(item, faults), filled) });
  }
  const all = [...filled.values()];
  const list = { ...head, passed: hasPassed(all), parts, items: all };
  return { ...list, digest: digestOf(list) };
}

/** What the runbook asks for first is answered first, so that a failure finds what it leans on already settled. */
function settle(item: ChecklistItem, answer: Answer, before: ReadonlyMap<string, FilledItem>): Answer {
  if (answer.outcome !== 'failed') return answer;
  const without = (item.needs ?? []).flatMap((id) => before.get(id) ?? []).find((need) => !isWell(need));
  if (without === undefined) return answer;
  return {
    id: item.id,
    outcome: 'not-checked',
    sentence: {
      en: `Says nothing while this does not hold: ${without.title.en}`,
      ja: `次の項目が満たされるまで判定できません: ${without.title.ja}`,
    },
  };
}

const silence = ({ id }: ChecklistItem, [fault]: readonly Text[]): Answer => ({
  id,
  outcome: 'not-checked',
  sentence: fault ?? { en: 'Nobody answered this.', ja: '回答がありません。' },
});

const isWell = ({ outcome }: Pick<FilledItem, 'outcome'>): boolean => outcome === 'ok' || outcome === 'not-applicable';
const hasPassed = (items: readonly FilledItem[]): boolean => items.every(isWell) && items.some(({ outcome }) => outcome === 'ok');

export const countOutcomes = (items: readonly FilledItem[]): Record<AnswerOutcome, number> =>
  Object.fromEntries(
    (Object.keys(answerOutcomes) as AnswerOutcome[]).map((word) => [
      word,
      items.filter(({ outcome }) => outcome === word).length,
    ]),
  ) as Record<AnswerOutcome, number>;

export const receiptOf = ({ digest, passed, items }: FilledChecklist, ref: string): ChecklistReceipt => ({
  ref,
  digest,
  passed,
  counts: countOutcomes(items),
  items: items.map(({ id, title, outcome, sentence }) => ({ id, title, outcome, sentence })),
});

const keptMark = 'checklist-at:';

/** The list as the questions that `verify` asks. What was not checked is one of them; the last binds the step to the list as it is kept. */
export function checksOf({ items, passed, ref, digest }: ChecklistReceipt): Check[] {
  const open = items.filter(({ outcome }) => outcome === 'not-checked');
  const answered = items
    .filter(({ outcome }) => outcome !== 'not-checked')
    .map(({ id, outcome, sentence }) => ({ id: `checklist:${id}`, ok: isWell({ outcome }), sentence }));
  const isTold = open.length > 0 || answered.some(({ ok }) => !ok);
  return [
    ...answered,
    ...(open.length === 0 ? [] : [{ id: 'checklist-open', ok: false, sentence: leftOpen(open) }]),
    { id: `${keptMark}${ref}#${digest}`, ok: passed || isTold, sentence: passed || isTold ? keptAs(digest) : nothingPassed },
  ];
}

const leftOpen = (open: ChecklistReceipt['items']): Text => ({
  en: `${open.length} item(s) not checked: ${open[0]!.sentence.en}`,
  ja: `未確認 ${open.length} 項目: ${open[0]!.sentence.ja}`,
});
const keptAs = (digest: string): Text => ({
  en: `The filled checklist has the digest ${digest.slice(0, 12)}.`,
  ja: `記入済みチェックリスト: ${digest.slice(0, 12)}`,
});
const nothingPassed: Text = { en: 'Nothing on the checklist passed.', ja: '合格した項目がありません。' };

/** Where the lists are kept that steps were verified by, as their evidence says. */
export const keptLists = (steps: readonly Pick<Step, 'evidence'>[]): string[] =>
  steps.flatMap(({ evidence }) => {
    const checks = evidence?.['checks'];
    const ids = Array.isArray(checks) ? checks.filter((id) => typeof id === 'string') : [];
    return ids.filter((id) => id.startsWith(keptMark)).map((id) => id.slice(keptMark.length).replace(/#[0-9a-f]*$/, ''));
  });
