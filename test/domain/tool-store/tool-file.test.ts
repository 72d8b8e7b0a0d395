/** Which tool files the agent would load, and what is wrong with the others. */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { duplicateNames, judgeToolFile, toolId, type ToolDefinition } from '../../../domain/tool-store/tool-file.ts';

const at = '2026-11-01T00:00:00.000Z';
const code = 'function execute(params) { return params; }';
const good = {
  id: toolId('echo_tool', code),
  name: 'echo_tool',
  description: 'echoes 復唱',
  mode: 'function',
  parameters: [{ name: 'text', type: 'string', required: true, description: 'any', allowedValues: ['a'] }],
  code,
  createdAt: at,
  updatedAt: at,
  usageCount: 0,
  confidenceScore: 0.5,
  verificationStatus: 'unverified',
  tags: ['x'],
  createdBy: 'agent',
};
const file = `${good.id}.json`;
const judge = (value: unknown, name = file) =>
  judgeToolFile(name, Buffer.from(typeof value === 'string' ? value : JSON.stringify(value, null, 2)));
const faultOf = (value: unknown, name = file): string => {
  const judged = judge(value, name);
  return judged.ok ? 'none' : judged.fault;
};

test('the id is dt_ and the first twelve hex digits of sha256 over name:code', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (name, text) => {
      const hash = createHash('sha256').update(`${name}:${text}`).digest('hex');
      expect(toolId(name, text)).toBe(`dt_${hash.slice(0, 12)}`);
    }),
  );
});

test('a good tool is good, with fields that are not known too', () => {
  expect(judge(good)).toEqual({ ok: true, tool: good });
  expect(faultOf({ ...good, lastUsedAt: at, createdFromTask: 'task', somethingNew: 1 })).toBe('none');
});

test.each([
  ['', 'empty'],
  ['hello', 'not-json'],
  ['null', 'schema'],
  ['42', 'schema'],
  ['[]', 'schema'],
  [`${JSON.stringify(good)}{"b":2}`, 'not-json'],
  [JSON.stringify(good).slice(0, 60), 'truncated'],
  ['\u0000\u0000\u0000', 'not-json'],
])('%j is %s', (text, fault) => expect(faultOf(text)).toBe(fault));

test('cut anywhere, a tool is empty or cut off, also in the middle of a character', () => {
  const bytes = Buffer.from(JSON.stringify(good, null, 2));
  for (let length = 1; length < bytes.length; length++) {
    const judged = judgeToolFile(file, bytes.subarray(0, length));
    expect(judged.ok ? 'none' : judged.fault, `after ${length} bytes`).toMatch(/truncated|not-json/);
  }
});

test('bytes that are no UTF-8, and files too large to look into', () => {
  expect(judgeToolFile(file, Buffer.from([0x7b, 0xff, 0xfe, 0x7d]))).toMatchObject({ ok: false, fault: 'not-utf8' });
  expect(judgeToolFile(file, undefined)).toMatchObject({ ok: false, fault: 'too-large' });
});

test.each([
  ['id', 'dt_123'],
  ['name', 'Upper'],
  ['name', '1st'],
  ['name', 'a'.repeat(65)],
  ['name', 'bash'],
  ['name', 'create_tool'],
  ['description', 5],
  ['code', undefined],
  ['mode', 'magic'],
  ['parameters', {}],
  ['parameters', [{ name: 'x', type: 'date', required: true, description: '' }]],
  ['parameters', [{ name: 'x', type: 'string', required: 'yes', description: '' }]],
  ['createdAt', 'yesterday'],
  ['updatedAt', undefined],
  ['lastUsedAt', 'never'],
  ['usageCount', '3'],
  ['usageCount', -1],
  ['confidenceScore', 1.5],
  ['verificationStatus', 'good'],
  ['tags', ['a', 1]],
  ['createdBy', ''],
  ['createdFromTask', 1],
])('%s = %j breaks the schema, and the field is named in both languages', (field, value) => {
  const judged = judge({ ...good, [field]: value });
  expect(judged).toMatchObject({ ok: false, fault: 'schema' });
  if (judged.ok) return;
  expect(judged.sentence.en).toContain(field);
  expect(judged.sentence.ja).toContain(field);
});

test('name or code that the id does not fit, and a file under another name', () => {
  expect(faultOf({ ...good, code: `${code} ` })).toBe('wrong-id');
  expect(faultOf({ ...good, name: 'other_tool' })).toBe('wrong-id');
  expect(faultOf({ ...good, description: 'anything' })).toBe('none');
  expect(faultOf(good, 'dt_000000000000.json')).toBe('wrong-file-name');
});

test('names that more than one tool bears are found with their ids', () => {
  const tool = (id: string, name: string) => ({ ...good, id, name }) as ToolDefinition;
  expect([...duplicateNames([tool('a', 'x'), tool('b', 'y'), tool('c', 'x')])]).toEqual([['x', ['a', 'c']]]);
});
