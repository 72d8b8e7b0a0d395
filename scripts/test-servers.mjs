/** Where the servers of the tests come from; plain JavaScript without dependencies, because setup runs before anything is installed. */
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { isExecutable } from './temporal-cli.mjs';

/** What a PostgreSQL cluster is made and repaired with; some systems pack servers and clients apart. */
const programs = ['initdb', 'postgres', 'pg_ctl', 'pg_basebackup', 'pg_rewind', 'pg_waldump', 'pg_verifybackup'];
/** Where Debian and its relatives keep them, a folder a release. */
const packaged = '/usr/lib/postgresql';

/**
 * The folder with the programs of the newest release that is whole; undefined when there is none.
 * @param {NodeJS.ProcessEnv} [variables]
 * @returns {string | undefined}
 */
export function findPostgres(variables = process.env) {
  const releases = existsSync(packaged) ? readdirSync(packaged).toSorted((a, b) => Number(b) - Number(a)) : [];
  const folders = [...releases.map((release) => join(packaged, release, 'bin')), ...foldersOnPath(variables)];
  return folders.find((folder) => programs.every((program) => existsSync(join(folder, program))));
}

/**
 * The Redis server on the PATH; undefined when there is none.
 * @param {NodeJS.ProcessEnv} [variables]
 * @returns {string | undefined}
 */
export const findRedis = (variables = process.env) => findProgram('redis-server', variables);

/**
 * The backup tool on the PATH; undefined when there is none.
 * @param {NodeJS.ProcessEnv} [variables]
 * @returns {string | undefined}
 */
export const findPgBackRest = (variables = process.env) => findProgram('pgbackrest', variables);

/**
 * Patroni on the PATH; undefined when there is none.
 * @param {NodeJS.ProcessEnv} [variables]
 * @returns {string | undefined}
 */
export const findPatroni = (variables = process.env) => findProgram('patroni', variables);

/**
 * The store that Patroni of the tests keeps its lock in, on the PATH; undefined when there is none.
 * @param {NodeJS.ProcessEnv} [variables]
 * @returns {string | undefined}
 */
export const findEtcd = (variables = process.env) => findProgram('etcd', variables);

/**
 * @param {string} name
 * @param {NodeJS.ProcessEnv} variables
 */
const findProgram = (name, variables) =>
  foldersOnPath(variables)
    .map((folder) => join(folder, name))
    .find(isExecutable);

/**
 * The PgBouncer that packages or the PATH bring; undefined when there is none.
 * @param {NodeJS.ProcessEnv} [variables]
 * @returns {string | undefined}
 */
export const findPgBouncer = (variables = process.env) => findForRoot('pgbouncer', variables);

/**
 * The program `ip`, by which tests make machines of their own and cut their cables; undefined when there is none.
 * @param {NodeJS.ProcessEnv} [variables]
 * @returns {string | undefined}
 */
export const findIp = (variables = process.env) => findForRoot('ip', variables);

/**
 * The server of ssh, by which tests reach a machine as production does; undefined when there is none.
 * @param {NodeJS.ProcessEnv} [variables]
 * @returns {string | undefined}
 */
export const findSshd = (variables = process.env) => findForRoot('sshd', variables);

/**
 * The service manager, which runs servers of tests as it runs them in production; undefined when there is none.
 * @returns {string | undefined}
 */
export const findSystemd = () => ['/lib/systemd/systemd', '/usr/lib/systemd/systemd'].find(isExecutable);

/**
 * The name server BIND that packages or the PATH bring; undefined when there is none.
 * @param {NodeJS.ProcessEnv} [variables]
 * @returns {string | undefined}
 */
export const findNamed = (variables = process.env) => findForRoot('named', variables);

/**
 * The name server Knot that packages or the PATH bring; undefined when there is none.
 * @param {NodeJS.ProcessEnv} [variables]
 * @returns {string | undefined}
 */
export const findKnot = (variables = process.env) => findForRoot('knotd', variables);

/**
 * The program that changes zones, beside which is `dig`; undefined when there is none.
 * @param {NodeJS.ProcessEnv} [variables]
 * @returns {string | undefined}
 */
export const findNsupdate = (variables = process.env) => findProgram('nsupdate', variables);

/**
 * The name server PowerDNS that packages or the PATH bring; its backend LMDB comes beside it. Undefined when there is none.
 * @param {NodeJS.ProcessEnv} [variables]
 * @returns {string | undefined}
 */
export const findPowerDns = (variables = process.env) => findForRoot('pdns_server', variables);

/**
 * The HAProxy that packages or the PATH bring; undefined when there is none.
 * @param {NodeJS.ProcessEnv} [variables]
 * @returns {string | undefined}
 */
export const findHaproxy = (variables = process.env) => findForRoot('haproxy', variables);

/**
 * Debian puts some where only root's PATH leads.
 * @param {string} name
 * @param {NodeJS.ProcessEnv} variables
 */
const findForRoot = (name, variables) =>
  [...foldersOnPath(variables), '/usr/sbin', '/sbin'].map((folder) => join(folder, name)).find(isExecutable);

/** @param {NodeJS.ProcessEnv} variables */
const foldersOnPath = (variables) => (variables['PATH'] ?? '').split(delimiter).filter(Boolean);
