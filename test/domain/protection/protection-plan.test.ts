/** What a stage limits and whom it denies, who is spared, and how it is taken back. */
import { expect, test } from 'vitest';
import {
  headOfProtection,
  isOurLimit,
  limitBefore,
  planProtection,
  raisedAt,
  worstSources,
} from '../../../domain/protection/protection-plan.ts';
import { checkLowered, checkRaised, isRaised } from '../../../domain/protection/guard-checks.ts';
import { whyUnprepared, type Pieces } from '../../../domain/protection/prepared.ts';
import { newestRates, ratesBetween, whyNotEnough } from '../../../domain/protection/rates.ts';
import type { LiveGuard } from '../../../domain/protection/words.ts';

const guard = (change: Partial<LiveGuard> = {}): LiveGuard => ({
  ...{ node: 'a', answers: true, level: 'admin', missing: [], allowed: ['192.0.2.0/24'], denied: [] },
  ...{ sources: [], known: 10, rate: 0, counted: { requests: 0, denied: 0 } },
  ...change,
});
const source = (address: string, requests: number) => ({ address, requests });
const sources = [source('203.0.113.1', 900), source('192.0.2.7', 800), source('203.0.113.2', 700), source('2001:db8::5', 600)];
const wanted = { target: 'edge', stage: 1, limit: 100, deny: 2, given: [], never: ['192.0.2.0/24'] };
const pieces: Pieces = {
  ...{ frontend: 'users', table: 'sources', limits: { map: '/limits', key: 'requests' } },
  ...{ denyList: '/deny', allowList: '/never', never: ['192.0.2.0/24'] },
};
const well = { ok: true, ms: 1, said: '' };

test('the worst are denied, in order, but never those that must not be; who is denied already leaves room for others', () => {
  const plan = planProtection(wanted, [guard({ sources, denied: ['203.0.113.0/31'] })]);
  expect(plan.guards).toEqual([{ node: 'a', raised: 100, adds: ['203.0.113.2', '2001:db8::5'] }]);
  expect(plan.spared).toEqual(['192.0.2.7 (192.0.2.0/24)']);
});
test('a source that several proxies know counts as where it is worst', () => {
  const reports = [guard({ sources }), guard({ node: 'b', sources: [source('203.0.113.2', 950)] })];
  expect(worstSources(reports).slice(0, 2)).toEqual([source('203.0.113.2', 950), source('203.0.113.1', 900)]);
});
test('the same world gives the same plan, and another another', () => {
  const digest = (change: Partial<LiveGuard>) => planProtection(wanted, [guard({ sources, ...change })]).digest;
  expect(digest({ rate: 5 })).toBe(digest({ rate: 9 }));
  expect(digest({ limit: 70 })).not.toBe(digest({}));
});
test.each([
  [undefined, 100],
  [0, 100],
  [500, 100],
  [30, 30],
])('a limit of %s becomes %s: what is stricter stays', (limit, raised) => {
  const plan = planProtection(wanted, [guard(limit === undefined ? {} : { limit })]);
  expect(plan.guards[0]!.raised).toBe(raised);
});
test('people are asked where more would be denied than the inventory says', () => {
  const plan = planProtection(wanted, [guard({ sources })]);
  expect(headOfProtection(plan, 'ref', { known: 10, askAbove: 2 })).toMatchObject({
    counts: { add: 3, overwrite: 0 },
    size: { items: 3, share: 0.2 },
    summary: {
      en: expect.stringContaining('2 denied (203.0.113.1, 203.0.113.2). Never denied, though they send much: 192.0.2.7'),
    },
  });
  expect(headOfProtection(plan, 'ref', { known: 10, askAbove: 2 }).needsPeople).toBeUndefined();
  expect(headOfProtection(plan, 'ref', { known: 10, askAbove: 1 }).needsPeople?.en).toBe(
    '2 sources would be denied, more than 1.',
  );
});
test('two stages together are what the second has, and lead back to what was before the first', () => {
  const first = planProtection({ ...wanted, deny: 1 }, [guard({ sources })]);
  const second = planProtection({ ...wanted, limit: 20, deny: 1 }, [guard({ sources, limit: 100, denied: ['203.0.113.1'] })]);
  const plans = [first, second];
  expect(raisedAt(plans, 'a')).toEqual({ limit: 20, denied: ['203.0.113.1', '203.0.113.2'] });
  expect([limitBefore(plans, 'a'), limitBefore([second], 'a'), raisedAt(plans, 'b')]).toEqual([undefined, 100, undefined]);
  expect([undefined, 100, 20, 7].map((limit) => isOurLimit(plans, 'a', limit))).toEqual([true, true, true, false]);
  const raised = guard({ limit: 20, denied: ['203.0.113.0/24'] });
  expect([isRaised(plans, raised), isRaised(plans, { ...raised, limit: 5 })]).toEqual([true, true]);
  expect([{ limit: 0 }, { limit: 30 }, { denied: [] }].map((change) => isRaised(plans, { ...raised, ...change }))).toEqual(
    Array(3).fill(false),
  );
});
test('nothing of ours may be left, and nobody who must not be is denied', () => {
  const plans = [planProtection(wanted, [guard({ sources })])];
  const failing = (change: Partial<LiveGuard>, check = checkLowered) =>
    check(plans, { reports: [guard(change)], never: wanted.never, probe: well }).flatMap(({ id, ok }) => (ok ? [] : [id]));
  expect(failing({})).toEqual([]);
  expect(failing({ limit: 7 })).toEqual([]);
  expect([failing({ limit: 100 }), failing({ denied: ['203.0.113.2'] })]).toEqual([['lowered-a'], ['lowered-a']]);
  expect(failing({ denied: ['192.0.2.128/25'] })).toEqual(['never-a']);
  expect(failing({ saved: { limit: 100, denied: [] } })).toEqual(['saved-a']);
  expect(failing({}, checkRaised)).toEqual(['raised-a']);
  expect(failing({ limit: 100, denied: ['203.0.113.1', '203.0.113.2'] }, checkRaised)).toEqual([]);
});
test('a proxy that lacks something is told the lines for it; a list that would let an operator be limited, what to add', () => {
  const said = (change: Partial<LiveGuard>) => whyUnprepared(guard(change), pieces).map(({ en }) => en);
  expect(said({})).toEqual([]);
  expect(said({ missing: ['denyList'] })).toEqual([
    'a has no list /deny: its configuration needs `http-request deny deny_status 403 if !never { src -f /deny }`.',
  ]);
  expect(said({ allowed: ['192.0.2.7'] })).toEqual(['a would limit 192.0.2.0/24: put them into /never and reload it.']);
  expect(said({ denied: ['192.0.0.0/16'] })[0]).toContain('take it from /deny');
  expect(said({ level: 'operator' })).toEqual([]);
  expect(said({ level: 'user' })).toEqual(['a gives us the level "user", which sees no table: it takes "operator" at least.']);
});
test('rates come from what was counted, also where a proxy was restarted in between', () => {
  const sample = (at: number, requests: number, denied: number) => ({ at, counted: { a: { requests, denied } } });
  expect(ratesBetween(sample(0, 100, 0), sample(2_000, 300, 150))).toEqual({ offered: 100, passed: 25 });
  expect(ratesBetween(sample(0, 5_000, 9), sample(1_000, 40, 10))).toEqual({ offered: 40, passed: 30 });
  expect(newestRates([sample(0, 0, 0), sample(500, 100, 0)], 1_000)).toBeUndefined();
  expect(newestRates([sample(0, 0, 0), sample(500, 500, 0), sample(1_600, 600, 0)], 1_000)).toEqual({ offered: 91, passed: 91 });
  const rates = { offered: 900, passed: 100 };
  expect(whyNotEnough(rates, 100, undefined)).toBeUndefined();
  expect(whyNotEnough(rates, 99, undefined)?.en).toBe('100 requests a second get through; 99 are borne.');
  expect(whyNotEnough(rates, 100, 'status 503')?.en).toBe('Our own probe is not answered well: status 503.');
});
