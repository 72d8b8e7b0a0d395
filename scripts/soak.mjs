/** `npm run soak`: an hour of simulated recoveries from seeds that nobody has run before, the kernel and the scenarios side by side, then fifty real failovers under write load, then a region left and come home to ten times, then the sweeps with nothing left to chance. `npm run soak -- 5` simulates for five minutes. */
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

/** @param {string} file @param {Record<string, string>} variables */
const soak = (file, variables) =>
  new Promise((resolve) => {
    const args = [join(project, 'node_modules/vitest/vitest.mjs'), 'run', '--reporter=default', file];
    const env = { ...process.env, ...variables };
    const child = spawn(process.execPath, args, { cwd: project, stdio: 'inherit', env });
    child.once('close', (code) => resolve(code ?? 1));
  });

const simulated = { SIMULATION_MINUTES: String(minutes), SIMULATION_FROM: from };
const codes = await Promise.all(['toys', 'scenarios'].map((file) => soak(`test/simulation/${file}.test.ts`, simulated)));
codes.push(await soak('test/real/never-two-primaries.test.ts', { FAILOVERS: '50' }));
codes.push(await soak('test/workflows/region-failback.test.ts', { ROUND_TRIPS: '10' }));
codes.push(await soak('test/crash', { CRASH_SOAK: 'yes', CRASH_SEED: process.env['CRASH_SEED'] ?? from }));
process.exitCode = codes.every((code) => code === 0) ? 0 : 1;
