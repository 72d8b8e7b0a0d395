/** Brings one new backup into every repository of a target: made in the first that takes it, copied into the others. */
import type { BackupKind, Manifest } from '../../domain/backup.ts';
import type { Text } from '../../domain/text.ts';
import type { BackupRepository } from '../ports/backup-repository.ts';
import type { Ports } from '../ports/index.ts';
import type { BackedUp } from './backed-up.ts';
import { copyAcross, finishedIn } from './copy-across.ts';
import { saidBy } from './repository-failure.ts';

/** What whoever asks for a backup says. */
export interface TakeBackupInput {
  readonly target: string;
  readonly id: string;
  readonly kind: BackupKind;
  readonly reason?: string | undefined;
  readonly startedAt: string;
}

/**
 * All hold the same bytes afterwards. A repository that refuses is a finding as long as another one has the backup; answers
 * those. `make` writes it, manifest last, into a repository that was cleared for it.
 */
export async function intoRepositories(
  ports: Ports,
  target: BackedUp,
  id: string,
  make: (repository: BackupRepository, findings: readonly Text[]) => Promise<Manifest>,
  signal?: AbortSignal,
): Promise<readonly Text[]> {
  const repositories = target.repositoryEntries.map((entry) => ports.repositories(entry));
  const findings: Text[] = [];
  const refusals: unknown[] = [];
  let source: { readonly repository: BackupRepository; readonly manifest: Manifest } | undefined;
  for (const repository of repositories) {
    const manifest = await finishedIn(repository, target.id, id).catch(() => undefined);
    if (manifest !== undefined) source ??= { repository, manifest };
  }
  for (const repository of repositories) {
    signal?.throwIfAborted();
    try {
      if ((await finishedIn(repository, target.id, id)) !== undefined) continue;
      if (source === undefined) {
        await repository.clear(target.id, id);
        source = { repository, manifest: await make(repository, findings) };
      } else await copyAcross(ports, target, source.manifest, source.repository, repository, signal);
    } catch (error) {
      await repository.clear(target.id, id).catch(() => undefined);
      if (signal?.aborted) throw error;
      refusals.push(error);
      const { en, ja } = saidBy(error);
      findings.push({
        en: `${repository.id} did not take it: ${en}`,
        ja: `${repository.id} に書き込めませんでした: ${ja}`,
      });
    }
  }
  if (source === undefined) throw refusals[0];
  return findings;
}

/** What was found while it was taken, before what is found by looking at it. */
export const withFindings = <T extends { readonly findings: readonly Text[] }>(set: T, findings: readonly Text[]): T => {
  const told = new Set(set.findings.map(({ en }) => en));
  return { ...set, findings: [...findings.filter(({ en }) => !told.has(en)), ...set.findings] };
};
