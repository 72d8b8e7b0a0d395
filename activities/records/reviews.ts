/** Reviews in the record store: opened by recoveries, closed by people; each of the two records is created once. */
import type { NewReview, Review } from '../../domain/review.ts';
import type { RecordStore } from '../ports/records.ts';
import { reviewClosedKey, reviewKey, reviewsPrefix } from './keys.ts';

/** Twice is fine: the first deadline stays. */
export async function openReview(records: RecordStore, review: NewReview, withinMs: number): Promise<void> {
  const deadline = new Date(Date.parse(review.openedAt) + withinMs).toISOString();
  await records.create(reviewKey(review.target, review.id), JSON.stringify({ ...review, deadline } satisfies Review));
}

/** The open reviews of a target, the oldest first. */
export async function openReviews(records: RecordStore, target: string): Promise<readonly Review[]> {
  const keys = await records.list(reviewsPrefix(target));
  const opened = keys.filter((key) => key.endsWith('/opened.json') && !keys.includes(key.replace('/opened.', '/closed.')));
  const reviews = await Promise.all(opened.map(async (key) => JSON.parse((await records.get(key))!) as Review));
  return reviews.toSorted((a, b) => a.openedAt.localeCompare(b.openedAt));
}

/** Whether it is open, closed, or was never there. */
export async function readReview(
  records: RecordStore,
  target: string,
  id: string,
): Promise<{ readonly review: Review; readonly isClosed: boolean } | undefined> {
  const body = await records.get(reviewKey(target, id));
  if (body === undefined) return undefined;
  return { review: JSON.parse(body) as Review, isClosed: (await records.get(reviewClosedKey(target, id))) !== undefined };
}

/** Answers whether this call closed it; of many at once exactly one does. */
export const closeReview = (
  records: RecordStore,
  { target, id }: Review,
  closed: { readonly by: string; readonly at: string; readonly reason: string },
): Promise<boolean> => records.create(reviewClosedKey(target, id), JSON.stringify(closed));
