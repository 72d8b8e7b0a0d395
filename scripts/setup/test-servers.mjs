/** Servers for the tests from the packages of the system: PostgreSQL, pgBackRest, PgBouncer, Patroni with etcd, Redis, HAProxy, name servers, `ip` for networks between them, sshd for the way to another machine, and systemd that runs its servers. No server is started, no port taken. */
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import {
  findEtcd,
  findHaproxy,
  findIp,
  findKnot,
  findNamed,
  findNsupdate,
  findPatroni,
  findPgBackRest,
  findPgBouncer,
  findPostgres,
  findPowerDns,
  findRedis,
  findSshd,
  findSystemd,
} from '../test-servers.mjs';
import { SetupError } from './failure.mjs';
import { runProgram } from './program.mjs';

/** Says no to whatever wants to start a daemon while packages are installed. */
const daemonPolicy = '/usr/sbin/policy-rc.d';
const clusterSettings = '/etc/postgresql-common/createcluster.conf';
const wanted = [
  { name: 'PostgreSQL', debian: 'postgresql', find: findPostgres },
  { name: 'Redis', debian: 'redis-server', find: findRedis },
  { name: 'PgBouncer', debian: 'pgbouncer', find: findPgBouncer },
  { name: 'pgBackRest', debian: 'pgbackrest', find: findPgBackRest },
  { name: 'Patroni', debian: 'patroni', find: findPatroni },
  { name: 'etcd', debian: 'etcd-server', find: findEtcd },
  { name: 'ip', debian: 'iproute2', find: findIp },
  { name: 'sshd', debian: 'openssh-server', find: findSshd },
  { name: 'systemd', debian: 'systemd', find: findSystemd },
  { name: 'BIND', debian: 'bind9', find: findNamed },
  { name: 'Knot', debian: 'knot', find: findKnot },
  { name: 'PowerDNS', debian: 'pdns-server pdns-backend-lmdb', find: findPowerDns },
  { name: 'nsupdate', debian: 'bind9-dnsutils', find: findNsupdate },
  { name: 'HAProxy', debian: 'haproxy', find: findHaproxy },
];

/** Does nothing where they are there. Needs root and apt-get to install them. */
export async function setUpTestServers() {
  const missing = wanted.filter(({ find }) => find() === undefined);
  if (missing.length === 0) return;
  const packages = missing.flatMap(({ debian }) => debian.split(' '));
  const names = missing.map(({ name }) => name).join(' and ');
  const mends = [
    `apt-get install ${packages.join(' ')}    # or the packages of your system, with initdb, pg_basebackup, pg_rewind`,
  ];
  const isRoot = process.getuid?.() === 0;
  if (!isRoot || !existsSync('/usr/bin/apt-get')) throw new SetupError(`the tests need ${names}.`, mends);
  const ownPolicy = !existsSync(daemonPolicy);
  if (ownPolicy) writeFileSync(daemonPolicy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  if (packages.includes('postgresql') && !existsSync(clusterSettings)) {
    mkdirSync('/etc/postgresql-common', { recursive: true });
    writeFileSync(clusterSettings, 'create_main_cluster = false\n');
  }
  try {
    await aptGet(['update'], `Looking for packages of ${names}`, mends);
    await aptGet(['install', '-y', '--no-install-recommends', ...packages], `Installing ${names} for the tests, once`, mends);
  } finally {
    if (ownPolicy) rmSync(daemonPolicy, { force: true });
  }
}

/**
 * @param {readonly string[]} args
 * @param {string} title
 * @param {readonly string[]} mends
 */
async function aptGet(args, title, mends) {
  // What a person answered once to a changed file stays.
  const keep = ['-o', 'Dpkg::Options::=--force-confold'];
  const { code, output } = await runProgram('apt-get', [...keep, ...args], {
    title,
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  if (code !== 0) throw new SetupError(`\`apt-get ${args.join(' ')}\` failed; its last words are above.`, mends, output);
}
