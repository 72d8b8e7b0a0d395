/** The repair on real files: the same as line by line, whatever the size, the cuts between chunks, and the death of its threads. */
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLogRepair } from '../../adapters/audit-log/log-repair.ts';
import { isComplete } from '../../domain/audit-log/repair-counts.ts';

let folder: string;
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'okiagari-repair-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const place = (path: string) => ({ root: folder, path });
const read = (path: string): Buffer => readFileSync(join(folder, path));
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const repair = createLogRepair();
const output = () => ({ kept: place('kept'), keptAt: 0, rejected: place('rejected'), rejectedAt: 0 });

interface Kind {
  readonly line: string;
  readonly kept: string;
  readonly rejected: number;
}
const kinds: readonly Kind[] = [
  { line: '{"cut":1', kept: '', rejected: 1 },
  { line: '{"cut":1{"glued":2}', kept: '{"glued":2}\n', rejected: 1 },
  { line: '{"one":1}{"two":2}', kept: '{"one":1}\n{"two":2}\n', rejected: 0 },
  { line: 'null', kept: '', rejected: 1 },
  { line: '\0\0\0\0', kept: '', rejected: 1 },
  { line: '', kept: '', rejected: 0 },
  { line: '{"crlf":1}\r', kept: '{"crlf":1}\r\n', rejected: 0 },
  { line: '\ufeff{"bom":1}', kept: '{"bom":1}\n', rejected: 1 },
];

/** A million lines, one of them damaged in every hundred; among them one of nine megabytes and one of forty. */
function makeLog(lines: number): { readonly text: Buffer; readonly kept: Buffer; readonly rejected: number } {
  const text: string[] = [];
  const kept: string[] = [];
  let rejected = 0;
  for (let n = 0; n < lines; n++) {
    const kind = n % 100 === 7 ? kinds[((n / 100) % kinds.length) | 0] : undefined;
    if (kind === undefined) {
      const long = n === 1_000 ? 'x'.repeat(9_000_000) : '';
      const line = `{"timestamp":"2026-10-01T00:00:00.000Z","action":"run_dynamic_tool","n":${n},"text":"日本${long}"}\n`;
      text.push(line);
      kept.push(line);
    } else {
      text.push(`${kind.line}\n`);
      kept.push(kind.kept);
      rejected += kind.rejected;
    }
  }
  text.push(`{"far too long":"${'y'.repeat(40_000_000)}"}\n`);
  return { text: Buffer.from(text.join('')), kept: Buffer.from(kept.join('')), rejected };
}

test('a million lines with every kind of damage: good lines as they were, in order, all else in quarantine, every byte accounted for', async () => {
  const { text, kept, rejected } = makeLog(1_000_000);
  writeFileSync(join(folder, 'log'), text);
  const part = { place: place('log'), from: 0, to: text.length, firstLine: 1 };
  const built = await repair.buildRepaired(part, output());
  expect(sha256(read('kept'))).toBe(sha256(kept));
  expect(isComplete(built.counts)).toBe(true);
  expect(built.counts).toMatchObject({ bytes: text.length, lines: 1_000_001 });
  expect(Object.values(built.counts.rejected).reduce((sum, count) => sum + count)).toBe(rejected + 1);
  const records = read('rejected').toString().trimEnd().split('\n');
  let bytes = 0;
  for (const one of records) {
    const { offset, bytes: length, base64 } = JSON.parse(one) as { offset: number; bytes: number; base64: string };
    expect(Buffer.from(base64, 'base64').equals(text.subarray(offset, offset + length))).toBe(true);
    bytes += length;
  }
  expect(bytes).toBe(built.counts.rejectedBytes);
  expect((await repair.scanLog(part)).counts).toEqual(built.counts);
  expect(await repair.readHash(place('kept'), built.keptBytes)).toBe(sha256(kept));

  // Stopped in its middle, it goes on from there and ends with the same files.
  const [whole, quarantine] = [sha256(read('kept')), sha256(read('rejected'))];
  for (const name of ['kept', 'rejected']) rmSync(join(folder, name));
  const stop = new AbortController();
  const progress = place('progress');
  const stopped = repair.buildRepaired(part, { ...output(), progress }, stop.signal);
  const noted = (): number => {
    const note = statSync(join(folder, 'progress'), { throwIfNoEntry: false }) === undefined ? '{}' : read('progress').toString();
    return (JSON.parse(note) as { chunk?: number }).chunk ?? 0;
  };
  await expect.poll(noted, { interval: 2, timeout: 20_000 }).toBeGreaterThan(0);
  stop.abort(new Error('stopped'));
  await stopped.catch(() => undefined);
  const again = await repair.buildRepaired(part, { ...output(), progress });
  expect(again.resumedAt).toBeGreaterThan(0);
  expect(again.counts).toEqual(built.counts);
  expect([sha256(read('kept')), sha256(read('rejected'))]).toEqual([whole, quarantine]);

  // Notes that speak of more than is there are not believed.
  truncateSync(join(folder, 'kept'), 10);
  expect((await repair.buildRepaired(part, { ...output(), progress })).resumedAt).toBe(0);
  expect(sha256(read('kept'))).toBe(whole);
}, 60_000);

test('a last line without newline is judged as if it had one', async () => {
  writeFileSync(join(folder, 'log'), '{"a":1}\n{"b":2}');
  const part = { place: place('log'), from: 0, to: 15, firstLine: 1 };
  const { counts } = await repair.buildRepaired(part, output());
  expect(read('kept').toString()).toBe('{"a":1}\n{"b":2}\n');
  expect([counts.lines, counts.bytes, isComplete(counts)]).toEqual([2, 15, true]);
});

test('parts go one behind the other', async () => {
  writeFileSync(join(folder, 'log'), 'bad\n{"a":1}\nworse\n{"b":2}\n');
  const first = await repair.buildRepaired({ place: place('log'), from: 0, to: 12, firstLine: 1 }, output());
  const behind = { ...output(), keptAt: first.keptBytes, rejectedAt: first.rejectedBytes };
  await repair.buildRepaired({ place: place('log'), from: 12, to: 26, firstLine: 1 + first.counts.lines }, behind);
  expect(read('kept').toString()).toBe('{"a":1}\n{"b":2}\n');
  const lines = read('rejected').toString().trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([{ line: 1 }, { line: 3, offset: 12 }]);
});
