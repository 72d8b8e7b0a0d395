/** Reviews: what people did outside the usual rules is looked at afterwards by somebody else, by a deadline. */
import type { Text } from './text.ts';

export const reviewKinds = {
  alone: { en: 'One operator went on alone', ja: '担当者が単独で続行' },
  'break-glass': { en: 'A refusing safety check was overridden', ja: '安全検査の拒否を優先' },
} as const satisfies Record<string, Text>;
export type ReviewKind = keyof typeof reviewKinds;

export interface NewReview {
  /** `<recovery>.<what>`: the same over any restart. */
  readonly id: string;
  readonly kind: ReviewKind;
  readonly target: string;
  readonly recovery: string;
  readonly gate: string;
  /** What was asked or refused. */
  readonly sentence: Text;
  /** Who did it, each with their reason. */
  readonly by: readonly { readonly person: string; readonly reason: string }[];
  /** ISO. */
  readonly openedAt: string;
}

export interface Review extends NewReview {
  /** ISO; an open review past it is a finding. */
  readonly deadline: string;
}

export const isOverdue = ({ deadline }: Review, now: number): boolean => Date.parse(deadline) < now;
/** Worth a line among the findings of its target. */
export const overdueReview = ({ id, deadline }: Review): Text => ({
  en: `Review ${id} is overdue since ${deadline}.`,
  ja: `レビュー ${id} は期限 ${deadline} を過ぎています。`,
});

/** Whoever is reviewed does not close the review. */
export const mayClose = (review: Review, person: string): boolean => review.by.every((one) => one.person !== person);
