/** `npm run soak`: an hour of simulated recoveries from seeds that nobody has run before, the kernel and the scenarios side by side. `npm run soak -- 5` takes five minutes. */
import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const project = fileURLToPath(new URL('..', import.meta.url));
const minutes = Number(process.argv[2] ?? 60);
if (!(minutes > 0)) {
  process.stderr.write(`npm run soak -- <minutes>: ${process.argv[2]} is no number of minutes\n`);
  process.exit(2);
}
const from = process.env['SIMULATION_FROM'] ?? String(randomInt(1_000, 1_000_000_000));
process.stdout.write(`soak: ${minutes} minute(s) from seed ${from}\n`);

/** @param {string} file */
const soak = (file) =>
  new Promise((resolve) => {
    const args = [
      join(project, 'node_modules/vitest/vitest.mjs'),
      'run',
      '--reporter=default',
      `test/simulation/${file}.test.ts`,
    ];
    const env = { ...process.env, SIMULATION_MINUTES: String(minutes), SIMULATION_FROM: from };
    const child = spawn(process.execPath, args, { cwd: project, stdio: 'inherit', env });
    child.once('close', (code) => resolve(code ?? 1));
  });

const codes = await Promise.all(['toys', 'scenarios'].map(soak));
process.exitCode = codes.every((code) => code === 0) ? 0 : 1;
