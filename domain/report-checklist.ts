/** The checklist of a report, as it was filled in: every item with who ticked or failed it, and the two signatures under it. */
import type { LedgerEntry, Vote, Waiting } from './recovery.ts';
import type { Text } from './text.ts';

export interface FilledItem {
  readonly title: Text;
  readonly path: string;
  readonly ticked: boolean;
  readonly by: string;
  /** ISO. */
  readonly at: string;
  readonly reason: string;
}

export interface FilledChecklist {
  /** In the order in which they were decided; one that failed and was asked again stands twice. */
  readonly items: readonly FilledItem[];
  readonly verifiers: readonly string[];
  readonly approvers: readonly string[];
}

export function filledChecklist(ledger: readonly LedgerEntry[]): FilledChecklist {
  const closed = ledger.flatMap((entry) => (entry.event === 'gate' && entry.state !== 'open' ? [entry.waiting] : []));
  const items = closed.filter(({ kind }) => kind === 'checklist').flatMap(itemOf);
  const approvals = closed.filter(({ kind }) => kind === 'approval').flatMap(({ votes }) => votes);
  return {
    items,
    verifiers: distinct(items.filter(({ ticked }) => ticked)),
    approvers: distinct(approvals.filter(({ decision }) => decision === 'approve')),
  };
}

/** Nothing, where it was cancelled before anybody decided. */
const itemOf = ({ title, path, votes }: Waiting): FilledItem[] =>
  votes.map(({ decision, by, at, reason = '' }: Vote) => ({ title, path, ticked: decision === 'tick', by, at, reason }));

const distinct = (votes: readonly { readonly by: string }[]): string[] => [...new Set(votes.map(({ by }) => by))];
