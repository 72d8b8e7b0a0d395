/** Votes in a ledger, held against what was sent and against the one place that decides them. */
import { decideVote, type Hands } from '../../../domain/gate.ts';
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
      const alone = waiting.aloneFrom !== undefined && waiting.aloneFrom <= vote.at;
      const before = { ...waiting, alone, votes: waiting.votes.slice(0, n) };
      const hands = handsBefore(story, entry);
      if (!sent.some(({ statement, voter }) => decideVote(before, statement, voter, hands).counts)) {
        stray.push(`${story.state.id}: ${what} counts${sent.length === 0 ? ', though nobody sent it' : ''}`);
      }
      const key = `${what} ${vote.at}`;
      if (counted.has(key)) stray.push(`${story.state.id}: ${what} counts twice`);
      counted.add(key);
    }
  }
  return stray;
}

/** Who ticked and who approved before this entry, as the ledger tells it. */
function handsBefore({ state, ledger }: Story, { number }: GateEntry): Hands {
  const votes = ledger.flatMap((entry) => (entry.event === 'gate' && entry.number < number ? entry.waiting.votes : []));
  const who = (decision: Vote['decision']): string[] => votes.filter((vote) => vote.decision === decision).map(({ by }) => by);
  return { requestedBy: state.requestedBy, verifiers: who('tick'), approvers: who('approve') };
}

export function unfoundedClosings(story: Story): string[] {
  return [...votesOf(story)].flatMap(({ entry: { gate, state, waiting, at, sentence } }) => {
    if (state === 'open' || isByVotes(waiting) || isByTime(waiting, at)) return [];
    return state === 'decided' ? [] : [`${story.state.id}: ${gate} is ${state} for no reason: ${sentence.en}`];
  });
}

const isByVotes = ({ votes, need, aloneFrom, breakGlass }: Waiting): boolean =>
  votes.some(({ decision }) => decision !== 'approve' && !(breakGlass && decision === 'skip')) ||
  votes.filter(({ decision }) => decision === (breakGlass ? 'skip' : 'approve')).length >= need ||
  votes.some(({ decision, at }) => decision === 'approve' && aloneFrom !== undefined && at >= aloneFrom);

const isByTime = ({ deadline }: Waiting, at: string): boolean => deadline !== null && at >= deadline;
