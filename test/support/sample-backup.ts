/** Backups as a worker would list them. */
import type { Backup } from '../../domain/backup.ts';

/** ISO. */
export const ago = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString();

export function backup(id: string, status: Backup['status'], more: Partial<Backup> = {}): Backup {
  const startedAt = `${id.slice(0, 4)}-${id.slice(4, 6)}-${id.slice(6, 8)}T02:00:00.000Z`;
  return {
    id,
    target: 'tools',
    kind: 'full',
    source: 'okiagari',
    status,
    startedAt,
    finishedAt: startedAt,
    ...(status === 'verified' && { verifiedAt: startedAt, restoreMs: 120 }),
    bytes: 1_000,
    files: 13,
    counts: { tools: 12, logLines: 2_000 },
    repositories: ['local'],
    held: false,
    ...more,
  };
}
