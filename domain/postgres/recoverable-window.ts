/** The stretch of time that a cluster can be brought back to, and whether a goal lies in it. */
import { no, type Verdict } from '../verdict.ts';
import { byPlace, placeOf, reachableFrom } from './log-files.ts';
import { bytesAhead } from './lsn.ts';
import type { RecoveryGoal } from './recovery-goal.ts';

/** A commit, or the end of a backup: an instant (ISO, UTC) and its position in the log. */
export interface LogPlace {
  readonly at: string;
  readonly position: string;
}

/** A backup that can be restored, as far as the log goes with it. */
export interface WindowBackup {
  readonly id: string;
  /** Name of the first file of the log that it needs. */
  readonly startFile: string;
  readonly stop: LogPlace;
}

export interface RecoverableWindow {
  /** End of the oldest backup from which the log goes on without a hole. */
  readonly from: LogPlace;
  /** The last archived commit. An instant is reached by the commit behind it: it has to lie before this one. */
  readonly until: LogPlace;
}

export interface Reach {
  /** Oldest first: those from which the log leads to `newest`. */
  readonly backups: readonly WindowBackup[];
  /** The last file of the log that they lead to. */
  readonly newest: string;
}

/** From the newest backup on, and back to the oldest from which the archived log leads as far; undefined where no log leads anywhere. */
export function reachOf(
  backups: readonly WindowBackup[],
  log: { readonly files: readonly string[]; readonly fileBytes: number } | undefined,
): Reach | undefined {
  if (log === undefined) return undefined;
  const reached = backups.flatMap((backup) => {
    const last = reachableFrom(log.files, backup.startFile, log.fileBytes);
    return last === undefined ? [] : [{ backup, last }];
  });
  const newest = reached
    .map(({ last }) => last)
    .toSorted(byPlace)
    .at(-1);
  if (newest === undefined) return undefined;
  const together = reached.filter(({ last }) => placeOf(last) === placeOf(newest)).map(({ backup }) => backup);
  return { newest, backups: together.toSorted((a, b) => Date.parse(a.stop.at) - Date.parse(b.stop.at)) };
}

/** Undefined where nothing was committed since the oldest backup ended: then there are moments, but no stretch. */
export function recoverableWindow({ backups }: Reach, lastCommit: LogPlace | undefined): RecoverableWindow | undefined {
  const from = backups[0]?.stop;
  if (from === undefined || lastCommit === undefined || Date.parse(lastCommit.at) <= Date.parse(from.at)) return undefined;
  return { from, until: lastCommit };
}

/** Whether the goal can be reached, with the window named. What only replay can tell, a name or a transaction, may be tried. */
export function canRestoreTo(goal: RecoveryGoal, window: RecoverableWindow | undefined): Verdict {
  if (goal.kind === 'immediate') return yes('A backup by itself needs no log.', 'バックアップ単体の復元に WAL は不要です。');
  if (window === undefined) {
    return no(
      'No backup with archived commits behind it is there: no moment can be reached.',
      '以降のコミットがアーカイブされたバックアップがないため、時点復旧ができません。',
    );
  }
  const { from, until } = window;
  const [en, ja] = [
    `The window goes from ${from.at} (${from.position}) to the last archived commit, ${until.at} (${until.position}).`,
    `復旧できる範囲は ${from.at} (${from.position}) から最後にアーカイブされたコミット ${until.at} (${until.position}) までです。`,
  ];
  const within = (what: string, isBefore: boolean, isBehind: boolean): Verdict => {
    if (isBefore) {
      return no(`${what} is before the oldest backup ended. ${en}`, `${what} は最古のバックアップより前です。${ja}`);
    }
    if (isBehind) {
      return no(
        `${what} is not before the last archived commit. ${en}`,
        `${what} は最後にアーカイブされたコミットより前ではありません。${ja}`,
      );
    }
    return yes(`${what} can be reached. ${en}`, `${what} に復旧できます。${ja}`);
  };
  switch (goal.kind) {
    case 'time': {
      const at = Date.parse(goal.at);
      return within(goal.at, at < Date.parse(from.at), at >= Date.parse(until.at));
    }
    case 'lsn': {
      const { lsn } = goal;
      return within(lsn, bytesAhead(lsn, from.position) > 0, bytesAhead(until.position, lsn) > 0);
    }
    case 'xid':
    case 'name':
      return yes(`Only replay tells whether it is there. ${en}`, `存在するかは再生するまで分かりません。${ja}`);
    case 'latest':
      return yes(`Everything archived can be replayed. ${en}`, `アーカイブ済みの WAL をすべて適用できます。${ja}`);
  }
}

/** The one that leaves the least log to replay; the oldest where only replay tells where the goal is. Undefined where none leads there. */
export function backupFor(goal: RecoveryGoal, { backups }: Reach): WindowBackup | undefined {
  switch (goal.kind) {
    case 'time':
      return backups.findLast(({ stop }) => Date.parse(stop.at) <= Date.parse(goal.at));
    case 'lsn':
      return backups.findLast(({ stop }) => bytesAhead(goal.lsn, stop.position) === 0);
    case 'xid':
    case 'name':
      return backups[0];
    case 'latest':
    case 'immediate':
      return backups.at(-1);
  }
}

const yes = (en: string, ja: string): Verdict => ({ ok: true, sentence: { en, ja } });
