/** Where the `temporal` command comes from; plain JavaScript without dependencies, because setup runs before anything is installed. */
import { accessSync, constants, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

/** The newest CLI that still installs from its Go module. */
export const temporalVersion = '1.5.1';

/** @typedef {Readonly<Record<string, string | undefined>>} Variables */

/**
 * Our folder in the user's cache.
 * @param {Variables} [variables]
 */
export function cacheFolder(variables = process.env) {
  return join(variables['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'okiagari');
}

/**
 * Where setup puts the command that it built from the Go module.
 * @param {Variables} [variables]
 */
export function builtTemporal(variables = process.env) {
  return join(cacheFolder(variables), `temporal-${temporalVersion}`, 'temporal');
}

/**
 * Where setup puts the command that the SDK downloaded.
 * @param {Variables} [variables]
 */
export function downloadedTemporal(variables = process.env) {
  return join(cacheFolder(variables), 'temporal-downloaded', 'temporal');
}

/**
 * The path of a usable `temporal` command: what the parent process chose, the user's own on the PATH, the one in the cache.
 * Undefined when there is none; `npm start` and `npm test` then fetch one first (scripts/setup.mjs).
 * @param {Variables} [variables]
 * @returns {string | undefined}
 */
export function findTemporal(variables = process.env) {
  const chosen = variables['OKIAGARI_TEMPORAL_CLI'];
  return [
    ...(chosen ? [chosen] : []),
    ...(variables['PATH'] ?? '')
      .split(delimiter)
      .filter(Boolean)
      .map((folder) => join(folder, 'temporal')),
    builtTemporal(variables),
    downloadedTemporal(variables),
  ].find(isExecutable);
}

/**
 * A file that may be run.
 * @param {string} path
 */
export function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
