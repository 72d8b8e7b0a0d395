/** What an incremental may stand on: the newest backup that is whole in a repository, with all that it needs. */
import { holdersOf, type Manifest } from '../../domain/backup.ts';
import type { BackupSet } from './backup-set.ts';

/** By id. */
export const wholeIn = (sets: readonly BackupSet[], repository: string): ReadonlyMap<string, Manifest> =>
  new Map(sets.filter((set) => isWholeIn(set, repository)).map((set) => [set.id, set.manifest!]));

/** Of those that began before; undefined for none. */
export function newestBase(here: ReadonlyMap<string, Manifest>, before: string): Manifest | undefined {
  const isRestorable = (manifest: Manifest): boolean => holdersOf(manifest).every((holder) => here.has(holder));
  return [...here.values()]
    .filter((manifest) => Date.parse(manifest.startedAt) < Date.parse(before) && isRestorable(manifest))
    .reduce<Manifest | undefined>((best, one) => (best === undefined || isNewer(one, best) ? one : best), undefined);
}

/** Ours, with a manifest, and no failed test there. Suspect is no matter: an incremental knows each byte that it refers to. */
const isWholeIn = ({ source, manifest, copies }: BackupSet, repository: string): boolean =>
  source === 'okiagari' &&
  manifest !== undefined &&
  copies.some(({ where, test }) => where === repository && test?.passed !== false);

function isNewer(one: Manifest, other: Manifest): boolean {
  const distance = Date.parse(one.startedAt) - Date.parse(other.startedAt);
  return distance > 0 || (distance === 0 && one.id > other.id);
}
