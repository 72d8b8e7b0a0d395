/** The verification checklist: what is asked, how each item was answered, and the list as it was filled in. */
import type { Text } from '../text.ts';

/** How an item stands. What was not checked has not passed; what is not applicable does not count. */
export const answerOutcomes = {
  ok: { en: 'passed', ja: '合格' },
  failed: { en: 'failed', ja: '不合格' },
  'not-applicable': { en: 'not applicable', ja: '対象外' },
  'not-checked': { en: 'not checked', ja: '未確認' },
} as const satisfies Record<string, Text>;
export type AnswerOutcome = keyof typeof answerOutcomes;

export interface ChecklistPart {
  readonly id: string;
  readonly title: Text;
}

/** One question of the list. */
export interface ChecklistItem {
  readonly id: string;
  /** Id of its part. */
  readonly part: string;
  readonly title: Text;
  /** Items without which this one says nothing: where one of them did not pass, a failure here is not counted twice. */
  readonly needs?: readonly string[];
}

/** What a kind of target is asked after a recovery, in the order of the runbook. */
export interface ChecklistDefinition {
  readonly parts: readonly ChecklistPart[];
  readonly items: readonly ChecklistItem[];
}

/** What an activity has to say to one item. */
export interface Answer {
  readonly id: string;
  readonly outcome: AnswerOutcome;
  readonly sentence: Text;
  /** Beside each other on paper: figures and names, the same in both languages. */
  readonly measured?: string;
  readonly expected?: string;
}

export type FilledItem = ChecklistItem & Answer;

/** A list that was filled in by machines, as its record keeps it. */
export interface FilledChecklist {
  readonly id: string;
  readonly target: string;
  readonly startedAt: string;
  readonly finishedAt: string;
  /** Every item passed or is not applicable, and one passed at least. */
  readonly passed: boolean;
  readonly parts: readonly ChecklistPart[];
  readonly items: readonly FilledItem[];
  /** sha256 (hex) over everything else. */
  readonly digest: string;
}

/** What workflows carry of a filled list: the list itself lies at `ref`. */
export interface ChecklistReceipt {
  readonly ref: string;
  readonly digest: string;
  readonly passed: boolean;
  readonly counts: Readonly<Record<AnswerOutcome, number>>;
  readonly items: readonly Pick<FilledItem, 'id' | 'title' | 'outcome' | 'sentence'>[];
}

interface Figures {
  readonly measured?: string | number | undefined;
  readonly expected?: string | number | undefined;
}

/** An answer that is right or wrong. */
export const judged = (id: string, ok: boolean, sentence: Text, figures: Figures = {}): Answer => ({
  id,
  outcome: ok ? 'ok' : 'failed',
  sentence,
  ...textual(figures),
});

export const notApplicable = (id: string, why: Text, figures: Figures = {}): Answer => ({
  id,
  outcome: 'not-applicable',
  sentence: why,
  ...textual(figures),
});

const textual = ({ measured, expected }: Figures): Pick<Answer, 'measured' | 'expected'> => ({
  ...(measured !== undefined && { measured: String(measured) }),
  ...(expected !== undefined && { expected: String(expected) }),
});
