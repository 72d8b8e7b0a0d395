/** What a pruning is about to remove, as people read it and as it is carried out. */
import type { Backup } from './backup.ts';
import { digestOf } from './digest.ts';
import type { Plan, PlannedChange } from './recovery.ts';
import type { Verdict } from './retention.ts';
import type { Text } from './text.ts';

/** One backup that goes. */
export interface Removal {
  readonly id: string;
  readonly kind: Backup['kind'];
  readonly startedAt: string;
  /** That become free in each repository; what lies in other backups stays there. */
  readonly bytes: number;
  readonly repositories: readonly string[];
  readonly reason: Text;
}

/** The whole plan, as the record store keeps it. */
export interface PrunePlan {
  readonly target: string;
  /** In the order in which they go: nothing before what needs it. */
  readonly removals: readonly Removal[];
  readonly kept: readonly { readonly id: string; readonly reason: Text }[];
  readonly digest: string;
}

/** What a pruning did. `spared`: kept after all, because something changed since the plan or the store does not let it go. */
export interface PruneReceipt {
  readonly removed: number;
  readonly already: number;
  readonly bytes: number;
  readonly spared: readonly { readonly id: string; readonly reason: Text }[];
}

/** A backup that may be removed, with what has to be known to do it in order. */
export interface Prunable extends Omit<Removal, 'reason'> {
  readonly needs: readonly string[];
}

export function planPrune(target: string, backups: readonly Prunable[], verdicts: readonly Verdict[]): PrunePlan {
  const reasons = new Map(verdicts.map(({ id, reason }) => [id, reason]));
  const going = new Set(verdicts.filter(({ keep }) => !keep).map(({ id }) => id));
  const body = {
    target,
    removals: dependentsFirst(backups.filter(({ id }) => going.has(id))).map(({ needs: _order, ...removal }) => ({
      ...removal,
      reason: reasons.get(removal.id)!,
    })),
    kept: verdicts.filter(({ keep }) => keep).map(({ id, reason }) => ({ id, reason })),
  };
  return { ...body, digest: digestOf(body) };
}

/** Whenever it is cut short, what is left has all that it needs. */
function dependentsFirst(backups: readonly Prunable[]): Prunable[] {
  const neededBy = new Map<string, Prunable[]>();
  for (const one of backups) for (const id of one.needs) neededBy.set(id, [...(neededBy.get(id) ?? []), one]);
  const ordered: Prunable[] = [];
  const seen = new Set<string>();
  // A stack of our own: a chain may be longer than the engine's.
  const todo = backups.map((backup) => ({ backup, isOpened: false })).toReversed();
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    const { backup, isOpened } = next;
    if (isOpened) ordered.push(backup);
    else if (!seen.has(backup.id)) {
      seen.add(backup.id);
      todo.push({ backup, isOpened: true });
      for (const dependent of neededBy.get(backup.id) ?? []) todo.push({ backup: dependent, isOpened: false });
    }
  }
  return ordered;
}

const mostChanges = 20;

/** The head that people approve and workflows carry; the whole lies at `ref`. */
export function headOfPrune({ digest, removals, kept }: PrunePlan, ref: string): Plan {
  const bytes = removals.reduce((sum, one) => sum + one.bytes * one.repositories.length, 0);
  const all = removals.length + kept.length;
  const changes: PlannedChange[] = [
    ...removals.map(({ id, bytes: own, repositories, reason }): PlannedChange => ({
      action: 'remove',
      path: id,
      before: `${own} bytes in ${repositories.join(', ')}. ${reason.en}`,
    })),
    ...kept.map(({ id, reason }): PlannedChange => ({ action: 'keep', path: id, before: reason.en })),
  ];
  return {
    summary: {
      en: `${removals.length} of ${all} backups are to be removed, ${bytes} bytes; ${kept.length} are kept.`,
      ja: `バックアップ ${all} 件中 ${removals.length} 件(${bytes} バイト)を削除し、${kept.length} 件を保持します。`,
    },
    digest,
    size: { items: removals.length, bytes, share: all === 0 ? 0 : removals.length / all },
    counts: { add: 0, overwrite: 0, keep: kept.length, remove: removals.length },
    changes: changes.slice(0, mostChanges),
    truncated: changes.length > mostChanges,
    ref,
  };
}
