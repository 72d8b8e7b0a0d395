/** The backups of a target as they lie in its repositories. */
import { holdersOf, newestFirst, type Backup, type BackupTest, type Manifest } from '../../domain/backup.ts';
import { fail } from '../../domain/fail.ts';
import type { Text } from '../../domain/text.ts';
import { inParallel } from '../../domain/tool-store/in-parallel.ts';
import { whySuspect, type Measure } from '../../domain/why-suspect.ts';
import type { BackupDocumentName, BackupRepository } from '../ports/backup-repository.ts';
import type { Ports } from '../ports/index.ts';
import type { BackedUp } from './backed-up.ts';
import { bestFirst, describeSet, newestHold, parseManifest, parseTest, type BackupCopy, type BackupSet } from './backup-set.ts';
import { isRepositoryFailure, saidBy } from './repository-failure.ts';

/** In no order. Fails only where no repository answers: repository-away and its like. */
export async function openSets(ports: Ports, target: Pick<BackedUp, 'id' | 'repositoryEntries'>): Promise<BackupSet[]> {
  const listed = await Promise.all(
    target.repositoryEntries.map(async (entry) => {
      const repository = ports.repositories(entry);
      try {
        return { repository, ids: await repository.list(target.id) };
      } catch (error) {
        if (!isRepositoryFailure(error)) throw error;
        return { repository, error };
      }
    }),
  );
  const answering = listed.flatMap((one) => (one.ids === undefined ? [] : [one]));
  const silent = listed.flatMap((one) => (one.error === undefined ? [] : [one.error]));
  // Nobody knows what the silent ones hold; with none that answers there is nothing to go by.
  if (answering.length === 0 && silent.length > 0) throw silent[0]!;
  const repositories = answering.map(({ repository }) => repository);
  const ids = answering.map((one) => one.ids);
  const unique = [...new Set(ids.flat())];
  return inParallel(unique, (id) =>
    openSet(
      target.id,
      id,
      repositories.filter((_, index) => ids[index]!.includes(id)),
      repositories.filter((_, index) => !ids[index]!.includes(id)),
      silent.map(saidBy),
    ),
  );
}

/** One of them. Fails: no-backup. */
export function oneOf(sets: readonly BackupSet[], target: string, id: string): BackupSet {
  const found = sets.find((set) => set.id === id);
  if (found !== undefined) return found;
  throw fail('no-backup', { en: `${target} has no backup ${id}.`, ja: `${target} にバックアップ ${id} はありません。` });
}

/** The same backup as it lies in several repositories. A copy whose manifest is damaged does not count while another's is whole. */
async function openSet(
  target: string,
  id: string,
  repositories: readonly BackupRepository[],
  without: readonly BackupRepository[],
  silent: readonly Text[],
): Promise<BackupSet> {
  const opened = await Promise.all(
    repositories.map(async (repository) => {
      const hold = await repository.readDocument(target, id, 'hold.json');
      const parsed = parseManifest((await repository.readDocument(target, id, 'manifest.json')) ?? '', target, id);
      if ('fault' in parsed) return { repository, hold, fault: parsed.fault };
      const { manifest } = parsed;
      return {
        repository,
        hold,
        manifest,
        test: parseTest(await repository.readDocument(target, id, 'verification.json'), manifest),
      };
    }),
  );
  const whole = opened.find((one) => 'manifest' in one)?.manifest;
  const copies = opened.flatMap((one) =>
    one.manifest !== undefined && one.manifest.digest === whole?.digest
      ? [copyIn(one.repository, target, id, one.manifest, one.test)]
      : [],
  );
  const faults = opened.flatMap((one) => (one.fault === undefined ? [] : [one.fault]));
  return {
    id,
    source: 'okiagari',
    startedAt: whole?.startedAt ?? timeInId(id),
    ...(whole === undefined ? { ...(faults[0] === undefined ? {} : { fault: faults[0] }) } : { manifest: whole }),
    copies: bestFirst(copies),
    ...(whole?.suspect === undefined ? {} : { suspect: whole.suspect }),
    hold: newestHold(opened.map(({ hold }) => hold)),
    findings: [
      ...(whole?.findings ?? []),
      ...(whole === undefined ? [] : faults.map(({ sentence }) => sentence)),
      ...(whole === undefined || whole.skipped.length === 0
        ? []
        : [
            {
              en: `${whole.skipped.length} links were not followed: ${whole.skipped.slice(0, 5).join(', ')}.`,
              ja: `リンク ${whole.skipped.length} 件はたどっていません: ${whole.skipped.slice(0, 5).join('、')}。`,
            },
          ]),
      ...silent,
      ...without.map((repository) => ({ en: `Missing in ${repository.id}.`, ja: `${repository.id} にありません。` })),
    ],
  };
}

function copyIn(
  repository: BackupRepository,
  target: string,
  id: string,
  manifest: Manifest,
  test: BackupTest | undefined,
): BackupCopy {
  const keep = (name: BackupDocumentName, body: object): Promise<void> =>
    repository.writeDocument(target, id, name, `${JSON.stringify(body, null, 2)}\n`);
  return {
    where: repository.id,
    test,
    // Bytes of an unchanged file live in an earlier backup.
    read: (file, maxBytes, signal) => repository.read(target, file.in, file.as ?? file.path, maxBytes, signal),
    fetch: (file, to, options, signal) => repository.fetch(target, file.in, file.as ?? file.path, to, options, signal),
    strange: async () => (await Promise.all(holdersOf(manifest).map((holder) => repository.strange(target, holder)))).flat(),
    keepTest: (found) => keep('verification.json', found),
    keepHold: (hold) => keep('hold.json', hold),
  };
}

/** Where the manifest cannot say it: our ids begin with their time. */
function timeInId(id: string): string {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/.exec(id);
  return match ? `${match[1]}-${match[2]}-${match[3]}T${match[4]}:${match[5]}:${match[6]}.000Z` : new Date(0).toISOString();
}

/** From the oldest on, each measured against those before it; what its own manifest says of it stands. */
export function markSuspects(sets: readonly BackupSet[], target: string, measures: readonly Measure[]): BackupSet[] {
  const byAge = sets.toSorted((a, b) => newestFirst(describeSet(b, target), describeSet(a, target)));
  const marked: BackupSet[] = [];
  const seen: Backup[] = [];
  for (const set of byAge) {
    const why = set.suspect ?? (set.manifest && whySuspect(set.manifest, seen, measures));
    const next = why === undefined ? set : { ...set, suspect: why };
    marked.push(next);
    // One that cannot be read says nothing about what there was.
    if (set.manifest !== undefined) seen.push(describeSet(next, target));
  }
  return marked.toReversed();
}
