/** When a side that was given more has to give it back: by the newest requests, by their time, by our own probe. */
import { describe, expect, test } from 'vitest';
import { figuresBetween, newest, whyOver, type ProbeResult, type Sample } from '../../../domain/traffic/judge-watch.ts';
import type { Counters } from '../../../domain/traffic/words.ts';

const limits = { errors: 0.05, latencyMs: 500, requests: 20 };
const sample = (at: number, requests: number, failed = 0, latencyMs = 0): Sample => ({
  at,
  counted: { a: { dr: { requests, failed, latencyMs } } },
});
const between = (before: Partial<Counters>, after: Partial<Counters>) => {
  const of = (some: Partial<Counters>): Sample => ({
    at: 0,
    counted: { a: { dr: { requests: 0, failed: 0, latencyMs: 0, ...some } } },
  });
  return figuresBetween(of(before), of(after), ['dr']);
};

describe('figures', () => {
  test('are what was counted between two samples, over all proxies', () => {
    const counted = (n: number) => ({ dr: { requests: n, failed: n / 10, latencyMs: 7 } });
    const [before, after] = [
      { at: 0, counted: { a: counted(100), b: counted(10) } },
      { at: 1, counted: { a: counted(150), b: counted(20) } },
    ];
    expect(figuresBetween(before, after, ['dr'])).toEqual({ requests: 60, failed: 6, latencyMs: 7 });
    expect(figuresBetween(before, after, ['other'])).toEqual({ requests: 0, failed: 0 });
  });
  test('begin anew where a proxy was restarted, and where one came later', () => {
    expect(between({ requests: 500, failed: 3 }, { requests: 40, failed: 2 })).toMatchObject({ requests: 40, failed: 2 });
    expect(figuresBetween({ at: 0, counted: {} }, sample(1, 9, 1), ['dr'])).toMatchObject({ requests: 9, failed: 1 });
  });
  test('find the time of the newest in a mean over the last 1,024', () => {
    expect(between({ requests: 100, latencyMs: 10 }, { requests: 200, latencyMs: 110 }).latencyMs).toBe(210);
    expect(between({ requests: 5_000, latencyMs: 10 }, { requests: 5_100, latencyMs: 30 }).latencyMs).toBe(215);
    expect(between({ requests: 5_000, latencyMs: 10 }, { requests: 9_000, latencyMs: 30 }).latencyMs).toBe(30);
  });
});

describe('the newest stretch', () => {
  test('shows what begins late, where everything since the beginning would hide it', () => {
    const calm = Array.from({ length: 100 }, (_, n) => sample(n * 1_000, n * 100));
    const bad = [...calm, sample(100_000, 10_000, 60), sample(101_000, 10_100, 160)];
    expect(newest(bad, ['dr'], limits)).toMatchObject({ requests: 200, failed: 160 });
    expect(figuresBetween(bad[0]!, bad.at(-1)!, ['dr']).failed / 10_100).toBeLessThan(0.05);
  });
  test('goes back as far as it takes to say something', () => {
    const few = Array.from({ length: 30 }, (_, n) => sample(n * 1_000, n));
    expect(newest(few, ['dr'], limits).requests).toBe(20);
    expect(newest(few.slice(0, 5), ['dr'], limits).requests).toBe(4);
  });
});

const well: ProbeResult = { ok: true, ms: 5, said: 'status 200' };
const ill: ProbeResult = { ok: false, ms: 5, said: 'status 500' };
const slow: ProbeResult = { ok: true, ms: 900, said: 'status 200' };

test.each([
  ['few failures', { requests: 100, failed: 5 }, [], undefined],
  ['more than the part', { requests: 100, failed: 6 }, [], '6 of the last 100 requests of dr failed.'],
  ['too few to judge', { requests: 19, failed: 19 }, [well], undefined],
  ['a long time', { requests: 20, failed: 0, latencyMs: 501 }, [], 'dr takes 501 ms to answer; up to 500 ms are well.'],
  ['one probe that failed', { requests: 0, failed: 0 }, [well, ill], undefined],
  ['the only one', { requests: 0, failed: 0 }, [ill], undefined],
  ['two in a row', { requests: 0, failed: 0 }, [well, ill, ill], 'The probe of dr failed twice: status 500.'],
  ['failed and well again', { requests: 0, failed: 0 }, [ill, ill, well], undefined],
  ['one slow probe', { requests: 0, failed: 0 }, [well, slow, well], undefined],
  ['slow probes', { requests: 0, failed: 0 }, [slow, well, slow], 'dr takes 900 ms to answer; up to 500 ms are well.'],
] as const)('%s', (_, figures, probes, why) => {
  expect(whyOver('dr', figures, probes, limits)?.en).toBe(why);
});
