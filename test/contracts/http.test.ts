/** The contracts of the HTTP API by themselves: what they take, what they leave out, what they turn into. */
import { describe, expect, test } from 'vitest';
import { decisionRequest } from '../../contracts/http/decision.ts';
import { problemDocument } from '../../contracts/http/problem.ts';
import { cancelRequest, pageQuery, recoveryListQuery, writeHeaders } from '../../contracts/http/requests.ts';
import { statusDocument } from '../../contracts/http/recovery.ts';
import { decisionWords } from '../../contracts/inputs/decision.ts';
import { failures } from '../../domain/failures.ts';

describe('a page', () => {
  test.each([
    ['1', 1],
    ['050', 50],
    ['200', 200],
  ])('limit %j is %i', (limit, means) => expect(pageQuery.parse({ limit })).toEqual({ limit: means }));
  test.each(['0', '201', '', ' 5', '5 ', '+5', '5.0', '0x5', 'five', '-1'])('limit %j is refused', (limit) =>
    expect(pageQuery.safeParse({ limit }).success).toBe(false),
  );
  test('is 50 where nothing is said', () => expect(pageQuery.parse({})).toEqual({ limit: 50 }));
});

describe('filters', () => {
  test('may stand once or several times', () => {
    expect(recoveryListQuery.parse({ status: 'running', target: ['a', 'b'] })).toEqual({
      limit: 50,
      status: ['running'],
      target: ['a', 'b'],
    });
  });
  test('are not endless', () =>
    expect(recoveryListQuery.safeParse({ target: Array.from({ length: 21 }, () => 'a') }).success).toBe(false));
  test('take instants with one meaning only', () => {
    expect(recoveryListQuery.safeParse({ since: '2026-11-22T02:00:00+09:00' }).success).toBe(true);
    expect(recoveryListQuery.safeParse({ since: '2026-11-22T02:00:00' }).success).toBe(false);
  });
});

describe('a decision', () => {
  const right = { gate: 'restore', digest: 'd', reason: 'seen' };
  test.each(decisionWords)('%s takes an input only where it changes one', (decision) => {
    const [without, withInput] = [
      decisionRequest.safeParse({ ...right, decision }),
      decisionRequest.safeParse({ ...right, decision, input: {} }),
    ];
    expect([without.success, withInput.success]).toEqual(decision === 'amend' ? [false, true] : [true, false]);
  });
  test('is trimmed of white space in its reason, and never empty of one', () => {
    expect(decisionRequest.parse({ ...right, decision: 'skip', reason: '  because ' }).reason).toBe('because');
    expect(decisionRequest.safeParse({ ...right, decision: 'skip', reason: ' \n' }).success).toBe(false);
  });
});

test('a cancellation may say nothing', () => {
  expect(cancelRequest.parse(undefined)).toBeUndefined();
  expect(cancelRequest.parse({})).toEqual({});
  expect(cancelRequest.safeParse(null).success).toBe(false);
});

test('a key is visible ASCII, and other headers pass', () => {
  expect(writeHeaders.parse({ 'idempotency-key': 'a-1', host: 'x' })).toEqual({ 'idempotency-key': 'a-1', host: 'x' });
  for (const key of ['', 'a b', 'é', 'x'.repeat(201)]) {
    expect(writeHeaders.safeParse({ 'idempotency-key': key }).success).toBe(false);
  }
});

test('a problem knows every code of the failure table and no other', () => {
  expect(problemDocument.shape.code.options.toSorted()).toEqual(Object.keys(failures).toSorted());
});

test('a status document drops what is not its business', () => {
  const { shape } = statusDocument;
  expect(Object.keys(shape)).not.toContain('ref');
  expect(Object.keys(shape)).toEqual(
    expect.arrayContaining(['id', 'steps', 'waitingFor', 'timing', 'objectives', 'links', 'stale', 'asOf']),
  );
});
