/** Where the database servers of the tests come from; plain JavaScript without dependencies, because setup runs before anything is installed. */
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { isExecutable } from './temporal-cli.mjs';

/** What a PostgreSQL cluster is made and repaired with; some systems pack servers and clients apart. */
const programs = ['initdb', 'postgres', 'pg_ctl', 'pg_basebackup', 'pg_rewind', 'pg_waldump'];
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
export function findRedis(variables = process.env) {
  return foldersOnPath(variables)
    .map((folder) => join(folder, 'redis-server'))
    .find(isExecutable);
}

/** @param {NodeJS.ProcessEnv} variables */
const foldersOnPath = (variables) => (variables['PATH'] ?? '').split(delimiter).filter(Boolean);
