/** A log is replaced under writers at full speed, and under a death after every effect: no line is lost, none comes twice. */
import {
  appendFileSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { replaceLog, type Replacement } from '../../../activities/audit-log/replace-log.ts';
import type { Ports } from '../../../activities/ports/index.ts';
import { createLogFiles } from '../../../adapters/audit-log/log-files.ts';
import { createLocalFiles } from '../../../adapters/files/local-files.ts';
import { numbersOf, startWriter, upTo } from '../../support/audit-log/writers.ts';
import { isEffect } from '../../support/crash/points.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'okiagari-swap-'));
  mkdirSync(join(folder, 'data'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const at = (name: string): string => join(folder, name);
const read = (name: string): string => readFileSync(at(name), 'utf8');
const ports = (): Ports => ({ files: createLocalFiles(), logs: createLogFiles(), data: at('data') }) as unknown as Ports;

async function replacement(more: Partial<Replacement> = {}): Promise<Replacement> {
  const old = await createLogFiles().lookAt({ root: folder, path: 'log' });
  return {
    ...{ root: folder, log: 'log', prepared: 'prepared', keepAs: 'kept', name: 'store/one', late: (bytes) => bytes },
    old: old?.inode ?? null,
    consumed: old?.bytes ?? 0,
    ...more,
  };
}

describe('under writers at full speed', () => {
  test('every line is in the new log once, whether its writer opens the file anew or holds it open', async () => {
    writeFileSync(at('log'), 'old 1\nold 2\n');
    const what = await replacement();
    writeFileSync(at('prepared'), 'new 1\n');
    const writers = await Promise.all([
      startWriter('opens', at('log'), 'opener-a', 1_200),
      startWriter('opens', at('log'), 'opener-b', 1_200),
      startWriter('holds', at('log'), 'holder', 1_000),
    ]);
    const { consumed, merged } = await replaceLog(ports(), what);
    for (const { name, wrote } of writers) {
      const count = await wrote;
      expect(count).toBeGreaterThan(100);
      expect(numbersOf(at('log'), name).toSorted((a, b) => a - b)).toEqual(upTo(count));
    }
    expect(read('log').startsWith('new 1\n')).toBe(true);
    expect(read('kept').startsWith('old 1\nold 2\n')).toBe(true);
    expect(consumed).toBe(statSync(at('kept')).size);
    const log = readFileSync(at('log'));
    const late = Buffer.concat(merged.map((piece) => log.subarray(piece.at, piece.at + piece.bytes)));
    expect(late.equals(readFileSync(at('kept')).subarray(what.consumed))).toBe(true);
  });
});

test('a writer that holds the file open and rests is waited for', async () => {
  writeFileSync(at('log'), 'old\n');
  const what = await replacement();
  writeFileSync(at('prepared'), 'new\n');
  const { name, wrote } = await startWriter('rests', at('log'), 'rester', 1_500);
  await replaceLog(ports(), what);
  expect(numbersOf(at('log'), name)).toEqual(upTo(await wrote));
});

describe('killed after any effect', () => {
  /** Everything that `replaceLog` does, cut off after (or before) its n-th effect. */
  function dying(n: number, when: 'before' | 'after', lived: { effects: number }): Ports {
    const wrap = <T extends object>(port: T): T =>
      Object.fromEntries(
        Object.entries(port).map(([name, member]) => [
          name,
          typeof member === 'function' && isEffect(name)
            ? async (...args: unknown[]) => {
                if (++lived.effects === n && when === 'before') throw new Error('killed');
                const result = await (member as (...args: unknown[]) => unknown)(...args);
                if (lived.effects === n && when === 'after') throw new Error('killed');
                return result;
              }
            : member,
        ]),
      ) as T;
    const whole = ports();
    return { ...whole, files: wrap(whole.files), logs: wrap(whole.logs) };
  }

  test.each(['before', 'after'] as const)(
    '%s it: the log is the old or the new one, and ends with each line once',
    async (when) => {
      let deaths = 0;
      for (let n = 1; ; n++) {
        for (const name of ['log', 'kept', 'prepared', 'data/swaps/store/one.json']) rmSync(at(name), { force: true });
        writeFileSync(at('log'), 'old 1\n');
        const what = await replacement();
        writeFileSync(at('prepared'), 'new 1\n');
        // Came after the new file was made.
        appendFileSync(at('log'), 'late 1\nlate 2\nlate 3');
        const lived = { effects: 0 };
        const died = await replaceLog(dying(n, when, lived), what).then(
          () => false,
          (error: Error) => error.message === 'killed',
        );
        expect(read('log')).toMatch(/^(old 1\n|new 1\n)/);
        if (!died) break;
        deaths++;
        appendFileSync(at('log'), '\nmeanwhile\n');
        await replaceLog(ports(), what);
        const lines = read('log').split('\n').filter(Boolean).toSorted();
        expect(lines).toEqual(['late 1', 'late 2', 'late 3', 'meanwhile', 'new 1']);
        expect(await replaceLog(ports(), what)).toMatchObject({ consumed: statSync(at('kept')).size });
      }
      expect(deaths).toBeGreaterThan(6);
    },
  );

  test('in the middle of an append: what is there is not brought again', async () => {
    writeFileSync(at('log'), 'old 1\n');
    const what = await replacement();
    writeFileSync(at('prepared'), '');
    appendFileSync(at('log'), 'late 1\nlate 2\nlate 3\n');
    const whole = ports();
    const cut: Ports = {
      ...whole,
      logs: {
        ...whole.logs,
        append: async (place, bytes) => {
          await whole.logs.append(place, bytes.subarray(0, 7));
          throw new Error('killed');
        },
      },
    };
    await expect(replaceLog(cut, what)).rejects.toThrow('killed');
    appendFileSync(at('log'), 'meanwhile\n');
    const { merged } = await replaceLog(ports(), what);
    expect(read('log')).toBe('late 1\nmeanwhile\nlate 2\nlate 3\n');
    expect(merged.map((piece) => read('log').slice(piece.at, piece.at + piece.bytes))).toEqual(['late 1\n', 'late 2\nlate 3\n']);
  });
});

describe('what else may be there', () => {
  test('another log than the plan saw is left alone', async () => {
    writeFileSync(at('log'), 'old\n');
    const what = await replacement();
    writeFileSync(at('prepared'), 'new\n');
    rmSync(at('log'));
    writeFileSync(at('log'), 'somebody else\n');
    await expect(replaceLog(ports(), { ...what, old: '1:1' })).rejects.toMatchObject({ type: 'plan-changed' });
    expect(read('log')).toBe('somebody else\n');
    expect(existsSync(at('kept')), 'a name of it in our place for the old one').toBe(false);
  });

  test('where there is no log, the new one gets its name, unless somebody was faster', async () => {
    const what = await replacement();
    writeFileSync(at('prepared'), 'new\n');
    await replaceLog(ports(), what);
    expect([read('log'), existsSync(at('prepared')), existsSync(at('kept'))]).toEqual(['new\n', false, false]);
    writeFileSync(at('prepared'), 'new\n');
    await expect(replaceLog(ports(), { ...what, name: 'store/two' })).rejects.toMatchObject({ type: 'plan-changed' });
  });

  test('a log can go without another one: what still comes begins a new one', async () => {
    writeFileSync(at('log'), 'old\n');
    const what = await replacement({ prepared: undefined });
    appendFileSync(at('log'), 'late\n');
    await replaceLog(ports(), what);
    expect([read('log'), read('kept')]).toEqual(['late\n', 'old\nlate\n']);
  });

  test('only what `late` lets through comes over', async () => {
    writeFileSync(at('log'), 'old\n');
    const what = await replacement({ late: (bytes, offset) => (offset === 4 ? bytes.subarray(0, 6) : bytes) });
    writeFileSync(at('prepared'), 'new\n');
    appendFileSync(at('log'), 'keep 1drop');
    const held = openSync(at('log'), 'a');
    writeSync(held, '\n');
    closeSync(held);
    await replaceLog(ports(), what);
    expect(read('log')).toBe('new\nkeep 1');
  });
});
