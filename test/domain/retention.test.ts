/** Retention against a plain model, over many simulated days: what is kept, what goes, and what can never go. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decideRetention, type Holds, type Keepable, type KeepMs } from '../../domain/retention.ts';

const day = 86_400_000;
const hour = 3_600_000;
const begin = Date.parse('2026-01-01T00:00:00.000Z');
const keepMs: KeepMs = { full: 30 * day, incremental: 7 * day, manual: 90 * day };
const nothingHeld: Holds = { held: new Map(), inUse: new Map() };
const at = (ms: number): string => new Date(begin + ms).toISOString();

const backup = (id: string, ms: number, more: Partial<Keepable> = {}): Keepable => ({
  id,
  kind: 'full',
  source: 'okiagari',
  startedAt: at(ms),
  usable: true,
  suspect: false,
  verifiedIn: [],
  needs: [],
  ...more,
});
const verified = { verifiedIn: ['local'] };
const keptIds = (backups: readonly Keepable[], now: number, holds: Holds = nothingHeld): string[] =>
  decideRetention(backups, keepMs, holds, begin + now).flatMap(({ id, keep }) => (keep ? [id] : []));

describe('one backup', () => {
  const newest = backup('z', 400 * day, verified);
  test.each([
    ['full', 30],
    ['incremental', 7],
    ['manual', 90],
  ] as const)('of kind %s is kept for %i days from its start, and no longer', (kind, days) => {
    const one = backup('a', 0, { kind });
    expect(keptIds([one, newest], days * day - 1)).toContain('a');
    expect(keptIds([one, newest], days * day)).not.toContain('a');
  });
  test('says why it stays and why it goes, in both languages', () => {
    const verdicts = decideRetention([backup('a', 0), newest], keepMs, nothingHeld, begin + 31 * day);
    expect(verdicts[0]).toEqual({
      id: 'a',
      keep: false,
      reason: { en: 'full: its 30 days are over.', ja: 'full: 保持期間 30 日を過ぎました。' },
    });
    expect(verdicts[1]).toMatchObject({ keep: true, reason: { en: expect.stringContaining('kept until') } });
  });
  test('that is held, in use, left by a script, or of an unknown time stays', () => {
    const old = [
      backup('held', 0),
      backup('used', 0),
      backup('script', 0, { source: 'script' }),
      { ...backup('odd', 0), startedAt: 'x' },
    ];
    const holds = { held: new Map([['held', 'audit']]), inUse: new Map([['used', 'tools~1']]) };
    expect(keptIds([...old, newest], 300 * day, holds)).toEqual(['held', 'used', 'script', 'odd', 'z']);
  });
});

describe('the last good one', () => {
  test('stays for years: the newest that is verified and not suspect', () => {
    const all = [
      backup('old', 0, verified),
      backup('good', day, verified),
      backup('damage', 2 * day, { ...verified, suspect: true }),
      backup('untested', 3 * day),
    ];
    expect(keptIds(all, 1_000 * day)).toEqual(['good']);
  });
  test('is one for each repository', () => {
    const all = [
      backup('far', 0, { verifiedIn: ['offsite'] }),
      backup('near', day, { verifiedIn: ['local'] }),
      backup('older', -day, { verifiedIn: ['local', 'offsite'] }),
    ];
    expect(keptIds(all, 1_000 * day)).toEqual(['far', 'near']);
  });
  test('is no script’s work: that lies outside of our repositories', () => {
    const all = [backup('ours', 0, verified), backup('script', 5 * day, { source: 'script', verifiedIn: ['script'] })];
    expect(keptIds(all, 1_000 * day)).toEqual(['ours', 'script']);
  });
  test('where none is verified is the newest usable one, a suspect one only where there is nothing better', () => {
    const broken = backup('broken', 3 * day, { usable: false });
    const suspect = backup('suspect', 2 * day, { suspect: true });
    expect(keptIds([backup('whole', 0), suspect, broken], 1_000 * day)).toEqual(['whole']);
    expect(keptIds([suspect, broken], 1_000 * day)).toEqual(['suspect']);
  });
});

test('what a kept one needs stays, over any number of steps', () => {
  const all = [
    backup('base', 0),
    backup('first', hour, { kind: 'incremental', needs: ['base'] }),
    backup('second', 2 * hour, { kind: 'incremental', needs: ['first', 'gone'], ...verified }),
    backup('other', 3 * hour, { kind: 'incremental', needs: ['base'] }),
  ];
  expect(keptIds(all, 1_000 * day)).toEqual(['base', 'first', 'second']);
});

/** One simulated history: nights and hours with their faults, tests, holds, and a time without any backup. */
const histories = fc.record({
  days: fc.integer({ min: 120, max: 200 }),
  seed: fc.infiniteStream(fc.integer({ min: 0, max: 999 })),
  silentFrom: fc.integer({ min: 0, max: 150 }),
  silentDays: fc.integer({ min: 0, max: 60 }),
});

/** Plain and slow: each rule spelled as the runbook would. */
function model(all: readonly Keepable[], held: ReadonlySet<string>, now: number): Set<string> {
  const age = (one: Keepable): number => begin + now - Date.parse(one.startedAt);
  const limit = { full: 30, incremental: 7, manual: 90 };
  const kept = new Set(all.filter((one) => age(one) < limit[one.kind] * day || held.has(one.id)).map(({ id }) => id));
  for (const repository of ['local', 'offsite']) {
    const good = all.filter((one) => one.verifiedIn.includes(repository) && !one.suspect);
    const last = good.toSorted((a, b) => Date.parse(a.startedAt) - Date.parse(b.startedAt) || (a.id < b.id ? -1 : 1)).at(-1);
    if (last) kept.add(last.id);
  }
  if (!all.some((one) => one.verifiedIn.length > 0 && !one.suspect)) {
    const usable = all.filter((one) => one.usable);
    const pool = usable.some((one) => !one.suspect) ? usable.filter((one) => !one.suspect) : usable;
    const last = pool.toSorted((a, b) => Date.parse(a.startedAt) - Date.parse(b.startedAt) || (a.id < b.id ? -1 : 1)).at(-1);
    if (last) kept.add(last.id);
  }
  for (let before = -1; before !== kept.size;) {
    before = kept.size;
    for (const one of all) if (kept.has(one.id)) for (const id of one.needs) kept.add(id);
  }
  return kept;
}

test('over 120 days and more of nights, hours, failures, tests and holds the survivors are those of the model', () => {
  fc.assert(
    fc.property(histories, ({ days, seed, silentFrom, silentDays }) => {
      const luck = seed[Symbol.iterator]();
      const chance = (permille: number): boolean => (luck.next().value as number) < permille;
      let all: Keepable[] = [];
      const held = new Map<string, string>();
      let everGood = false;
      for (let today = 0; today < days; today++) {
        const silent = today >= silentFrom && today < silentFrom + silentDays;
        for (const hours of silent ? [] : [2, 8, 14, 20]) {
          if (chance(80)) continue;
          const id = `${String(today).padStart(3, '0')}-${String(hours).padStart(2, '0')}`;
          const last = all.at(-1);
          const full = hours === 2 || last === undefined;
          all.push(
            backup(id, today * day + hours * hour, {
              kind: full ? 'full' : chance(60) ? 'manual' : 'incremental',
              usable: !chance(40),
              suspect: chance(60),
              verifiedIn: ['local', 'offsite'].filter(() => chance(250)),
              needs: full ? [] : [last.id, ...(chance(300) ? last.needs : [])],
            }),
          );
          if (chance(15)) held.set(id, 'kept by a person');
          if (chance(5)) held.clear();
        }
        everGood ||= all.some((one) => one.verifiedIn.length > 0 && !one.suspect);
        const now = (today + 1) * day;
        const kept = new Set(keptIds(all, now, { held, inUse: new Map() }));
        expect(kept).toEqual(model(all, new Set(held.keys()), now));
        const gone = new Set(all.filter(({ id }) => !kept.has(id)).map(({ id }) => id));
        all = all.filter(({ id }) => kept.has(id));
        for (const one of all) expect(one.needs.filter((id) => gone.has(id))).toEqual([]);
        if (everGood) expect(all.some((one) => one.verifiedIn.length > 0 && !one.suspect)).toBe(true);
      }
    }),
    { numRuns: 25 },
  );
});

test('backups stopped for 60 days: the last verified set is still there, chain and all', () => {
  const all = [
    backup('full', 0),
    backup('inc', hour, { kind: 'incremental', needs: ['full'], ...verified }),
    backup('later', 2 * hour, { kind: 'incremental', needs: ['inc', 'full'] }),
  ];
  expect(keptIds(all, 62 * day)).toEqual(['full', 'inc']);
});

test('10,000 backups are decided as few are', () => {
  const many = Array.from({ length: 10_000 }, (_, n) =>
    backup(`b${String(n).padStart(5, '0')}`, n * hour, {
      kind: n % 24 === 0 ? 'full' : 'incremental',
      needs: n % 24 === 0 ? [] : [`b${String(n - 1).padStart(5, '0')}`],
      verifiedIn: n % 48 === 0 ? ['local'] : [],
    }),
  );
  const verdicts = decideRetention(many, keepMs, nothingHeld, begin + 10_000 * hour);
  expect(verdicts.filter(({ keep }) => keep)).toHaveLength(206);
});
