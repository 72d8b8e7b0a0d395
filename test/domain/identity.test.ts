/** Ids: what is put together can be taken apart again, fits a URL, and is what the contracts take. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { backupIdText, slug } from '../../contracts/inputs/start.ts';
import {
  backupId,
  backupTestWorkflowId,
  backupWorkflowId,
  childWorkflowId,
  dryRunWorkflowId,
  leaseWorkflowId,
  parseRecoveryId,
  recoveryId,
  recoveryWorkflowId,
  siteQueue,
} from '../../domain/identity.ts';

const targets = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,62}$/);

describe('a recovery id', () => {
  test('is taken apart into what it was made of, for any target the contracts take', () => {
    fc.assert(
      fc.property(targets, fc.uuid(), (target, runId) => {
        expect(slug.safeParse(target).success).toBe(true);
        const id = recoveryId(target, runId);
        expect(parseRecoveryId(id)).toEqual({ target, runId });
        expect(encodeURIComponent(id)).toBe(id);
      }),
    );
  });
  test.each([
    '',
    'tools',
    'tools~',
    '~0197c0de-0000-7000-8000-000000000000',
    'Tools~0197c0de-0000-7000-8000-000000000000',
    'tools~0197c0de-0000-7000-8000-00000000000',
    'tools~0197c0de-0000-7000-8000-000000000000~more',
    'tools/../x~0197c0de-0000-7000-8000-000000000000',
    ' tools~0197c0de-0000-7000-8000-000000000000',
    'tools~0197c0de-0000-7000-8000-000000000000\n',
    `${'a'.repeat(64)}~0197c0de-0000-7000-8000-000000000000`,
  ])('is not %j', (id) => expect(parseRecoveryId(id)).toBeUndefined());
});

describe('a workflow id', () => {
  test('says what it is for, so that Temporal itself refuses a second one', () => {
    expect(recoveryWorkflowId('tools')).toBe('recovery/tools');
    expect(dryRunWorkflowId('tools', '3')).toBe('dry-run/tools/3');
    expect(childWorkflowId('recovery/site', 'first/second')).toBe('recovery/site/first/second');
    expect(leaseWorkflowId('tools')).toBe('lease/tools');
    expect(backupWorkflowId('b1')).toBe('backup/b1');
    expect(backupTestWorkflowId('b1')).toBe('backup-test/b1');
    expect(siteQueue('main')).toBe('site-main');
  });
  test('is another one for every other purpose and target', () => {
    fc.assert(
      fc.property(targets, targets, (a, b) => {
        fc.pre(a !== b);
        const ids = [a, b].flatMap((target) => [
          recoveryWorkflowId(target),
          dryRunWorkflowId(target, '1'),
          leaseWorkflowId(target),
          backupWorkflowId(target),
          backupTestWorkflowId(target),
        ]);
        expect(new Set(ids).size).toBe(ids.length);
      }),
    );
  });
});

describe('a backup id', () => {
  test('says when, what kind and which', () => {
    expect(backupId(new Date('2026-11-22T02:00:00.123Z'), 'full', '1a2b3c')).toBe('20261122T020000Z-full-1a2b3c');
  });
  test('sorts by time and is what the contracts take', () => {
    const moment = fc.date({ min: new Date('2000-01-01T00:00:00Z'), max: new Date('2099-12-31T00:00:00Z'), noInvalidDate: true });
    fc.assert(
      fc.property(moment, moment, (a, b) => {
        const [first, second] = [a, b].map((at) => backupId(at, 'full', '000000')) as [string, string];
        expect(backupIdText.safeParse(first).success).toBe(true);
        const seconds = (at: Date) => Math.floor(at.getTime() / 1_000);
        expect(Math.sign(seconds(a) - seconds(b))).toBe(first < second ? -1 : first > second ? 1 : 0);
      }),
    );
  });
});
