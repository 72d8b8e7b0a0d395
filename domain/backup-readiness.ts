/** Would it work now? What is wrong with a target's backups, judged from what is there and what was to be there. */
import type { Backup } from './backup.ts';
import type { Text } from './text.ts';

export interface Expected {
  /** A new backup is due as often; undefined where no schedule is to make any. */
  readonly everyMs: number | undefined;
  /** Most work that may be lost; undefined where nobody said and no schedule implies it. */
  readonly rpoMs: number | undefined;
}

/** A run that a schedule started. */
export interface ScheduledRun {
  readonly schedule: string;
  readonly startedAt: string;
  readonly state: 'running' | 'completed' | 'broken';
}

/** A backup takes its time, and its test after it: so much later is not yet missed. */
const graceOf = (ms: number): number => Math.max(5 * 60_000, ms / 10);

export const isWhole = ({ status }: Backup): boolean => status === 'complete' || status === 'verified' || status === 'suspect';
export const isVerified = ({ status }: Backup): boolean => status === 'verified';

export const newestOf = (backups: readonly Backup[] | undefined, fits: (backup: Backup) => boolean): Backup | undefined =>
  backups?.filter(fits).toSorted((a, b) => Date.parse(b.startedAt) - Date.parse(a.startedAt))[0];

/** One sentence for each thing that is wrong; none on a clean bed. */
export function backupFindings(backups: readonly Backup[], { everyMs, rpoMs }: Expected, now: number): Text[] {
  const whole = newestOf(backups, isWhole);
  if (whole === undefined) return [{ en: 'There is no backup.', ja: 'バックアップがありません。' }];
  const findings: Text[] = [];
  const age = now - Date.parse(whole.startedAt);
  if (everyMs !== undefined && age > everyMs + graceOf(everyMs)) {
    findings.push({
      en: `A backup was missed: the newest is ${spanEn(age)} old, one is due every ${spanEn(everyMs)}.`,
      ja: `バックアップが予定どおり取得されていません。最新は ${spanJa(age)}前、予定は ${spanJa(everyMs)}ごとです。`,
    });
  }
  const verified = newestOf(backups, isVerified);
  if (verified === undefined) {
    return [...findings, { en: 'No backup has passed a restore test.', ja: '復元テストに合格したバックアップがありません。' }];
  }
  const verifiedAge = now - Date.parse(verified.startedAt);
  if (rpoMs !== undefined && verifiedAge > rpoMs + graceOf(rpoMs)) {
    findings.push({
      en: `The newest verified backup is ${spanEn(verifiedAge)} old; no more than ${spanEn(rpoMs)} may be lost (RPO).`,
      ja: `最新の検証済みバックアップは ${spanJa(verifiedAge)}前のものです。許容される損失(RPO)は ${spanJa(rpoMs)}です。`,
    });
  }
  return findings;
}

/** Of each schedule its newest run that is over, where that failed. */
export function failedRunFindings(runs: readonly ScheduledRun[]): Text[] {
  const newest = new Map<string, ScheduledRun>();
  for (const run of runs.filter(({ state }) => state !== 'running')) {
    const known = newest.get(run.schedule);
    if (known === undefined || Date.parse(run.startedAt) > Date.parse(known.startedAt)) newest.set(run.schedule, run);
  }
  return [...newest.values()]
    .filter(({ state }) => state === 'broken')
    .toSorted((a, b) => (a.schedule < b.schedule ? -1 : 1))
    .map(({ schedule, startedAt }) => ({
      en: `${schedule} failed at its last run (${startedAt}).`,
      ja: `${schedule} の前回の実行(${startedAt})が失敗しました。`,
    }));
}

const spanEn = (ms: number): string => span(ms, [' d', ' h', ' min']);
const spanJa = (ms: number): string => span(ms, [' 日', ' 時間', ' 分']);

function span(ms: number, [days, hours, minutes]: readonly [string, string, string]): string {
  if (ms >= 48 * 3_600_000) return `${Math.floor(ms / 86_400_000)}${days}`;
  if (ms >= 90 * 60_000) return `${Math.floor(ms / 3_600_000)}${hours}`;
  return `${Math.floor(ms / 60_000)}${minutes}`;
}
