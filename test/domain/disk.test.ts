/** Decisions about room: what is short, what is old, how it is called, and when room counts as made. */
import { describe, expect, test } from 'vitest';
import { archivePath, archivePlan, borderOf, headOfArchive, type LogHead } from '../../domain/disk/archive-plan.ts';
import { agreedPlan } from '../../domain/disk/agreed-plan.ts';
import { checkDisk, type DiskView } from '../../domain/disk/disk-checks.ts';
import { isShort, shortOfSpace } from '../../domain/disk/short-of-space.ts';
import { size } from '../../domain/sizes.ts';

const head: LogHead = {
  bytes: 2_000_000,
  lines: 9,
  sha256: 'ab'.repeat(32),
  from: '2026-09-01T01:02:03.456Z',
  to: '2026-10-01T00:00:00.000Z',
};

test.each([
  [0, '0 bytes'],
  [999, '999 bytes'],
  [1_000, '1.0 kB'],
  [1_234_567_890, '1.2 GB'],
  [-2_500, '-2.5 kB'],
])('%i bytes are %s', (bytes, words) => expect(size(bytes)).toBe(words));

describe('room is short', () => {
  test.each([
    [{ freeBytes: 999_999_999, totalBytes: 100e9 }, true],
    [{ freeBytes: 1e9, totalBytes: 100e9 }, false],
    [{ freeBytes: 150e6, totalBytes: 1e9 }, false],
    [{ freeBytes: 99e6, totalBytes: 1e9 }, true],
    [{ freeBytes: 0, totalBytes: 1e6 }, true],
  ])('%o: %s', (space, wanted) => {
    expect(isShort(space)).toBe(wanted);
    expect(shortOfSpace(space).suggests.map(({ scenario }) => scenario)).toEqual(wanted ? ['disk-exhaustion'] : []);
  });
});

describe('an archive', () => {
  test('begins at a midnight, whenever it is planned that day', () => {
    const day = 86_400_000;
    for (const now of ['2026-11-25T00:00:00.000Z', '2026-11-25T23:59:59.999Z']) {
      expect(borderOf(Date.parse(now), 30 * day)).toBe('2026-10-26T00:00:00.000Z');
    }
  });
  test('is named by its span, and differs where that name is taken', () => {
    expect(archivePath(head, false)).toBe('.pi/logs/archive/audit-20260901T010203Z_20261001T000000Z.jsonl.gz');
    expect(archivePath(head, true)).toBe('.pi/logs/archive/audit-20260901T010203Z_20261001T000000Z-abababab.jsonl.gz');
  });
  test('always needs people, and nothing does where nothing is old', () => {
    const plan = archivePlan({ target: 't', before: '2026-10-26T00:00:00.000Z', head, archive: 'a.gz', missingFolder: true });
    expect(headOfArchive(plan, 'ref', 'log', 8_000_000)).toMatchObject({
      digest: plan.digest,
      counts: { remove: 1, add: 1 },
      size: { items: 2, bytes: 2_000_000, share: 0.25 },
    });
    const none = archivePlan({ target: 't', before: '2026-10-26T00:00:00.000Z', head: null, archive: '', missingFolder: true });
    expect(headOfArchive(none, 'ref', 'log', 0).size).toEqual({ items: 0, bytes: 0, share: 0 });
    expect(agreedPlan(headOfArchive(plan, 'ref', 'log', 1)).digest).not.toBe(plan.digest);
  });
});

describe('room was made', () => {
  const plan = archivePlan({ target: 't', before: '2026-10-26T00:00:00.000Z', head, archive: 'a.gz', missingFolder: true });
  const good: DiskView = {
    space: { freeBytes: 5_000, totalBytes: 1e9 },
    freeBefore: 4_000,
    archived: plan,
    archiveHolds: true,
    logBegins: false,
    logThere: true,
    leftovers: [],
  };
  const failed = (view: DiskView): string[] =>
    checkDisk(view).flatMap(({ id, ok, sentence }) => {
      expect(sentence.ja).toMatch(/[ぁ-んァ-ン一-龠]/);
      return ok ? [] : [id];
    });
  test('when there is more than before, or enough all the same', () => {
    expect(failed(good)).toEqual([]);
    expect(failed({ ...good, freeBefore: 5_000 })).toEqual(['free-space']);
    expect(failed({ ...good, freeBefore: 9e9, space: { freeBytes: 5e9, totalBytes: 100e9 } })).toEqual([]);
  });
  test.each([
    ['archive-readable', { archiveHolds: false }],
    ['archive-readable', { logBegins: true }],
    ['log-there', { logThere: false }],
    ['no-leftovers', { leftovers: ['x'] }],
  ] as const)('not when %s', (id, wrong) => expect(failed({ ...good, ...wrong })).toEqual([id]));
});
