/** The scratch tool store of a gameday: what was there, how it is damaged, and whether it is back to the byte. */
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, rmSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';

/** `mode sha256` of every file by its path. */
export type Snapshot = ReadonlyMap<string, string>;

export function takeSnapshot(root: string): Snapshot {
  const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map(({ parentPath, name }) => join(parentPath, name).slice(root.length + 1));
  return new Map(paths.toSorted().map((path) => [path, facts(join(root, path))]));
}

function facts(path: string): string {
  const mode = (statSync(path).mode & 0o7777).toString(8).padStart(4, '0');
  return `${mode} ${createHash('sha256').update(readFileSync(path)).digest('hex')}`;
}

export interface Damage {
  readonly deleted: readonly string[];
  readonly truncated: readonly string[];
}

/** Deletes every third tool and cuts every fourth of the rest in half, so that the plan both adds and overwrites. */
export function damage(root: string): Damage {
  const folder = join(root, '.pi/tools');
  const tools = readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .toSorted();
  const deleted = tools.filter((_, index) => index % 3 === 0);
  const truncated = tools.filter((name) => !deleted.includes(name)).filter((_, index) => index % 4 === 0);
  for (const name of deleted) rmSync(join(folder, name));
  for (const name of truncated) truncateSync(join(folder, name), Math.floor(statSync(join(folder, name)).size / 2));
  return { deleted, truncated };
}

/** One sentence for every file that is not as it was; empty when all is well. */
export function differences(before: Snapshot, after: Snapshot): string[] {
  const missing = [...before.keys()].filter((path) => !after.has(path)).map((path) => `${path} is missing`);
  const extra = [...after.keys()].filter((path) => !before.has(path)).map((path) => `${path} was not there`);
  const changed = [...before]
    .filter(([path, was]) => after.has(path) && after.get(path) !== was)
    .map(([path, was]) => `${path} was ${was} and is ${after.get(path)}`);
  return [...missing, ...extra, ...changed];
}
