/** The short form of a recovery's state that is kept in the memo, readable while no worker runs. */
import type { RecoveryState } from './recovery.ts';
import type { Text } from './text.ts';

export interface StatusMemo {
  readonly state: RecoveryState;
  /** When this was last known, ISO. */
  readonly at: string;
}

const longest = 160;

/** Drops what is bulky (evidence, plans, schemas) so that the memo stays near 2 kB. */
export function memoOf(state: RecoveryState, at: string): StatusMemo {
  const cut = (words: string): string => (words.length > longest ? `${words.slice(0, longest - 1)}…` : words);
  const short = ({ en, ja }: Text): Text => ({ en: cut(en), ja: cut(ja) });
  return {
    at,
    state: {
      ...state,
      steps: state.steps.map(({ evidence: _evidence, ...step }) => ({
        ...step,
        sentence: short(step.sentence),
      })),
      waitingFor: state.waitingFor.map(({ plan: _plan, inputSchema: _schema, input: _input, error, ...waiting }) => ({
        ...waiting,
        title: short(waiting.title),
        ...(error && { error: { code: error.code, sentence: short(error.sentence) } }),
      })),
    },
  };
}
