/** The backups of a target, asked of a worker near it, and those that are still being taken. */
import { z } from 'zod';
import type { Inventory, TargetEntry } from '../contracts/inventory.ts';
import { backupsOf, type Kinds } from '../contracts/kinds.ts';
import type { Backup } from '../domain/backup.ts';
import { askTarget } from './ask.ts';
import type { Execution, Gateway } from './gateway.ts';
import { leaseHolder } from './holders.ts';
import { isFailure } from './problem.ts';

export interface BackupLists {
  /** Every backup of the target, newest information. Fails: no-worker, temporal-away. Empty for a target without backups. */
  of(target: TargetEntry): Promise<readonly Backup[]>;
  /** The finished ones as known within the last `maxAgeMs`, a few seconds if left out; undefined when no worker answers. */
  recent(target: TargetEntry, maxAgeMs?: number): Promise<readonly Backup[] | undefined>;
  /** The backup that a workflow is taking. */
  underWay(run: Execution): Promise<Backup | undefined>;
  /** All targets that can have backups. */
  targets(): readonly TargetEntry[];
}

interface ListsWorld {
  readonly gateway: Gateway;
  readonly inventory: () => Inventory;
  readonly kinds: Kinds;
}

const answerMs = 5_000;
/** A list of targets does not wait long for one that does not answer, nor ask again at once. */
const glanceMs = 1_200;
const recentMs = 3_000;

export function createBackupLists({ gateway, inventory, kinds }: ListsWorld): BackupLists {
  const known = new Map<string, { readonly at: number; readonly backups: Promise<readonly Backup[] | undefined> }>();

  async function finished(target: TargetEntry, withinMs: number): Promise<readonly Backup[]> {
    const list = backupsOf(kinds, target)?.list;
    return list === undefined ? [] : ((await askTarget(gateway, target, list, withinMs)) as readonly Backup[]);
  }

  async function underWay(run: Execution): Promise<Backup | undefined> {
    const backup = backupOfMemo(run);
    if (!backup || run.state !== 'running') return undefined;
    const holder = await leaseHolder(gateway, backup.target);
    return { ...backup, status: holder?.id === backup.id ? 'running' : 'waiting' };
  }

  return {
    underWay,
    targets: () => inventory().targets.filter((target) => backupsOf(kinds, target)),

    async of(target) {
      if (!backupsOf(kinds, target)) return [];
      const [done, open] = await Promise.all([
        finished(target, answerMs),
        gateway.list({ types: ['backup'], targets: [target.id], openOnly: true }),
      ]);
      const doneIds = new Set(done.map(({ id }) => id));
      const taking = await Promise.all(open.map(underWay));
      return [...done, ...taking.filter((backup) => backup !== undefined && !doneIds.has(backup.id))] as Backup[];
    },

    recent(target, maxAgeMs = recentMs) {
      const last = known.get(target.id);
      if (last && Date.now() - last.at < maxAgeMs) return last.backups;
      const backups = finished(target, glanceMs).catch((error: unknown) => {
        if (isFailure(error, 'no-worker')) return undefined;
        known.delete(target.id);
        throw error;
      });
      known.set(target.id, { at: Date.now(), backups });
      return backups;
    },
  };
}

const memoSchema = z.object({ backup: z.looseObject({ id: z.string(), target: z.string() }) });

/** What the start of a backup wrote down about it. */
export function backupOfMemo(run: Execution): Backup | undefined {
  const memo = memoSchema.safeParse(run.memo);
  return memo.success ? (memo.data.backup as unknown as Backup) : undefined;
}
