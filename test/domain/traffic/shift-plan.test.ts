/** What a shift sets at each step, as weights: never nobody, nobody made to give back, maintenance left alone, the end exactly undone. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  changesTo,
  endOf,
  headOfShift,
  planShift,
  settingsAt,
  soleSide,
  strangersAt,
  type Point,
} from '../../../domain/traffic/shift-plan.ts';
import { pull, servesAnybody, sharesOf } from '../../../domain/traffic/split.ts';
import type { LiveProxy, ServerState, ServerView } from '../../../domain/traffic/words.ts';

const sides = { home: ['h1', 'h2'], dr: ['d1', 'd2'] };
const view = (server: string, weight: number, state: ServerState = 'ready', initial = weight): ServerView => ({
  ...{ server, weight, state, initial },
  ...{ isUp: state !== 'maint', sessions: 0, requests: 0, failed: 0, latencyMs: 0 },
});
const proxy = (servers: readonly ServerView[], node = 'a'): LiveProxy => ({ node, answers: true, level: 'admin', servers });
const plan = (reports: readonly LiveProxy[], wanted: { readonly side?: string; readonly share?: number } = {}) =>
  planShift(
    { target: 't', side: 'dr', share: 100, steps: [10, 50, 100], dwellMs: 1, weight: 100, sides, isProbed: true, ...wanted },
    reports,
  );
const weights = (point: Point, servers: readonly ServerView[], wanted = {}): string =>
  settingsAt(plan([proxy(servers)], wanted), 'a', point)
    .map(({ weight, state }) => `${weight}${state === 'ready' ? '' : ` ${state}`}`)
    .join(' ');
const atHome = [view('h1', 50), view('h2', 50), view('d1', 0), view('d2', 0)];

describe('at each step', () => {
  test.each([
    [10, '45 45 5 5'],
    [50, '25 25 25 25'],
    [100, '0 0 50 50'],
    ['drained', '0 drain 0 drain 50 50'],
    ['before', '50 50 0 0'],
  ] as const)('%s: %s', (point, wanted) => {
    expect(weights(point, atHome)).toBe(wanted);
  });
  test('a side is divided as its configuration has it', () => {
    expect(weights(50, [view('h1', 80), view('h2', 20), view('d1', 0, 'ready', 30), view('d2', 0, 'ready', 10)])).toBe(
      '40 10 38 13',
    );
  });
  test('who gets anything gets something, however little', () => {
    expect(weights(1, [...atHome.slice(0, 2), view('d1', 0, 'ready', 255), view('d2', 0, 'ready', 1)])).toBe('50 50 1 1');
  });
  test('maintenance stays what it is, and others stand in for it', () => {
    expect(weights('drained', [view('h1', 50, 'maint'), view('h2', 50), view('d1', 7, 'maint'), view('d2', 0)])).toBe(
      '50 maint 0 drain 7 maint 100',
    );
  });
  test('a side that was drained takes requests again', () => {
    expect(weights(50, [view('h1', 50), view('h2', 50), view('d1', 50, 'drain'), view('d2', 50, 'drain')])).toBe('25 25 25 25');
  });
});

test('proxies that differ meet: nobody that has more gives it back', () => {
  const one = plan([proxy(atHome), proxy([view('h1', 30), view('h2', 30), view('d1', 20), view('d2', 20)], 'b')]);
  expect(one.steps).toEqual([10, 50, 100]);
  const shares = (node: string, point: Point) => sharesOf(settingsAt(one, node, point), sides)['dr'];
  expect([shares('a', 10), shares('b', 10), shares('a', 50), shares('b', 50)]).toEqual([10, 40, 50, 50]);
});

test('steps lie between what is there and what is wanted', () => {
  const half = [view('h1', 50), view('h2', 0), view('d1', 50), view('d2', 0)];
  expect(plan([proxy(half)]).steps).toEqual([100]);
  expect(plan([proxy(atHome)], { share: 30 }).steps).toEqual([10, 30]);
  expect(headOfShift(plan([proxy(half)], { share: 50 }), '').size.items).toBe(0);
});

test('those that gain come first', () => {
  const order = changesTo(atHome, settingsAt(plan([proxy(atHome)]), 'a', 100)).map(({ server }) => server);
  expect(order).toEqual(['d1', 'd2', 'h1', 'h2']);
});

const states = fc.constantFrom<ServerState>('ready', 'ready', 'drain', 'maint');
const servers = fc
  .tuple(...['h1', 'h2', 'd1', 'd2'].map((name) => fc.tuple(fc.nat(256), states, fc.nat(256)).map((x) => view(name, ...x))))
  .filter((all) => all.some(({ server, state }) => server.startsWith('d') && state !== 'maint'));

test('whatever was there: every step serves somebody, all the way, one command after the other; back it is what it was', () => {
  fc.assert(
    fc.property(servers, fc.integer({ min: 1, max: 100 }), (before, share) => {
      if (sharesOf(before, sides)['dr']! > share) return;
      const one = plan([proxy(before)], { share });
      let now = before;
      const isServed = (): boolean => servesAnybody(now, now);
      const wasServed = isServed();
      for (const point of [...one.steps, endOf(one), 'before'] as const) {
        const from = isServed();
        for (const change of changesTo(now, settingsAt(one, 'a', point))) {
          now = now.map((server) => (server.server === change.server ? { ...server, ...change } : server));
          if (from && point !== 'before') expect(isServed(), `${point}`).toBe(true);
        }
        if (point !== 'before') expect(isServed(), `${point}`).toBe(true);
        expect(strangersAt(one, 'a', now)).toEqual([]);
      }
      expect(now.map((server) => [server.weight, server.state])).toEqual(before.map(({ weight, state }) => [weight, state]));
      expect(isServed()).toBe(wasServed);
    }),
  );
});

test('shares come out as they were asked for, as near as weights can say it', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 100 }), (share) => {
      const single = { home: ['h1'], dr: ['d1'] };
      const wanted = { target: 't', side: 'dr', share, steps: [share], dwellMs: 1, weight: 100, sides: single, isProbed: true };
      const one = planShift(wanted, [proxy([view('h1', 100), view('d1', 0)])]);
      const [h, d] = settingsAt(one, 'a', share).map(pull);
      expect(d! / (h! + d!)).toBeCloseTo(share / 100, 5);
    }),
  );
});

test('a side had everything where it had that at every proxy', () => {
  const atBoth = [view('h1', 50), view('h2', 50), view('d1', 10), view('d2', 0)];
  expect(soleSide(plan([proxy(atHome), proxy(atHome, 'b')]))).toBe('home');
  expect(soleSide(plan([proxy(atHome), proxy(atBoth, 'b')]))).toBeUndefined();
});

test('what somebody else has set is a stranger', () => {
  const one = plan([proxy(atHome)]);
  expect(strangersAt(one, 'a', [view('h1', 33), view('h2', 50), view('d1', 5)])).toEqual(['h1', 'd2']);
});
