/** The failure table: every row can be answered, and every failure is made from a row and carries both languages. */
import { ApplicationFailure } from '@temporalio/common';
import { describe, expect, test } from 'vitest';
import { fail } from '../../domain/fail.ts';
import { failures, isFailureCode, type FailureCode } from '../../domain/failures.ts';

const rows = Object.entries(failures) as [FailureCode, (typeof failures)[FailureCode]][];

describe('every row of the failure table', () => {
  test.each(rows)('%s has an error status, says whether to retry, and tells people in both languages what to do', (code, row) => {
    expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(row.status).toBeGreaterThanOrEqual(400);
    expect(row.status).toBeLessThan(600);
    expect(row.retryable).toBeTypeOf('boolean');
    expect(row.hint.en).toMatch(/^[A-Z][^\n]*[.`]$/);
    expect(row.hint.ja).toMatch(/[぀-ヿ一-龯][^\n]*。$/);
  });
  test('what the interface promises by status is there', () => {
    const status = (code: FailureCode) => failures[code].status;
    expect((['forbidden', 'self-approval'] as const).map(status)).toEqual([403, 403]);
    expect((['held', 'plan-changed', 'already-decided', 'closed', 'past-no-return'] as const).map(status)).toEqual(
      Array.from({ length: 5 }, () => 409),
    );
    expect((['unknown-scenario', 'unknown-target', 'invalid-input'] as const).map(status)).toEqual([422, 422, 422]);
    expect([status('bad-request'), status('unauthenticated'), status('not-found')]).toEqual([400, 401, 404]);
    expect([status('too-large'), status('unsupported-media-type'), status('rate-limited')]).toEqual([413, 415, 429]);
    expect([status('temporal-away'), status('no-worker')]).toEqual([503, 503]);
  });
  test('nothing that a person has to mend is retried by itself', () => {
    expect(rows.filter(([, { retryable }]) => retryable).map(([code]) => code)).toEqual([
      'rate-limited',
      'temporal-away',
      'no-worker',
      'step-timeout',
      'record-store-unusable',
      'repository-away',
      'dns-silent',
      'cdn-silent',
    ]);
  });
});

describe('a failure code', () => {
  test('is a row of the table, and nothing that objects bring by themselves', () => {
    for (const [code] of rows) expect(isFailureCode(code)).toBe(true);
    const others = ['', 'toString', 'constructor', '__proto__', 'Held', undefined, null];
    expect(others.filter((other) => isFailureCode(other))).toEqual([]);
  });
});

describe('a failure', () => {
  test('carries its code, the English sentence, the Japanese one beside it, and what else is known', () => {
    const heldBy = { kind: 'recovery', id: 'tools~1', since: '2026-11-22T02:00:00.000Z' };
    const failure = fail('held', { en: 'Held.', ja: '使用中。' }, { heldBy });
    expect(failure).toBeInstanceOf(ApplicationFailure);
    expect(failure).toMatchObject({ message: 'Held.', type: 'held', details: [{ ja: '使用中。', heldBy }] });
  });
  test.each(rows)('%s is retried by Temporal only where the table says so', (code, { retryable }) => {
    expect(fail(code, { en: 'x', ja: 'x' }).nonRetryable).toBe(!retryable);
  });
});
