/** PostgreSQL for the tests, from the packages of the system: no server of it is started, no port taken. */
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { findPostgres } from '../postgres.mjs';
import { SetupError } from './failure.mjs';
import { runProgram } from './program.mjs';

/** Says no to whatever wants to start a daemon while packages are installed. */
const daemonPolicy = '/usr/sbin/policy-rc.d';
const clusterSettings = '/etc/postgresql-common/createcluster.conf';
const mends = ['apt-get install postgresql    # or the package of your system, with initdb, pg_basebackup and pg_rewind'];

/** Does nothing where it is there. Needs root and apt-get to install it. */
export async function setUpPostgres() {
  if (findPostgres() !== undefined) return;
  const isRoot = process.getuid?.() === 0;
  if (!isRoot || !existsSync('/usr/bin/apt-get')) throw new SetupError('there is no PostgreSQL server for the tests.', mends);
  const ownPolicy = !existsSync(daemonPolicy);
  if (ownPolicy) writeFileSync(daemonPolicy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  if (!existsSync(clusterSettings)) {
    mkdirSync('/etc/postgresql-common', { recursive: true });
    writeFileSync(clusterSettings, 'create_main_cluster = false\n');
  }
  try {
    await aptGet(['update'], 'Looking for packages of PostgreSQL');
    await aptGet(['install', '-y', '--no-install-recommends', 'postgresql'], 'Installing PostgreSQL for the tests, once');
  } finally {
    if (ownPolicy) rmSync(daemonPolicy, { force: true });
  }
}

/**
 * @param {readonly string[]} args
 * @param {string} title
 */
async function aptGet(args, title) {
  // What a person answered once to a changed file stays.
  const keep = ['-o', 'Dpkg::Options::=--force-confold'];
  const { code, output } = await runProgram('apt-get', [...keep, ...args], {
    title,
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  if (code !== 0) throw new SetupError(`\`apt-get ${args.join(' ')}\` failed; its last words are above.`, mends, output);
}
