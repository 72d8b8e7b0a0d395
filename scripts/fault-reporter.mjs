/** Tells what went wrong in a test as soon as it is over, and at the end which tests passed only when they were asked once more. */
import process from 'node:process';

/** @typedef {import('vitest/node').TestCase} TestCase */

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
    tell(
      [`${verdict}: ${nameOf(test)}`, ...errors.flatMap(({ message, stack, diff }) => [stack ?? message, diff ?? ''])].filter(
        Boolean,
      ),
    );
  }

  onTestRunEnd() {
    tell(this.#flaky.map((name) => `Passed only when asked once more, which somebody should look at: ${name}`));
  }
}

/** @param {TestCase} test */
const nameOf = (test) => `${test.module.relativeModuleId} > ${test.fullName}`;

/** @param {readonly string[]} lines */
const tell = (lines) => lines.forEach((line) => process.stdout.write(`${line}\n`));
