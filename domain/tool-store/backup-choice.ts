/** Which backup to restore from, and which ones may hold the damage. */
import type { Backup } from '../backup.ts';
import type { Text } from '../text.ts';

/** More than this part of the tools gone since the one before: a backup *of the damage*, until people say otherwise. */
const shrinkLimit = 0.2;

/**
 * Why a backup with so many tools is suspect, or undefined. `earlier` are the target's other backups; it is measured against
 * the newest of them that is not suspect itself, so that damage does not become the new normal after one night.
 */
export function whySuspect(tools: number, startedAt: string, earlier: readonly Backup[], openChange?: string): Text | undefined {
  if (openChange !== undefined) {
    return {
      en: `It was taken during the unfinished change of ${openChange}.`,
      ja: `${openChange} の未完了の変更中に取得されました。`,
    };
  }
  const good = earlier
    .filter((one) => Date.parse(one.startedAt) < Date.parse(startedAt) && one.status !== 'suspect')
    .toSorted(newestFirst)[0];
  const before = good?.counts['tools'];
  if (good === undefined || before === undefined || tools >= before * (1 - shrinkLimit)) return undefined;
  return {
    en: `It holds ${tools} tools, ${good.id} before it held ${before}.`,
    ja: `ツールが ${tools} 件しかなく、以前の ${good.id} は ${before} 件でした。`,
  };
}

/** One word for all that is known: a failed test outweighs the suspicion, the suspicion outweighs a passed test. */
export const backupStatus = (known: { failed: boolean; suspect: boolean; verified: boolean }): Backup['status'] =>
  known.failed ? 'failed' : known.suspect ? 'suspect' : known.verified ? 'verified' : 'complete';

/** By their start; the same instant by id, so that the order never depends on who listed them. */
export const newestFirst = (a: Backup, b: Backup): number =>
  Date.parse(b.startedAt) - Date.parse(a.startedAt) || (a.id < b.id ? 1 : -1);

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
