/** Changes that are still there at the end, and who answers for them. */
import type { Facts } from './facts.ts';
import type { Effect } from './journal.ts';

/** Applied, and neither taken back nor overwritten by anybody since. Acts that keep no way back are left out. */
export function leftOvers({ journal }: Facts): Effect[] {
  const last = new Map<string, Effect>();
  for (const effect of journal.effects) {
    const key = `${effect.target} ${effect.thing}`;
    if (effect.kind === 'apply' && effect.before !== effect.after) last.set(key, effect);
    else last.delete(key);
  }
  return [...last.values()].filter(
    ({ wayBack, recovery, target }) =>
      wayBack === undefined ||
      journal.kept.some((kept) => kept.recovery === recovery && kept.target === target && kept.undo.activity === wayBack),
  );
}

/** Done by a recovery that was verified after it, or kept as an open change for the next one, or its recovery waits for people. */
export function isAccountedFor({ journal, stories, openChange }: Facts, { recovery, target, at }: Effect): boolean {
  const { state, ended } = stories.find(({ runId }) => runId === recovery)!;
  if (ended === 'open') return state.waitingFor.length > 0;
  // It says that nothing is left, whatever others did later.
  if (state.status === 'rolled-back' || state.status === 'stopped') return false;
  const isProven = stories.some(
    (story) =>
      story.state.status === 'recovered' &&
      story.ended !== 'terminated' &&
      (story.runId === recovery || (story.state.target === target && Date.parse(story.state.endedAt!) >= at)),
  );
  if (isProven) return true;
  const wasGivenUp = ended === 'terminated' || state.status === 'failed';
  // What an inner recovery had verified has no open change any more when the outer one is terminated or cannot take it back.
  const innerWasThrough = journal.closed.some((one) => one.recovery === recovery && one.target === target && one.at >= at);
  return wasGivenUp && (openChange(target) !== undefined || innerWasThrough);
}
