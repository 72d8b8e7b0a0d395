/** Reviews in the record store: opened by recoveries, closed by people. */
import type { NewReview, Review } from '../domain/review.ts';
import type { RecordStore } from './ports/records.ts';
import { reviewKey, reviewsPrefix } from './records.ts';

/** Twice is fine: the first deadline stays. */
export async function openReview(records: RecordStore, review: NewReview, withinMs: number): Promise<void> {
  const deadline = new Date(Date.parse(review.openedAt) + withinMs).toISOString();
  await records.create(reviewKey(review.target, review.id), JSON.stringify({ ...review, deadline } satisfies Review));
}

/** The open reviews of a target, the oldest first. */
export async function openReviews(records: RecordStore, target: string): Promise<readonly Review[]> {
  const keys = await records.list(reviewsPrefix(target));
  const bodies = await Promise.all(keys.map((key) => records.get(key)));
  return bodies
    .flatMap((body) => (body === undefined ? [] : [JSON.parse(body) as Review]))
    .filter(({ closed }) => closed === undefined)
    .toSorted((a, b) => a.openedAt.localeCompare(b.openedAt));
}
