/** Which backup to restore from: the newest from before the damage and above suspicion. */
import { newestFirst, type Backup } from '../backup.ts';
import type { Text } from '../text.ts';

interface Candidate {
  readonly backup: Backup;
  readonly suspect: boolean;
  readonly why: Text;
}

/**
 * All backups worth trying, best first: finished before the damage and above suspicion, newest first; then, each flagged
 * suspect, the suspicious ones and those taken since. Failed ones are tried last: a repository may have been mended.
 */
export function orderCandidates(backups: readonly Backup[], brokenSince: string | undefined): Candidate[] {
  const candidates = backups.toSorted(newestFirst).map((backup) => assess(backup, brokenSince));
  const rank = ({ backup, suspect }: Candidate): number => (backup.status === 'failed' ? 2 : suspect ? 1 : 0);
  return candidates.toSorted((a, b) => rank(a) - rank(b));
}

/** How safe one backup is as a choice. */
export function assess(backup: Backup, brokenSince: string | undefined): Candidate {
  const end = backup.finishedAt ?? backup.startedAt;
  if (brokenSince !== undefined && Date.parse(end) > Date.parse(brokenSince)) {
    return {
      backup,
      suspect: true,
      why: {
        en: `${backup.id} was taken after the damage began (${brokenSince}).`,
        ja: `${backup.id} は損傷の開始(${brokenSince})より後に取得されました。`,
      },
    };
  }
  const finding = backup.findings?.[0];
  if (backup.status === 'suspect') {
    return {
      backup,
      suspect: true,
      why: {
        en: `${backup.id} is suspect. ${finding?.en ?? ''}`.trim(),
        ja: `${backup.id} には疑いがあります。${finding?.ja ?? ''}`,
      },
    };
  }
  return {
    backup,
    suspect: false,
    why: {
      en: `${backup.id} is the newest verified backup${brokenSince === undefined ? '' : ` from before ${brokenSince}`}.`,
      ja: `${backup.id} は${brokenSince === undefined ? '' : `${brokenSince} より前の`}最新の検証済みバックアップです。`,
    },
  };
}

/** Milliseconds of work that a backup cannot bring back. */
export const lostMs = (backup: Backup, until: string): number => Math.max(0, Date.parse(until) - Date.parse(backup.startedAt));

/** Other usable backups for the people who decide, newest first, at most ten. */
export const alternativesTo = (chosen: string, backups: readonly Backup[]): readonly Backup[] =>
  backups
    .filter((one) => one.id !== chosen && one.status !== 'failed')
    .toSorted(newestFirst)
    .slice(0, 10);
