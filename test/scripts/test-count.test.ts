/** The closing line of `npm test`: nothing that went wrong looks like a pass. */
import { expect, test } from 'vitest';
import { closingLine, countTests } from '../../scripts/test-count.mjs';

const file = (status: string, ...tests: string[]) => ({ status, assertionResults: tests.map((one) => ({ status: one })) });
const count = (files: ReturnType<typeof file>[], exitCode = 0, strict = false) =>
  closingLine(countTests({ testResults: files }, exitCode, strict));

test('passed and failed tests are counted, skipped ones named only where there are any', () => {
  expect(count([file('passed', 'passed', 'passed')])).toBe('2 passed, 0 failed');
  expect(count([file('failed', 'passed', 'failed')], 1)).toBe('1 passed, 1 failed');
  expect(count([file('passed', 'passed', 'pending', 'todo')])).toBe('1 passed, 0 failed, 2 skipped');
});

test('a file that could not be collected is a failure', () => {
  expect(count([file('passed', 'passed'), file('failed')], 1)).toBe('1 passed, 1 failed');
});

test('a file whose hook failed after its tests passed is a failure', () => {
  expect(count([file('failed', 'passed')], 1)).toBe('1 passed, 1 failed');
});

test('skipped tests are failures in CI', () => {
  expect(count([file('passed', 'passed', 'pending')], 0, true)).toBe('1 passed, 1 failed, 1 skipped');
});

test('an error outside of every test is a failure', () => {
  expect(count([file('passed', 'passed')], 1)).toBe('1 passed, 1 failed');
});

test('no report and no tests at all are failures', () => {
  expect(closingLine(countTests(undefined, 1, false))).toBe('0 passed, 1 failed');
  expect(count([])).toBe('0 passed, 1 failed');
});
