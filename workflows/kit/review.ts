/** Opens the review of what people did outside the usual rules, before the recovery goes on with it. */
import { digestOf } from '../../domain/digest.ts';
import type { GateOutcome } from '../../domain/messages.ts';
import type { ReviewKind } from '../../domain/review.ts';
import type { Text } from '../../domain/text.ts';
import { insist } from './insist.ts';
import type { Run } from './run.ts';

/** What the outcome of a gate leaves to be reviewed; `asked` is what people decided about. */
export async function openReview(run: Run, kind: ReviewKind, gate: string, asked: Text, outcome: GateOutcome): Promise<void> {
  const by = (outcome.statements ?? [])
    // Who approved before as one of several did nothing unusual.
    .filter(
      ({ statement: { by: person, decision } }) => decision === outcome.decision && (kind !== 'alone' || person === outcome.by),
    )
    .map(({ statement }) => ({ person: statement.by, reason: statement.reason }));
  const review = {
    id: `${run.id}.${digestOf({ kind, gate, by }).slice(0, 12)}`,
    kind,
    target: run.start.target,
    recovery: run.start.parent?.root ?? run.id,
    gate,
    sentence: asked,
    by,
    openedAt: new Date().toISOString(),
  };
  await insist(run, 'open review', () => run.kernel.openReview(review));
}
