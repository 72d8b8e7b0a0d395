/**
 * The coding agent whose tool stores we protect, for tests only: 200 MB that nobody who runs Okiagari needs, so it is no dependency
 * but lies once in the user's cache folder, in exactly the versions of `agent/package-lock.json`.
 */
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder } from '../temporal-cli.mjs';
import { SetupError } from './failure.mjs';
import { withLock } from './lock.mjs';
import { runProgram } from './program.mjs';

const wanted = fileURLToPath(new URL('./agent', import.meta.url));

/** Where the package lies once it is installed; another lock has another place. */
export function agentPackageFolder() {
  const lock = createHash('sha256')
    .update(readFileSync(join(wanted, 'package-lock.json')))
    .digest('hex')
    .slice(0, 12);
  return join(cacheFolder(), `agent-${lock}`, 'node_modules/@mariozechner/pi-coding-agent');
}

/** Installs it where it is missing; one setup at a time, and it appears whole or not at all. */
export async function setUpAgent() {
  const place = dirname(dirname(dirname(agentPackageFolder())));
  if (existsSync(place)) return;
  await withLock(join(cacheFolder(), 'agent.lock'), async () => {
    if (existsSync(place)) return;
    mkdirSync(dirname(place), { recursive: true });
    const folder = mkdtempSync(join(dirname(place), 'unfinished-'));
    try {
      cpSync(wanted, folder, { recursive: true });
      // Nothing of it may run while it is installed: neither native builds nor anybody's install script is needed.
      const { code, output } = await runProgram('npm', ['ci', '--ignore-scripts', '--omit=optional', '--loglevel=error'], {
        title: 'Installing the coding agent for the tests, once (npm ci, about half a minute)',
        cwd: folder,
      });
      if (code === 127) {
        throw new SetupError('there is no `npm` on the PATH.', ['Install Node with npm from https://nodejs.org/']);
      }
      if (code !== 0) {
        throw new SetupError(
          '`npm ci` of the coding agent failed; its last words are above.',
          [`cd ${wanted} && npm ci --ignore-scripts`],
          output,
        );
      }
      renameSync(folder, place);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
}
