/** `npm run check`: types, lint, format, dead code, architecture. Every part runs, also after one failed. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const project = fileURLToPath(new URL('..', import.meta.url));
const module = (/** @type {string} */ path) => join(project, 'node_modules', path);

/** @type {readonly { title: string, args: readonly string[], mend?: string }[]} */
const parts = [
  { title: 'types', args: [module('typescript/bin/tsc'), '-p', '.'] },
  { title: 'lint', args: [module('oxlint/bin/oxlint'), '--type-aware', '--deny-warnings'] },
  { title: 'format', args: [module('prettier/bin/prettier.cjs'), '--check', '--log-level', 'warn', '.'], mend: 'npm run format' },
  { title: 'dead code', args: [module('knip/bin/knip.js'), '--no-progress'] },
  { title: 'architecture', args: [module('vitest/vitest.mjs'), 'run', 'test/architecture.test.ts'] },
];

let failed = 0;
for (const { title, args, mend } of parts) {
  const start = Date.now();
  const { status, stdout, stderr, error } = spawnSync(process.execPath, args, {
    cwd: project,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  const seconds = ((Date.now() - start) / 1_000).toFixed(1);
  process.stdout.write(`${title.padEnd(13)} ${status === 0 ? 'ok' : 'FAILED'}  (${seconds} s)\n`);
  if (status === 0) continue;
  failed++;
  process.stdout.write(`${[stdout, stderr, error?.message].filter(Boolean).join('\n').trimEnd()}\n`);
  if (mend) process.stdout.write(`Mend it with: ${mend}\n`);
  process.stdout.write('\n');
}
process.stdout.write(failed === 0 ? 'check: all well\n' : `check: ${failed} of ${parts.length} parts failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
