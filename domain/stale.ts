/** The short form of a recovery's state that is kept in the memo, readable while no worker runs. */
import type { RecoveryState } from './recovery.ts';

export interface StatusMemo {
  readonly state: RecoveryState;
  /** When this was last known, ISO. */
  readonly at: string;
}

const longest = 160;

/** Drops what is bulky (evidence, plans, schemas) so that the memo stays near 2 kB. */
export function memoOf(state: RecoveryState, at: string): StatusMemo {
  const cut = (words: string): string => (words.length > longest ? `${words.slice(0, longest - 1)}…` : words);
  return {
    at,
    state: {
      ...state,
      steps: state.steps.map(({ evidence: _, ...step }) => ({
        ...step,
        sentence: { en: cut(step.sentence.en), ja: cut(step.sentence.ja) },
      })),
      waitingFor: state.waitingFor.map(({ plan: _plan, inputSchema: _schema, input: _input, ...waiting }) => waiting),
    },
  };
}
