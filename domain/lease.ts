/** Who yields when two want the same target. */
import type { Text } from './text.ts';

/** Who holds, or wants, a target: what kind of work, its public id, and since when (ISO). */
export interface Holder {
  readonly kind: 'recovery' | 'backup';
  readonly id: string;
  /** Workflow that holds, so that it can be asked to yield; its first run, so that a Reset is still the same holder. */
  readonly workflowId: string;
  readonly firstRunId: string;
  readonly since: string;
}

export type LeaseVerdict =
  | { readonly answer: 'ours' }
  | { readonly answer: 'ask-to-yield'; readonly sentence: Text }
  | { readonly answer: 'wait'; readonly sentence: Text }
  | { readonly answer: 'refuse'; readonly sentence: Text };

/** A recovery takes over from a backup at its next safe point, everything else waits, a second recovery is refused. */
export function decideLease(wants: Holder, holder: Holder): LeaseVerdict {
  if (wants.workflowId === holder.workflowId && wants.firstRunId === holder.firstRunId) return { answer: 'ours' };
  const by = `${holder.kind} ${holder.id}`;
  if (wants.kind === 'recovery' && holder.kind === 'recovery') {
    return {
      answer: 'refuse',
      sentence: {
        en: `The target is held by ${by} since ${holder.since}.`,
        ja: `対象は ${by} が ${holder.since} から使用中です。`,
      },
    };
  }
  if (wants.kind === 'recovery') {
    return {
      answer: 'ask-to-yield',
      sentence: { en: `Asked ${by} to stop at its next safe point.`, ja: `${by} に次の安全な所で止まるよう頼みました。` },
    };
  }
  return { answer: 'wait', sentence: { en: `Waits for ${by}.`, ja: `${by} の終了を待ちます。` } };
}
