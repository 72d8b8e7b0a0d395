/** Reviews: what people did outside the usual rules is closed by somebody who did not do it. */
import { closeReview, readReview } from '../activities/records/reviews.ts';
import { idParams, writeHeaders } from '../contracts/http/requests.ts';
import { closedReviewDocument, closeReviewRequest, type ReviewDocument } from '../contracts/http/target.ts';
import { fail } from '../domain/fail.ts';
import { isOverdue, mayClose, reviewKinds, type Review } from '../domain/review.ts';
import type { Locale } from '../domain/text.ts';
import type { ApiWorld, App } from './context.ts';
import { say } from './language.ts';
import { answers } from './openapi.ts';
import { notFound } from './problem.ts';

export function registerReviews(app: App, { records }: ApiWorld): void {
  app.post(
    '/v1/reviews/:id/close',
    {
      schema: {
        summary: 'Close a review: somebody else has looked at what was done',
        tags: ['targets'],
        params: idParams,
        body: closeReviewRequest,
        headers: writeHeaders,
        response: answers({ 200: closedReviewDocument }),
      },
    },
    async (request) => {
      const { id } = request.params;
      const { id: by } = request.caller;
      // A review's id begins with the recovery's, and that with its target. An id of another shape names nothing.
      const target = /^([a-z0-9-]+)~[0-9a-f.-]+$/.exec(id)?.[1];
      const found = target === undefined ? undefined : await readReview(records, target, id);
      if (!found) throw notFound({ en: `There is no review ${id}.`, ja: `レビュー ${id} はありません。` });
      const { review, isClosed } = found;
      if (!mayClose(review, by)) {
        throw fail('same-person', {
          en: `${by} is part of what is reviewed here.`,
          ja: `${by} はこのレビューの当事者です。`,
        });
      }
      const closed = { by, at: new Date().toISOString(), reason: request.body.reason };
      if (isClosed || !(await closeReview(records, review, closed))) {
        throw fail('already-decided', { en: `Review ${id} is closed.`, ja: `レビュー ${id} は完了しています。` });
      }
      return { ...reviewDocumentOf(review, request.locale), closed };
    },
  );
}

export const reviewDocumentOf = (review: Review, locale: Locale): ReviewDocument => ({
  ...review,
  title: say(reviewKinds[review.kind], locale),
  sentence: say(review.sentence, locale),
  overdue: isOverdue(review, Date.now()),
});
