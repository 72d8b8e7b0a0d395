/** Data directories as `initdb` makes them, at a tenth of its price: copies of one that it made once, each with an identifier of its own. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheFolder } from '../../../scripts/temporal-cli.mjs';
import { postgresBin, runAsPostgres } from './server.ts';
import { identifyAnew } from './system-identifier.ts';

const flags = ['-U', 'postgres', '-k', '-N', '--auth-local=trust', '--auth-host=scram-sha-256', '--no-locale', '-E', 'UTF8'];

/** Fills `home`, which is not there yet; what `initdb` made stays in the user's cache, for each of its releases. */
export async function initialise(home: string): Promise<void> {
  const initdb = `${postgresBin()}/initdb`;
  const release = JSON.stringify([initdb, statSync(initdb).mtimeMs, flags]);
  const template = join(cacheFolder(), `initdb-${createHash('sha256').update(release).digest('hex').slice(0, 16)}`);
  if (!existsSync(template)) {
    await runAsPostgres(initdb, ['-D', home, ...flags]);
    return keep(home, template);
  }
  await copy(template, home);
  identifyAnew(home);
}

/** Owner and modes included. */
const copy = (from: string, to: string) => promisify(execFile)('cp', ['-a', from, to]);

/** Whole or not at all; of processes that come to it side by side the first one's stays. */
async function keep(home: string, template: string): Promise<void> {
  await mkdir(cacheFolder(), { recursive: true });
  const own = await mkdtemp(`${template}-`);
  try {
    await copy(home, join(own, 'data'));
    await rename(join(own, 'data'), template);
  } catch (error) {
    if (!existsSync(template)) throw error;
  } finally {
    await rm(own, { recursive: true });
  }
}
