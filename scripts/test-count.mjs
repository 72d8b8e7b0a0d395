/** Counts what vitest reported, so that nothing that went wrong can look like a pass. */

/**
 * @typedef {{ passed: number, failed: number, skipped: number }} Count
 * @typedef {{ status: string, assertionResults: readonly { status: string }[] }} FileReport
 */

/**
 * @param {{ testResults: readonly FileReport[] } | undefined} report of vitest's json reporter
 * @param {number} exitCode of vitest
 * @param {boolean} strict nothing may be skipped
 * @returns {Count}
 */
export function countTests(report, exitCode, strict) {
  const files = report?.testResults ?? [];
  const tests = files.flatMap(({ assertionResults }) => assertionResults.map(({ status }) => status));
  const passed = tests.filter((status) => status === 'passed').length;
  const skipped = tests.filter((status) => status !== 'passed' && status !== 'failed').length;
  // A file that cannot be loaded, or whose hooks fail, has no failed test of its own.
  const brokenFiles = files.filter(
    ({ status, assertionResults }) => status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  ).length;
  const failed = tests.filter((status) => status === 'failed').length + brokenFiles + (strict ? skipped : 0);
  // An unhandled rejection, no test at all, or a vitest that broke.
  const unseen = failed === 0 && (exitCode !== 0 || passed === 0) ? 1 : 0;
  return { passed, failed: failed + unseen, skipped };
}

/** @param {Count} count */
export const closingLine = ({ passed, failed, skipped }) =>
  `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
