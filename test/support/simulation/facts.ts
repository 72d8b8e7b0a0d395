/** What is known of a run when it is over: what really happened, and what each recovery says of itself. */
import type { OpenChange } from '../../../activities/kernel-interface.ts';
import { recoveryEndKey } from '../../../activities/records/keys.ts';
import type { Inventory } from '../../../contracts/inventory.ts';
import { ledgerQuery, statusQuery } from '../../../domain/messages.ts';
import type { LedgerEntry, RecoveryState } from '../../../domain/recovery.ts';
import type { Review } from '../../../domain/review.ts';
import type { MemoryRecords } from '../memory-records.ts';
import type { Status } from './execution.ts';
import type { Effect, Journal } from './journal.ts';
import type { MemoryTemporal } from './temporal.ts';

/** A root recovery at the end of the run. */
export interface Story {
  readonly runId: string;
  readonly ended: Status;
  readonly state: RecoveryState;
  readonly ledger: readonly LedgerEntry[];
  /** As it was kept in the record store. */
  readonly record: { readonly state: RecoveryState; readonly ledger: readonly LedgerEntry[] } | undefined;
}

export interface Facts {
  readonly seed: number;
  readonly journal: Journal;
  readonly stories: readonly Story[];
  /** Those that nobody has closed: in a run nobody does. */
  readonly reviews: readonly Review[];
  readonly openChange: (target: string) => OpenChange | undefined;
  readonly inventory: Inventory;
  readonly taskFailures: readonly string[];
}

/** Asks every recovery for its story; those that have ended are replayed for it. */
export async function readStories(server: MemoryTemporal, records: MemoryRecords): Promise<Story[]> {
  const stories: Story[] = [];
  for (const execution of server.executions) {
    const { runId, root, type } = execution.identity;
    if (root.runId !== runId || type === 'backup' || !execution.hasBegun) continue;
    const state = (await execution.query(statusQuery.name, [])) as RecoveryState;
    const ledger = (await execution.query(ledgerQuery.name, [0])) as LedgerEntry[];
    await execution.evict();
    const record = records.content.get(recoveryEndKey(state.id));
    stories.push({
      runId,
      ended: execution.status,
      state,
      ledger,
      record: record === undefined ? undefined : (JSON.parse(record) as NonNullable<Story['record']>),
    });
  }
  return stories;
}

/** An effect in words. */
export const told = ({ kind, recovery, target, thing, before, after, at }: Effect): string =>
  `${kind} ${thing} of ${target} ${JSON.stringify(before)} → ${JSON.stringify(after)} by ${recovery} at ${new Date(at).toISOString()}`;
