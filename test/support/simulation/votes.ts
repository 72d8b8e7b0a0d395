/** Votes in a ledger, held against what was sent and against the one place that decides them. */
import { decideVote } from '../../../domain/gate.ts';
import type { LedgerEntry, Vote, Waiting } from '../../../domain/recovery.ts';
import type { Facts, Story } from './facts.ts';

type GateEntry = Extract<LedgerEntry, { event: 'gate' }>;

/** Every entry of a gate with the votes that were there before it. */
function* votesOf({ ledger }: Story): Generator<{ entry: GateEntry; earlier: readonly Vote[] }> {
  const open = new Map<string, readonly Vote[]>();
  for (const entry of ledger) {
    if (entry.event !== 'gate') continue;
    yield { entry, earlier: open.get(entry.gate) ?? [] };
    if (entry.state === 'open') open.set(entry.gate, entry.waiting.votes);
    else open.delete(entry.gate);
  }
}

export function strayVotes({ journal }: Facts, story: Story): string[] {
  const stray: string[] = [];
  const counted = new Set<string>();
  for (const { entry, earlier } of votesOf(story)) {
    const { waiting } = entry;
    for (const [n, vote] of waiting.votes.entries()) {
      if (n < earlier.length) continue;
      const what = `${vote.by} ${vote.decision} at ${entry.gate}`;
      const sent = journal.sent.filter(
        ({ statement, at }) =>
          statement.recovery === story.state.id &&
          statement.gate === entry.gate &&
          statement.by === vote.by &&
          statement.at === vote.at &&
          statement.decision === vote.decision &&
          at <= Date.parse(entry.at),
      );
      const before = { ...waiting, votes: waiting.votes.slice(0, n) };
      if (!sent.some(({ statement, voter }) => decideVote(before, statement, voter, story.state.requestedBy).counts)) {
        stray.push(`${story.state.id}: ${what} counts${sent.length === 0 ? ', though nobody sent it' : ''}`);
      }
      const key = `${what} ${vote.at}`;
      if (counted.has(key)) stray.push(`${story.state.id}: ${what} counts twice`);
      counted.add(key);
    }
  }
  return stray;
}

export function unfoundedClosings(story: Story): string[] {
  return [...votesOf(story)].flatMap(({ entry: { gate, state, waiting, at, sentence } }) => {
    if (state === 'open' || isByVotes(waiting) || isByTime(waiting, at)) return [];
    return state === 'decided' ? [] : [`${story.state.id}: ${gate} is ${state} for no reason: ${sentence.en}`];
  });
}

const isByVotes = ({ votes, need }: Waiting): boolean =>
  votes.some(({ decision }) => decision !== 'approve') || votes.filter(({ decision }) => decision === 'approve').length >= need;

const isByTime = ({ deadline }: Waiting, at: string): boolean => deadline !== null && at >= deadline;
