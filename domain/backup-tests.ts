/** Which backups a scheduled restore test takes: the newest, and an older one that chance names, so that none rots unseen. */
import type { Backup } from './backup.ts';
import { sha256Hex } from './digest.ts';

/** At most two ids; the same for the same `chance`, a text that no two runs share. */
export function backupsToTest(backups: readonly Backup[], chance: string): string[] {
  const whole = backups
    .filter(({ source, status }) => source === 'okiagari' && status !== 'waiting' && status !== 'running')
    .toSorted((a, b) => Date.parse(b.startedAt) - Date.parse(a.startedAt) || (a.id < b.id ? 1 : -1));
  const [newest, ...older] = whole;
  if (newest === undefined) return [];
  const drawn = older[Number.parseInt(sha256Hex(chance).slice(0, 8), 16) % Math.max(1, older.length)];
  return [newest.id, ...(drawn === undefined ? [] : [drawn.id])];
}
