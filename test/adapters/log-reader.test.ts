/** The log reader against a plain model: every kind of line, at every border between two ranges, through threads, and with flat memory. */
import { closeSync, openSync, mkdtempSync, rmSync, writeFileSync, symlinkSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLogReader } from '../../adapters/log-questions/log-reader.ts';
import { tallyRange } from '../../adapters/log-questions/tally-range.ts';
import { longestLine } from '../../adapters/log-questions/line-chunks.ts';
import { entryOf } from '../../domain/log-questions/log-entry.ts';
import { answerOf } from '../../domain/log-questions/answer.ts';
import { count, emptyTally, putTogether } from '../../domain/log-questions/tally.ts';
import { logQuestions, type AskedQuestion } from '../../domain/log-questions/words.ts';
import { UnsafePath } from '../../domain/tool-store/unsafe-path.ts';

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'okiagari-log-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const now = Date.parse('2026-11-25T00:00:00.000Z');
const at = (n: number): string => new Date(now - n * 3_600_000).toISOString();
const good = [
  `{"timestamp":"${at(1)}","action":"run_dynamic_tool","toolId":"dt_a","toolName":"a","success":true,"details":{"ms":12}}`,
  `{"timestamp":"${at(50)}","action":"run_dynamic_tool","toolId":"dt_a","toolName":"a","success":false,"error":"timed out"}`,
  `{"id":"audit_1","timestamp":"${at(900)}","action":"tool.create","toolId":"dt_b","toolName":"b","actor":"extension","details":{"mode":"function"},"success":true}`,
  `{"timestamp":"${at(900)}","action":"create_tool","toolId":"dt_b","toolName":"b","success":true,"details":{"tags":[]}}`,
  `{ "action": "tool.run", "toolName": "日本", "success": false, "errorMessage": "タイムアウト", "timestamp": "2026-11-24T09:00:00+09:00" }`,
  `{"timestamp":"${at(2)}","action":"run_dynamic_tool","toolName":"日本","success":true}`,
  `{"timestamp":"${at(2)}","action":"run_dynamic_tool","toolName":"es\\"caped","success":true}`,
  // An object inside that looks like the line itself, and a name that stands twice: the last one counts.
  `{"timestamp":"${at(3)}","action":"verification.run","toolName":"c","details":{"action":"run_dynamic_tool","toolName":"no","success":false}}`,
  `{"timestamp":"${at(3)}","action":"tool.run","toolName":"c","toolName":"d","success":false,"success":true}`,
  `{"timestamp":"${at(4)}","action":"run_dynamic_tool","toolName":"e","success":true,"details":{"text":"} {\\n"}}\r`,
];
const bad = [
  '{"timestamp":"2026',
  '{"a":1{"b":false}',
  'null',
  '42',
  '',
  '\0\0\0\0false creat',
  '\xff\xfe false creat',
  '[false,"creat"]',
  '\r',
];
const text = [...good, ...bad, ...good.toReversed(), ''].join('\n');

/** What the reader should answer: every line parsed, slowly. */
function model(content: Buffer, asked: AskedQuestion) {
  const tally = emptyTally();
  const lines = content.toString('latin1').split('\n');
  lines.forEach((line, n) => {
    if (line === '' || line === '\r') return;
    const mark = { failures: 'false', timeouts: 'false', creations: 'creat', usage: '', ages: '' }[asked.question];
    if (!line.includes(mark)) return;
    let entry;
    try {
      entry = entryOf(JSON.parse(Buffer.from(line, 'latin1').toString('utf8')));
    } catch {}
    if (entry) count(tally, asked, entry, line.length + 1);
    else if (n < lines.length - 1) {
      tally.damaged += 1;
      if (asked.question === 'ages') tally.ages.at(-1)!.lines += 1;
      if (asked.question === 'ages') tally.ages.at(-1)!.bytes += line.length + 1;
    }
  });
  return answerOf(tally, asked, content.length);
}

function withLog<T>(content: Buffer, work: (fd: number, path: string) => T): T {
  const path = join(folder, 'log.jsonl');
  writeFileSync(path, content);
  const fd = openSync(path, 'r');
  try {
    return work(fd, path);
  } finally {
    closeSync(fd);
  }
}

describe.each(logQuestions)('%s', (question) => {
  const asked: AskedQuestion = { question, now, limit: 20 };
  test('are as the model says, wherever a log is cut into two ranges', () => {
    for (const end of ['', good[0]!, bad[0]!]) {
      const content = Buffer.from(text + end, 'utf8');
      const size = content.length;
      const wanted = model(content, asked);
      withLog(content, (fd) => {
        for (let cut = 0; cut <= size; cut++) {
          const parts = [tallyRange({ fd, from: 0, to: cut, size, asked }), tallyRange({ fd, from: cut, to: size, size, asked })];
          expect(answerOf(putTogether(parts[0]!, parts[1]!, asked), asked, size), `cut at ${cut}`).toEqual(wanted);
        }
      });
    }
  });
  test('are the same through threads', async () => {
    const content = Buffer.from(text.repeat(200), 'utf8');
    writeFileSync(join(folder, 'threads.jsonl'), content);
    const { tally, bytes } = await createLogReader({ threads: 3, perThread: 10_000 }).tally(
      { root: folder, path: 'threads.jsonl' },
      asked,
    );
    expect(answerOf(tally, asked, bytes)).toEqual(model(content, asked));
  });
});

const usage: AskedQuestion = { question: 'usage', now, limit: 20 };

test('a line of many megabytes is passed over as damaged, and the ones around it count', () => {
  const content = Buffer.concat([
    Buffer.from(`${good[0]}\n"`),
    Buffer.alloc(3 * longestLine, 'x'),
    Buffer.from(`"\n${good[0]}\n`),
  ]);
  withLog(content, (fd) => {
    const tally = tallyRange({ fd, from: 0, to: content.length, size: content.length, asked: usage });
    expect([tally.damaged, tally.tools.get('a')?.runs]).toEqual([1, 2]);
  });
});

test('memory does not grow with the log, nor with the names in it', () => {
  const line = (n: number): string => `{"timestamp":"${at(1)}","action":"run_dynamic_tool","toolName":"t${n}","success":true}\n`;
  const content = Buffer.from(Array.from({ length: 300_000 }, (_, n) => line(n)).join(''));
  withLog(content, (fd, path) => {
    expect(statSync(path).size).toBeGreaterThan(20_000_000);
    const { tools } = tallyRange({ fd, from: 0, to: content.length, size: content.length, asked: usage });
    expect(tools.size).toBeLessThanOrEqual(10_001);
    expect([...tools.values()].reduce((sum, { runs }) => sum + runs, 0)).toBe(300_000);
  });
});

test('a link is refused, a missing log is ENOENT, an empty one has nothing to say, and an abort ends it', async () => {
  const reader = createLogReader({ threads: 2, perThread: 1 });
  symlinkSync('/etc/hostname', join(folder, 'link'));
  await expect(reader.tally({ root: folder, path: 'link' }, usage)).rejects.toBeInstanceOf(UnsafePath);
  await expect(reader.tally({ root: folder, path: 'none' }, usage)).rejects.toMatchObject({ code: 'ENOENT' });
  writeFileSync(join(folder, 'empty'), '');
  expect(await reader.tally({ root: folder, path: 'empty' }, usage)).toEqual({ tally: emptyTally(), bytes: 0 });
  writeFileSync(join(folder, 'some'), text);
  const abort = new AbortController();
  const asking = reader.tally({ root: folder, path: 'some' }, usage, abort.signal);
  abort.abort(new Error('enough'));
  await expect(asking).rejects.toThrow();
});

test('a glance at the end counts whole lines there only, in one range as in several', async () => {
  const line = (n: number): string => `{"timestamp":"${at(n)}","action":"run_dynamic_tool","toolName":"t${n}","success":true}\n`;
  const lines = [100, 101, 102, 103, 104, 105].map(line);
  writeFileSync(join(folder, 'end.jsonl'), lines.join(''));
  const half = lines[0]!.length / 2;
  for (const perThread of [1_000_000, 100]) {
    const reader = createLogReader({ threads: 3, perThread });
    const tally = async (lastBytes: number) => {
      const asked = { question: 'usage', now, limit: 10, lastBytes } as const;
      return [...(await reader.tally({ root: folder, path: 'end.jsonl' }, asked)).tally.tools.keys()].toSorted();
    };
    expect(await tally(3.5 * 2 * half)).toEqual(['t103', 't104', 't105']);
    expect(await tally(3 * 2 * half)).toEqual(['t103', 't104', 't105']);
    expect(await tally(1_000_000)).toHaveLength(6);
  }
});
