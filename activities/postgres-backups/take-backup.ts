/** Takes a backup of a cluster with its tool, and writes the manifest that makes it one of ours. */
import type { Backup, Manifest, ManifestFile } from '../../domain/backup.ts';
import { atLeast, databaseMeasures } from '../../domain/postgres/row-count.ts';
import { isElsewhere, type TakenBackup } from '../../domain/postgres/taken-backup.ts';
import type { Text } from '../../domain/text.ts';
import type { BackupSet } from '../backup-keeping/backup-set.ts';
import { takeBackupOf } from '../backup-keeping/backups-of.ts';
import { closeBackup } from '../backup-keeping/close-backup.ts';
import { factsText } from '../backup-keeping/facts-file.ts';
import type { TakeBackupInput } from '../backup-keeping/into-repositories.ts';
import { newestBase, wholeIn } from '../backup-keeping/newest-base.ts';
import { openChangeOf } from '../backup-keeping/open-change.ts';
import { storeFiles } from '../backup-keeping/store-files.ts';
import type { BackupRepository } from '../ports/backup-repository.ts';
import type { Ports } from '../ports/index.ts';
import { primaryOf } from '../postgres/check-cluster.ts';
import { factsFile, factsOf, logIn } from './facts.ts';
import { openBackups, postgresBackups } from './open-backups.ts';
import type { BackedUpPostgres } from './target.ts';

/** The same id twice finds the finished one. Fails: no-primary, backup-tool-failed, log-not-archived, scratch-unusable, disk-full. */
export const takeBackup = (ports: Ports, input: TakeBackupInput, signal?: AbortSignal): Promise<Backup> =>
  takeBackupOf(
    ports,
    postgresBackups,
    input,
    (target, repository, earlier) => takeInto(ports, target, repository, input, earlier, signal),
    signal,
  );

async function takeInto(
  ports: Ports,
  target: BackedUpPostgres,
  repository: BackupRepository,
  input: TakeBackupInput,
  earlierFindings: readonly Text[],
  signal?: AbortSignal,
): Promise<Manifest> {
  const openBefore = await openChangeOf(ports, target.id);
  const sets = await openBackups(ports, target, signal);
  const standsOn = input.kind === 'incremental' ? newestBase(wholeIn(sets, repository.id), input.startedAt) : undefined;
  const base = standsOn && (await baseOf(sets, standsOn, signal));
  const folder = await ports.scratchServers.open(target);
  try {
    const primary = await primaryOf(ports, target, signal);
    const before = await ports.postgres.count(primary, target, signal);
    const kind = input.kind === 'incremental' ? 'incremental' : 'full';
    const request = { id: input.id, kind, primary, base, stage: folder.files } as const;
    const taken = await ports.postgresBackups.take(target, request, signal);
    const { tables, rows } = atLeast(before, await ports.postgres.count(primary, target, signal));
    await ports.files.writeDocument({ root: folder.files, path: factsFile }, factsText(taken));
    const own = await storeFiles(ports, target, repository, input, folder.files, signal);
    const under = baseIn(sets, taken, standsOn);
    const taking = { target, repository, input, sets, measures: databaseMeasures, openBefore };
    return await closeBackup(ports, taking, {
      base: under?.id ?? null,
      files: taken.kind === 'full' || isElsewhere(taken) ? own : withBase(own, under),
      ...(isElsewhere(taken) && { elsewhere: { tool: taken.tool, label: taken.label, bytes: taken.bytes } }),
      counts: { tables, rows },
      findings: [...earlierFindings, ...(kind === 'incremental' && taken.kind === 'full' ? [holdsAll] : [])],
    });
  } finally {
    await ports.scratchServers.remove(folder);
  }
}

const holdsAll: Text = {
  en: 'There was nothing whole to build on: it holds everything itself.',
  ja: '基にできる完全なバックアップがないため、すべてを含みます。',
};

async function baseOf(sets: readonly BackupSet[], manifest: Manifest, signal?: AbortSignal) {
  const taken = await factsOf(
    sets.find(({ id }) => id === manifest.id)!,
    signal,
  );
  return taken && { taken, has: logIn(manifest) };
}

/** The one that the tool built on, which is not always the one that it was offered. */
function baseIn(sets: readonly BackupSet[], taken: TakenBackup, offered: Manifest | undefined): Manifest | undefined {
  const { base } = taken;
  if (base === null) return undefined;
  if (!isElsewhere(taken)) return offered;
  return sets.find(({ manifest }) => manifest?.elsewhere?.label === base)?.manifest;
}

/** Everything of the base but its own facts, where it lies already. */
const withBase = (own: readonly ManifestFile[], base: Manifest | undefined): ManifestFile[] => [
  ...(base?.files ?? []).filter(({ path }) => path !== factsFile),
  ...own,
];
