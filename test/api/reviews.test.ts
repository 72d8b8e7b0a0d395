/** Reviews: seen with their target until somebody else closes them; and the gates that let another role than usual decide. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openReview } from '../../activities/records/reviews.ts';
import { reviewDocument } from '../../contracts/http/target.ts';
import type { NewReview } from '../../domain/review.ts';
import { digestOfPlan, gateOfPlan, startTestApi, type FakeRecovery, type PersonId, type TestApi } from '../support/api.ts';

let api: TestApi;
beforeEach(async () => {
  api = await startTestApi();
  api.gateway.asked.set('listToolStoreBackups', () => []);
});
afterEach(() => api.close());

const recovery = 'tools~00000000-0000-4000-8000-000000000000';
const review: NewReview = {
  id: `${recovery}.0123456789ab`,
  kind: 'break-glass',
  target: 'tools',
  recovery,
  gate: 'failed:is it safe',
  sentence: { en: 'The fence is not proven.', ja: 'フェンスが証明されていません。' },
  by: [
    { person: 'ren', reason: 'the rack is off' },
    { person: 'ada', reason: 'seen it' },
  ],
  openedAt: '2026-11-22T10:00:00.000Z',
};
const day = 86_400_000;

describe('a review', () => {
  const target = async (id = 'tools') =>
    (await api.send('vera', 'GET', `/v1/targets/${id}`)).json<{ reviews: { id: string }[]; findings: string[] }>();
  const close = (by: PersonId, id = review.id) =>
    api.send(by, 'POST', `/v1/reviews/${encodeURIComponent(id)}/close`, { payload: { reason: 'looked at it' } });

  test('stands with its target, in words, with who did it and why', async () => {
    await openReview(api.records, review, 36_500 * day);
    const { reviews, findings } = await target();
    expect(reviews).toHaveLength(1);
    expect(reviewDocument.strict().parse(reviews[0])).toMatchObject({
      id: review.id,
      title: 'A refusing safety check was overridden',
      sentence: 'The fence is not proven.',
      by: review.by,
      overdue: false,
    });
    expect(findings.filter((finding) => finding.includes('Review'))).toEqual([]);
    expect((await target('spare')).reviews).toEqual([]);
  });

  test('is a finding once its deadline has passed', async () => {
    await openReview(api.records, review, day);
    const { reviews, findings } = await target();
    expect(reviews[0]).toMatchObject({ deadline: '2026-11-23T10:00:00.000Z', overdue: true });
    expect(findings).toContain(`Review ${review.id} is overdue since 2026-11-23T10:00:00.000Z.`);
  });

  test('is opened once: a repeat does not move its deadline', async () => {
    await openReview(api.records, review, day);
    await openReview(api.records, review, 9 * day);
    expect((await target()).reviews[0]).toMatchObject({ deadline: '2026-11-23T10:00:00.000Z' });
  });

  test('is closed by somebody else, once, and is gone from its target', async () => {
    await openReview(api.records, review, day);
    expect((await close('ren')).json()).toMatchObject({ status: 403, code: 'same-person' });
    expect((await target()).reviews).toHaveLength(1);
    const answers = await Promise.all([close('mio'), close('mio')]);
    expect(answers.map(({ statusCode }) => statusCode).toSorted((a, b) => a - b)).toEqual([200, 409]);
    expect(answers.find(({ statusCode }) => statusCode === 200)!.json()).toMatchObject({
      closed: { by: 'mio', reason: 'looked at it', at: expect.any(String) },
    });
    expect((await target()).reviews).toEqual([]);
  });

  test.each(['no-such-review', 'tools~..%2Fother', `spare~00000000-0000-4000-8000-000000000000.0123456789ab`])(
    'that does not exist answers 404: %s',
    async (id) => {
      expect((await close('mio', id)).json()).toMatchObject({ status: 404, code: 'not-found' });
    },
  );
});

describe('a gate that lets another role decide', () => {
  let running: FakeRecovery;
  const answers = { gate: 'restore', state: 'approved', votes: [], need: 1, deadline: null };
  beforeEach(async () => {
    running = await api.recovery();
    running.run.updates.set('decide', () => answers);
  });
  const decide = async (by: PersonId, decision: string) =>
    (
      await api.send(by, 'POST', `/v1/recoveries/${running.id}/decisions`, {
        payload: { gate: 'restore', digest: digestOfPlan, decision, reason: 'r' },
      })
    ).statusCode;
  const asks = (more: object) => (running.state = { ...running.state, waitingFor: [{ ...gateOfPlan(), ...more }] });

  test('an operator approves alone from the moment that the gate says, and not before', async () => {
    expect(await decide('hana', 'approve')).toBe(403);
    asks({ aloneFrom: new Date(Date.now() + 60_000).toISOString() });
    expect(await decide('hana', 'approve')).toBe(403);
    asks({ aloneFrom: new Date(Date.now() - 1_000).toISOString() });
    expect(await decide('hana', 'approve')).toBe(200);
    expect(await decide('vera', 'approve')).toBe(403);
  });

  test('an approver who is no operator overrides a refusing safety check, and skips nothing else', async () => {
    asks({ kind: 'failed-step', choices: ['retry', 'skip'] });
    expect(await decide('mio', 'skip')).toBe(403);
    asks({ kind: 'failed-step', choices: ['retry', 'skip'], breakGlass: true });
    expect(await decide('mio', 'skip')).toBe(200);
    expect(await decide('vera', 'skip')).toBe(403);
  });
});
