/** All backups of a PostgreSQL cluster, held against what their tool still has. */
import { databaseMeasures } from '../../domain/postgres/row-count.ts';
import type { BackupKind } from '../backup-keeping/backed-up.ts';
import type { BackupSet } from '../backup-keeping/backup-set.ts';
import { markSuspects, openSets } from '../backup-keeping/open-sets.ts';
import { saidBy } from '../backup-keeping/repository-failure.ts';
import type { Ports } from '../ports/index.ts';
import { backedUpPostgres, type BackedUpPostgres } from './target.ts';

/** Newest first, each marked suspect where it shrank, and failed where its tool does not know it any more. */
export async function openBackups(ports: Ports, target: BackedUpPostgres, signal?: AbortSignal): Promise<BackupSet[]> {
  const sets = await openSets(ports, target);
  const held = sets.some(({ manifest }) => manifest?.elsewhere) ? await heldBackups(ports, target, sets, signal) : sets;
  return markSuspects(held, target.id, databaseMeasures);
}

/** A tool that does not answer is a finding: nobody knows whether what it keeps is there. */
async function heldBackups(
  ports: Ports,
  target: BackedUpPostgres,
  sets: readonly BackupSet[],
  signal?: AbortSignal,
): Promise<BackupSet[]> {
  const listed = await ports.postgresBackups.list(target, signal).catch((error: unknown) => {
    if (signal?.aborted) throw error;
    return saidBy(error);
  });
  return sets.map((set) => {
    const elsewhere = set.manifest?.elsewhere;
    if (elsewhere === undefined || listed === undefined) return set;
    if ('en' in listed) return { ...set, findings: [...set.findings, listed] };
    if (listed.some(({ label }) => label === elsewhere.label)) return set;
    const { tool, label } = elsewhere;
    const sentence = {
      en: `${set.id}: ${tool} has no backup ${label} any more.`,
      ja: `${set.id}: ${tool} にバックアップ ${label} がもうありません。`,
    };
    return { ...set, fault: { code: 'backup-corrupt' as const, sentence } };
  });
}

export const postgresBackups: BackupKind<BackedUpPostgres> = {
  target: backedUpPostgres,
  open: openBackups,
  forget: async (ports, target, { manifest }, signal) =>
    manifest?.elsewhere && ports.postgresBackups.remove(target, manifest.elsewhere.label, signal),
};
