/** Lines of children as a person reads them. */
import { expect, test } from 'vitest';
import { readableLine } from '../../cli/supervisor/log-lines.ts';

test('a JSON line becomes a sentence with its level, its fields, and the reason of an error', () => {
  const line = JSON.stringify({ level: 40, time: 'x', msg: 'slow', ms: 12, pid: 1, err: { message: 'late', stack: 'at …' } });
  expect(readableLine('worker', line)).toBe('worker   WARN slow ms=12 reason=late');
});

test('one entry stays one line', () => {
  expect(readableLine('api', JSON.stringify({ level: 50, msg: 'bad\n  worse' }))).toBe('api      ERROR bad | worse');
});

test('what is no JSON, or only looks like it, stays as it is', () => {
  expect(readableLine('temporal', 'plain words')).toBe('temporal plain words');
  expect(readableLine('temporal', '{ half')).toBe('temporal { half');
});
