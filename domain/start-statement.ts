/** What is signed when somebody asks for a recovery: the whole request with who asked and when. */
import type { RecoveryStart } from './messages.ts';

/** A start that is older is not the one that was asked for, but a copy of it. Milliseconds. */
export const startIsFreshMs = 10 * 60_000;

/** The signed document. `purpose` keeps it apart from a decision. */
export function startStatement({ proof: _proof, parent: _parent, ...asked }: RecoveryStart, at: string): object {
  return { purpose: 'start', at, ...asked };
}
