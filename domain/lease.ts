/** Who yields when two want the same target. */
import type { Text } from './text.ts';

/** Who holds, or wants, a target: what kind of work, its public id, and since when (ISO). */
export interface Holder {
  readonly kind: 'recovery' | 'backup' | 'backup-test';
  readonly id: string;
  /** Workflow that holds, so that it can be asked to yield. */
  readonly workflowId: string;
  readonly since: string;
}

type LeaseVerdict =
  | { readonly answer: 'ask-to-yield'; readonly sentence: Text }
  | { readonly answer: 'wait'; readonly sentence: Text }
  | { readonly answer: 'refuse'; readonly sentence: Text };

/** A recovery takes over from a backup at its next safe point, everything else waits, a second recovery is refused. */
export function decideLease(wants: Holder['kind'], holder: Holder): LeaseVerdict {
  const by = `${holder.kind} ${holder.id}`;
  if (wants === 'recovery' && holder.kind === 'recovery')
    return {
      answer: 'refuse',
      sentence: {
        en: `The target is held by ${by} since ${holder.since}.`,
        ja: `対象は ${by} が ${holder.since} から使用中です。`,
      },
    };
  if (wants === 'recovery')
    return {
      answer: 'ask-to-yield',
      sentence: { en: `Asked ${by} to stop at its next safe point.`, ja: `${by} に次の安全な所で止まるよう頼みました。` },
    };
  return { answer: 'wait', sentence: { en: `Waits for ${by}.`, ja: `${by} の終了を待ちます。` } };
}
