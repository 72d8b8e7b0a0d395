/** Every kind of damage has one outcome, every byte one place, and the reader of JSON agrees with JSON.parse. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isNewline, scanValue } from '../../../domain/audit-log/json-scan.ts';
import { judgeLines } from '../../../domain/audit-log/judge-lines.ts';
import { keptLines } from '../../../domain/audit-log/late-lines.ts';
import { isUtf8 } from '../../../domain/audit-log/utf8.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

interface Outcome {
  readonly kept: string;
  readonly rejected: readonly (readonly [line: number, reason: string, text: string])[];
  readonly separators: number;
  readonly pieces: readonly (readonly [from: number, to: number])[];
}

function judged(bytes: Uint8Array, knownUtf8 = false): Outcome {
  const pieces: [number, number][] = [];
  const rejected: [number, string, string][] = [];
  let kept = '';
  let separators = 0;
  judgeLines(bytes, 0, bytes.length, knownUtf8, {
    keep(from, to) {
      pieces.push([from, to]);
      kept += textOf(bytes.subarray(from, to));
    },
    salvage(from, to) {
      pieces.push([from, to]);
      kept += `${textOf(bytes.subarray(from, to))}\n`;
    },
    reject(line, from, to, reason) {
      pieces.push([from, to]);
      rejected.push([line, reason, textOf(bytes.subarray(from, to))]);
    },
    separate: (count) => void (separators += count),
    blank: () => undefined,
    damaged: () => undefined,
  });
  return { kept, rejected, separators, pieces };
}

const record = '{"id":"audit_1","timestamp":"2026-10-01T00:00:00.000Z","action":"tool.run"}';

describe('one line', () => {
  test.each<[string, string, string, [string, string][]]>([
    ['an object', '{"a":1}', '{"a":1}\n', []],
    ['an object among white space, with CRLF', '  {"a":1} \r', '  {"a":1} \r\n', []],
    ['a deep object', `{"a":${'['.repeat(3_000)}${']'.repeat(3_000)}}`, `{"a":${'['.repeat(3_000)}${']'.repeat(3_000)}}\n`, []],
    ['nothing', '', '', []],
    ['white space', ' \t\r', '', []],
    ['a cut one', '{"a":1,"b', '', [['torn', '{"a":1,"b']]],
    ['a cut one that holds a whole one', '{"a":{"b":2}', '', [['torn', '{"a":{"b":2}']]],
    ['a cut one and a glued one', '{"a":1{"b":2}', '{"b":2}\n', [['torn', '{"a":1']]],
    ['cut within a text', '{"a":"te{"b":2}', '{"b":2}\n', [['torn', '{"a":"te']]],
    ['cut within an escape', '{"a":"te\\{"b":2}', '{"b":2}\n', [['torn', '{"a":"te\\']]],
    ['cut within a code', '{"a":"te\\u00{"b":2}', '{"b":2}\n', [['torn', '{"a":"te\\u00']]],
    ['cut within a key', '{"ke{"b":2}', '{"b":2}\n', [['torn', '{"ke']]],
    ['cut behind a comma', '{"a":1,{"b":2}', '{"b":2}\n', [['torn', '{"a":1,']]],
    ['cut before a value, and a record', `{"a":${record}`, `${record}\n`, [['torn', '{"a":']]],
    ['cut before a value, and two records', `{"a":${record}${record}`, `${record}\n${record}\n`, [['torn', '{"a":']]],
    [
      'cut twice',
      '{"a":1{"b":{"c":3}',
      '',
      [
        ['torn', '{"a":1'],
        ['torn', '{"b":{"c":3}'],
      ],
    ],
    ['two glued', '{"a":1}{"b":2}', '{"a":1}\n{"b":2}\n', []],
    ['two with white space between', '{"a":1} \t{"b":2}', '{"a":1}\n{"b":2}\n', []],
    ['a whole one and a cut one', '{"a":1}{"b":', '{"a":1}\n', [['torn', '{"b":']]],
    [
      'the end of one',
      'ails":{"tags":[]}}',
      '',
      [
        ['not-json', 'ails":'],
        ['torn', '{"tags":[]}'],
        ['not-json', '}'],
      ],
    ],
    ['words before', 'oops {"b":2}', '{"b":2}\n', [['not-json', 'oops ']]],
    ['words behind', '{"b":2} oops', '{"b":2}\n', [['not-json', 'oops']]],
    ['words', 'oops', '', [['not-json', 'oops']]],
    ['NUL bytes', '\0\0\0', '', [['nul-bytes', '\0\0\0']]],
    ['NUL bytes before one', '\0\0{"b":2}', '{"b":2}\n', [['nul-bytes', '\0\0']]],
    [
      'NUL bytes within a text',
      '{"a":"\0\0\0',
      '',
      [
        ['torn', '{"a":"'],
        ['nul-bytes', '\0\0\0'],
      ],
    ],
    ['null', 'null', '', [['not-an-object', 'null']]],
    ['a number', '-4.2e1', '', [['not-an-object', '-4.2e1']]],
    ['a list', '[{"a":1}]', '', [['not-an-object', '[{"a":1}]']]],
    ['a control character in a text', '{"a":"\u0001"}', '', [['torn', '{"a":"\u0001"}']]],
  ])('%s', (_, line, kept, rejected) => {
    const outcome = judged(bytesOf(`${line}\n`), true);
    expect(outcome.kept).toBe(textOf(bytesOf(kept)));
    expect(outcome.rejected.map(([, reason, text]) => [reason, text])).toEqual(rejected);
  });

  test('a byte order mark goes, what follows stays', () => {
    const outcome = judged(bytesOf('\ufeff{"a":1}\n'));
    expect([outcome.kept, outcome.rejected[0]![1]]).toEqual(['{"a":1}\n', 'byte-order-mark']);
  });

  test('bytes that are not UTF-8 spoil an object, and the lines around it stay', () => {
    const bad = Uint8Array.from([...bytesOf('{"a":1}\n{"b":"'), 0xc3, 0x28, ...bytesOf('"}\n{"c":3}\n')]);
    const outcome = judged(bad);
    expect(outcome.kept).toBe('{"a":1}\n{"c":3}\n');
    expect(outcome.rejected.map(([line, reason]) => [line, reason])).toEqual([[1, 'invalid-utf-8']]);
  });

  test('a long line of openings takes no longer than its length allows', () => {
    const began = performance.now();
    for (const part of ['{', '{"a":', '{"a{', '[', '{"timestamp":"', '{"id":"audit_']) {
      judged(bytesOf(`${part.repeat(50_000)}\n`));
    }
    expect(performance.now() - began).toBeLessThan(5_000);
  });
});

const object = fc
  .dictionary(fc.string({ maxLength: 8 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 })
  .map((value) => JSON.stringify(value));
const piece = fc.oneof(
  { weight: 4, arbitrary: object },
  { weight: 1, arbitrary: fc.tuple(object, fc.nat(40)).map(([text, length]) => text.slice(0, length)) },
  { weight: 1, arbitrary: fc.constantFrom('null', '42', '\0\0', '\ufeff', ' ', '\r', 'words', '[]', '"', '{', '}') },
);
const log = fc
  .array(
    fc.array(piece, { maxLength: 3 }).map((pieces) => pieces.join('')),
    { maxLength: 12 },
  )
  .map((lines) => bytesOf(lines.map((line) => `${line}\n`).join('')));
const garbage = fc.uint8Array({ maxLength: 200 }).map((bytes) => Uint8Array.from([...bytes, 10]));

describe('whatever the bytes are', () => {
  test('each of them is kept, rejected or a separator, once and in order', () => {
    fc.assert(
      fc.property(fc.oneof(log, garbage), (bytes) => {
        const { pieces, separators, kept } = judged(bytes);
        let at = 0;
        let between = 0;
        for (const [from, to] of pieces) {
          expect(from).toBeGreaterThanOrEqual(at);
          between += from - at;
          at = to;
        }
        // Newlines of kept runs are within the runs.
        expect(between + bytes.length - at).toBe(separators);
        for (const line of kept.split('\n').filter(Boolean)) {
          expect(typeof JSON.parse(Buffer.from(line, 'latin1').toString())).toBe('object');
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test('a line that is one object stays as it is', () => {
    fc.assert(
      fc.property(fc.array(object), (lines) => {
        const text = lines.map((line) => `${line}\n`).join('');
        expect(Buffer.from(keptLines(bytesOf(text))).toString()).toBe(text);
      }),
    );
  });

  test('what was repaired needs no repair', () => {
    fc.assert(
      fc.property(fc.oneof(log, garbage), (bytes) => {
        const once = keptLines(bytes);
        expect(keptLines(once)).toEqual(once);
        expect(judged(once).rejected).toEqual([]);
      }),
    );
  });

  test('the reader takes what JSON.parse takes', () => {
    const spoilt = fc.tuple(
      fc.json(),
      fc.nat(60),
      fc.constantFrom('', '"', '{', '}', ',', ':', '0', '-', '.', 'e', '\\', 't', '\u0002'),
    );
    fc.assert(
      fc.property(spoilt, ([json, at, instead]) => {
        const text = `${json.slice(0, at)}${instead}${json.slice(at + 1)}`;
        const bytes = bytesOf(`${text}\n`);
        let start = 0;
        while (' \t\r'.includes(textOf(bytes.subarray(start, start + 1)))) start++;
        let end = scanValue(bytes, start, { at: 0, text: -1 });
        while (end >= 0 && ' \t\r'.includes(textOf(bytes.subarray(end, end + 1)))) end++;
        let parses = true;
        try {
          JSON.parse(text);
        } catch {
          parses = false;
        }
        expect([text, end >= 0 && isNewline(bytes[end])]).toEqual([text, parses]);
      }),
      { numRuns: 5_000 },
    );
  });

  test('UTF-8 is what the decoder of the platform takes for it', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.uint8Array({ maxLength: 8 }), fc.string({ unit: 'binary', maxLength: 6 }).map(bytesOf)),
        (bytes) => {
          let decodes = true;
          try {
            new TextDecoder('utf-8', { fatal: true }).decode(bytes);
          } catch {
            decodes = false;
          }
          expect(isUtf8(bytes, 0, bytes.length)).toBe(decodes);
        },
      ),
      { numRuns: 5_000 },
    );
  });
});
