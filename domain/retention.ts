/** Which backups are kept and which may go: a pure decision over all backups of one target. */
import type { BackupKind } from './backup.ts';
import type { Text } from './text.ts';

/** One backup as far as keeping it goes. */
export interface Keepable {
  readonly id: string;
  readonly kind: BackupKind;
  readonly source: 'okiagari' | 'script';
  /** ISO. */
  readonly startedAt: string;
  /** Has a whole manifest, and no test of it failed everywhere. */
  readonly usable: boolean;
  /** May hold the damage: it never counts as the last good one. */
  readonly suspect: boolean;
  /** Repositories in which it passed its restore test. */
  readonly verifiedIn: readonly string[];
  /** Backups that hold bytes of its files, and the one it is based on. */
  readonly needs: readonly string[];
}

/** How long each kind is kept, in milliseconds from its start. */
export type KeepMs = Readonly<Record<BackupKind, number>>;

export interface Holds {
  /** Held by a person, with the reason. */
  readonly held: ReadonlyMap<string, string>;
  /** Being restored or tested now, or named by a change that is not closed; with what uses it. */
  readonly inUse: ReadonlyMap<string, string>;
}

export interface Verdict {
  readonly id: string;
  readonly keep: boolean;
  readonly reason: Text;
}

/**
 * Decides for every backup, in the order given. Kept are: what is held or in use, what is within its kind's time, what the
 * runbook's scripts left, in each repository the newest verified one that is not suspect (where none is verified anywhere,
 * the newest usable one), and whatever one that is kept needs.
 */
export function decideRetention(backups: readonly Keepable[], keepMs: KeepMs, { held, inUse }: Holds, now: number): Verdict[] {
  const lastGood = lastGoodOnes(backups);
  const reasons = new Map<string, Text>();
  for (const backup of backups) {
    const why = whyKept(backup, keepMs, now) ?? lastGood.get(backup.id);
    const heldFor = held.get(backup.id);
    const usedBy = inUse.get(backup.id);
    if (heldFor !== undefined) reasons.set(backup.id, isHeld(heldFor));
    else if (usedBy !== undefined) reasons.set(backup.id, isInUse(usedBy));
    else if (why !== undefined) reasons.set(backup.id, why);
  }
  keepWhatIsNeeded(backups, reasons);
  return backups.map((backup) => {
    const reason = reasons.get(backup.id);
    return reason === undefined
      ? { id: backup.id, keep: false, reason: isOver(backup, keepMs[backup.kind]) }
      : { id: backup.id, keep: true, reason };
  });
}

/** By its own kind and age alone. A start that cannot be read is no reason to remove anything. */
function whyKept({ source, kind, startedAt }: Keepable, keepMs: KeepMs, now: number): Text | undefined {
  if (source === 'script') {
    return {
      en: 'A script of the runbook made it; it lies in the target, where nothing is pruned.',
      ja: '手順書のスクリプトが作成したもので対象内にあるため、整理しません。',
    };
  }
  const until = Date.parse(startedAt) + keepMs[kind];
  if (until <= now) return undefined;
  if (Number.isNaN(until)) return { en: 'Its start is not known.', ja: '開始時刻が不明です。' };
  const day = new Date(Math.min(until, 8.64e15)).toISOString();
  return { en: `${kind}: kept until ${day}.`, ja: `${kind}: ${day} まで保持します。` };
}

/** Those that must stay however old they grow, each with why. */
function lastGoodOnes(backups: readonly Keepable[]): ReadonlyMap<string, Text> {
  const found = new Map<string, Text>();
  const ours = backups.filter(({ source }) => source === 'okiagari');
  const good = ours.filter(({ suspect, verifiedIn }) => !suspect && verifiedIn.length > 0);
  for (const repository of new Set(good.flatMap(({ verifiedIn }) => verifiedIn))) {
    const newest = newestOf(good.filter(({ verifiedIn }) => verifiedIn.includes(repository)));
    if (newest === undefined || found.has(newest.id)) continue;
    found.set(newest.id, {
      en: `The newest verified backup in ${repository}.`,
      ja: `${repository} で最新の検証済みバックアップです。`,
    });
  }
  if (found.size > 0) return found;
  const usable = ours.filter((one) => one.usable);
  const last = newestOf(usable.filter(({ suspect }) => !suspect)) ?? newestOf(usable);
  if (last !== undefined) {
    found.set(last.id, { en: 'None is verified; this is the newest.', ja: '検証済みがないため、最新のものを残します。' });
  }
  return found;
}

/** By start; the same instant by id. */
const newestOf = (backups: readonly Keepable[]): Keepable | undefined =>
  backups.reduce<Keepable | undefined>((best, one) => (best === undefined || isNewer(one, best) ? one : best), undefined);

function isNewer(one: Keepable, other: Keepable): boolean {
  const distance = Date.parse(one.startedAt) - Date.parse(other.startedAt);
  return distance > 0 || (distance === 0 && one.id > other.id);
}

/** Spreads "kept" to what kept ones need, over any number of steps. Circles, which no honest manifest has, end by themselves. */
function keepWhatIsNeeded(backups: readonly Keepable[], reasons: Map<string, Text>): void {
  const byId = new Map(backups.map((backup) => [backup.id, backup]));
  const todo = [...reasons.keys()];
  for (let id = todo.pop(); id !== undefined; id = todo.pop()) {
    for (const needed of byId.get(id)?.needs ?? []) {
      if (reasons.has(needed) || !byId.has(needed)) continue;
      reasons.set(needed, { en: `${id} needs it.`, ja: `${id} の復元に必要です。` });
      todo.push(needed);
    }
  }
}

const isHeld = (reason: string): Text => ({ en: `Held: ${reason}`, ja: `保護中: ${reason}` });
const isInUse = (by: string): Text => ({ en: `In use by ${by}.`, ja: `${by} が使用中です。` });
const isOver = ({ kind }: Keepable, keepMs: number): Text => ({
  en: `${kind}: its ${days(keepMs)} days are over.`,
  ja: `${kind}: 保持期間 ${days(keepMs)} 日を過ぎました。`,
});
const days = (ms: number): number => Math.round((ms / 86_400_000) * 10) / 10;
