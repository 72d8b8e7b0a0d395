/**
 * Installs what is missing before `npm start`, `npm test` and the like; plain JavaScript that an old Node runs too.
 * Usage: node scripts/setup.mjs packages | start | own-server | tests
 */
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { setUpAgent } from './setup/agent.mjs';
import { setUpTestServers } from './setup/test-servers.mjs';
import { SetupError } from './setup/failure.mjs';
import { setUpObjectStore } from './setup/object-store.mjs';
import { setUpPackages } from './setup/packages.mjs';
import { setUpTemporal } from './setup/temporal.mjs';

const project = fileURLToPath(new URL('..', import.meta.url));
const purpose = process.argv[2] ?? 'start';

try {
  await setUpPackages(project);
  // A start may use somebody else's Temporal; tests and the gameday bring up their own, whatever TEMPORAL_ADDRESS says.
  const isOwn = purpose === 'own-server' || purpose === 'tests';
  if (isOwn || (purpose === 'start' && !process.env['TEMPORAL_ADDRESS'])) await setUpTemporal(project);
  if (purpose === 'tests') {
    await setUpObjectStore();
    await setUpAgent();
    await setUpTestServers();
  }
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  process.stderr.write(`\n${error.message}\n`);
  process.exitCode = 1;
}
