/** Sharing looks: few of them, and none that began before the one who asked. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createSharedFlight } from '../../api/shared-flight.ts';

/** Looks that end when the test says so; each answers the value at its begin. */
function controlled() {
  let value = 0;
  const ends: (() => void)[] = [];
  let looks = 0;
  const read = createSharedFlight(async () => {
    looks += 1;
    const seen = value;
    await new Promise<void>((end) => ends.push(end));
    return seen;
  });
  const settle = async (): Promise<void> => {
    for (let i = 0; i < 10; i++) await Promise.resolve();
  };
  return {
    read,
    write: (next: number) => void (value = next),
    looks: () => looks,
    endOne: async () => {
      ends.shift()?.();
      await settle();
    },
    left: () => ends.length,
  };
}

describe('a shared look', () => {
  test('is one for the first and one for all who come while it flies', async () => {
    const { read, looks, endOne } = controlled();
    const answers = [read('a'), read('a'), read('a'), read('a')];
    expect(looks()).toBe(1);
    await endOne();
    expect(looks()).toBe(2);
    await endOne();
    await Promise.all(answers);
    expect(looks()).toBe(2);
  });

  test('never answers what was true before it was asked for', async () => {
    const { read, write, endOne } = controlled();
    const early = read('a');
    write(1);
    const late = read('a');
    await endOne();
    write(2);
    const later = read('a');
    await endOne();
    await endOne();
    expect(await Promise.all([early, late, later])).toEqual([0, 1, 2]);
  });

  test('is forgotten when nobody waits, and keys do not share', async () => {
    const { read, looks, endOne } = controlled();
    const first = [read('a'), read('b')];
    expect(looks()).toBe(2);
    await endOne();
    await endOne();
    await Promise.all(first);
    const again = read('a');
    expect(looks()).toBe(3);
    await endOne();
    await again;
  });

  test('that fails fails for those who share it, and not for the next', async () => {
    let looks = 0;
    const read = createSharedFlight(async () => {
      looks += 1;
      await Promise.resolve();
      if (looks < 3) throw new Error(`look ${looks}`);
      return looks;
    });
    const outcomes = await Promise.allSettled([read('a'), read('a'), read('a')]);
    expect(outcomes.map((one) => (one.status === 'rejected' ? (one.reason as Error).message : one.value))).toEqual([
      'look 1',
      'look 2',
      'look 2',
    ]);
    expect(await read('a')).toBe(3);
  });

  test('that was in vain is not tried again for those who came meanwhile, but for the next', async () => {
    let looks = 0;
    const read = createSharedFlight(
      async () => {
        looks += 1;
        await Promise.resolve();
        if (looks === 1) throw new Error('away');
        return looks === 2 ? 'stale' : 'fresh';
      },
      (outcome) => outcome.status === 'rejected' || outcome.value === 'stale',
    );
    const ask = () => Promise.allSettled([read('a'), read('a'), read('a')]);
    expect((await ask()).map((one) => one.status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect((await ask()).map((one) => one.status === 'fulfilled' && one.value)).toEqual(['stale', 'stale', 'stale']);
    expect(looks).toBe(2);
    expect(await read('a')).toBe('fresh');
  });

  test('in whatever order things happen, is at least as new as the question', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom('ask', 'write', 'end'), { maxLength: 40 }), async (steps) => {
        const { read, write, endOne, left } = controlled();
        let written = 0;
        const asked: { readonly after: number; readonly answer: Promise<number> }[] = [];
        for (const step of steps) {
          if (step === 'ask') asked.push({ after: written, answer: read('a') });
          if (step === 'write') write((written += 1));
          if (step === 'end') await endOne();
        }
        while (left() > 0) await endOne();
        for (const { after, answer } of asked) expect(await answer).toBeGreaterThanOrEqual(after);
      }),
    );
  });
});
