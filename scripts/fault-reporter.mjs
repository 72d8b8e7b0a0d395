/** Tells what went wrong in a test as soon as it is over, and at the end which tests passed only when they were asked once more. */
import process from 'node:process';

/** @typedef {import('vitest/node').TestCase} TestCase */
/** @typedef {{ message: string, stack?: string, diff?: string, error?: Fault, suppressed?: Fault, cause?: Fault }} Fault */

export default class FaultReporter {
  /** @type {string[]} */
  #flaky = [];

  /** @param {TestCase} test */
  onTestCaseResult(test) {
    const { errors = [] } = test.result();
    const isFlaky = test.diagnostic()?.flaky ?? false;
    if (isFlaky) this.#flaky.push(nameOf(test));
    if (errors.length === 0) return;
    const verdict = isFlaky ? 'Passed when asked once more' : 'Failed';
    tell([`${verdict}: ${nameOf(test)}`, ...errors.flatMap(wordsOf)]);
  }

  onTestRunEnd() {
    tell(this.#flaky.map((name) => `Passed only when asked once more, which somebody should look at: ${name}`));
  }
}

/** @param {TestCase} test */
const nameOf = (test) => `${test.module.relativeModuleId} > ${test.fullName}`;

/**
 * With what lies beneath: one that came while another tidied up behind a first one has no words of its own.
 *
 * @param {Fault} fault
 * @returns {string[]}
 */
const wordsOf = ({ message, stack, diff, ...beneath }) => [
  ...[stack ?? message, diff ?? ''].filter(Boolean),
  ...[beneath.error, beneath.suppressed, beneath.cause].flatMap((one) => (one ? wordsOf(one) : [])),
];

/** @param {readonly string[]} lines */
const tell = (lines) => lines.forEach((line) => process.stdout.write(`${line}\n`));
