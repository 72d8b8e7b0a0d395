/** Where the S3 server of the tests comes from; plain JavaScript without dependencies, because setup runs before anything is installed. */
import { delimiter, join } from 'node:path';
import { cacheFolder, isExecutable } from './temporal-cli.mjs';

export const objectStoreVersion = '1.7.0';
const program = 'versitygw';

/**
 * Where setup puts the server that it built from its Go module.
 * @param {import('./temporal-cli.mjs').Variables} [variables]
 */
export function builtObjectStore(variables = process.env) {
  return join(cacheFolder(variables), `${program}-${objectStoreVersion}`, program);
}

/**
 * The path of a usable server: the user's own on the PATH, the one in the cache; undefined when there is none.
 * @param {import('./temporal-cli.mjs').Variables} [variables]
 * @returns {string | undefined}
 */
export function findObjectStore(variables = process.env) {
  const folders = (variables['PATH'] ?? '').split(delimiter).filter(Boolean);
  return [...folders.map((folder) => join(folder, program)), builtObjectStore(variables)].find(isExecutable);
}
