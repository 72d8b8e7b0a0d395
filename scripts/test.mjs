/** `npm test`: every tier of tests, closed by the one line `N passed, N failed`. Arguments go to vitest, such as files to run. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { closingLine, countTests } from './test-count.mjs';

const project = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'okiagari-test-report-'));
const report = join(folder, 'report.json');

const isStrict = Boolean(process.env['CI']);
const { status } = spawnSync(
  process.execPath,
  [
    join(project, 'node_modules/vitest/vitest.mjs'),
    ...['run', '--reporter=default', `--reporter=${join(project, 'scripts/fault-reporter.mjs')}`],
    ...['--reporter=json', `--outputFile.json=${report}`],
    // Named at the end where it was needed; decision 0060.
    ...(isStrict ? ['--retry=1'] : []),
    ...process.argv.slice(2),
  ],
  { cwd: project, stdio: 'inherit' },
);
const count = countTests(read(report), status ?? 1, isStrict);
rmSync(folder, { recursive: true, force: true });
process.stdout.write(`${closingLine(count)}\n`);
process.exitCode = count.failed === 0 ? 0 : 1;

/** @param {string} path */
function read(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined; // vitest ended before it could report
  }
}
