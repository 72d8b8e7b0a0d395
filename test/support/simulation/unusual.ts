/** What people did outside the usual rules, and what others were told of it. */
import { isDeepStrictEqual } from 'node:util';
import type { Facts, Story } from './facts.ts';

/** Gates that one operator decided alone, and safety checks that people overrode, of which no review was opened. */
export const unreviewed = ({ reviews }: Facts, { ledger, state }: Story): string[] =>
  ledger.flatMap((entry) => {
    if (entry.event !== 'gate' || entry.state === 'open') return [];
    const { votes, need, breakGlass } = entry.waiting;
    const overridden = breakGlass && votes.filter(({ decision }) => decision === 'skip').length >= need;
    if (!overridden && !/ approve, alone: /.test(entry.sentence.en)) return [];
    const isThere = reviews.some(({ recovery, gate }) => recovery === state.id && entry.gate.endsWith(gate));
    return isThere ? [] : [`${state.id}: ${entry.gate} leaves no review`];
  });

/** A repeat is the same news; other news has another id. */
export const twoUnderOneEvent = ({ journal: { announced } }: Facts): string[] =>
  announced
    .filter((one, n) => announced.slice(0, n).some((other) => other.event === one.event && !isDeepStrictEqual(other, one)))
    .map(({ event }) => event);
