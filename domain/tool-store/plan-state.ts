/** How one file of the live store stands to a plan: to be done, done already, or no longer as the plan saw it. */
import { changedOnlyByUse } from './drift.ts';
import { sameAttributes, type BackupFile, type LiveFile, type RestoreChange } from './restore-plan.ts';

export type ChangeState = 'todo' | 'already' | 'moved' | 'nothing';

/** `backup` is what the backup holds of the file; only there can use be told from damage. */
export function stateOf(
  change: RestoreChange,
  live: LiveFile | undefined,
  backup: BackupFile | undefined,
  mayGiveAway: boolean,
): ChangeState {
  const { after, before, by } = change;
  // Put aside or foreign: not the plan's to judge.
  if (after === null) return 'nothing';
  if (by === 'nothing') return isAsKept(change, live, backup) ? 'nothing' : 'moved';
  if (isAfter(change, live, mayGiveAway)) return 'already';
  return isBefore(before, live) ? 'todo' : 'moved';
}

/** Whether the live file is exactly what the plan found there. */
export function isBefore(before: RestoreChange['before'], live: LiveFile | undefined): boolean {
  if (before === null || live === undefined) return before === null && live === undefined;
  const { state } = live;
  if (before.kind === 'link' || state.kind === 'link') {
    return before.kind === 'link' && state.kind === 'link' && before.pointsTo === state.pointsTo;
  }
  return state.kind === 'file' && before.sha256 === state.sha256 && sameAttributes(before, state, true);
}

/** Whether the live file is what the plan makes of it: the backup's bytes, or its own with the backup's mode and owner. */
export function isAfter({ by, before, after }: RestoreChange, live: LiveFile | undefined, mayGiveAway: boolean): boolean {
  if (after === null || live?.state.kind !== 'file') return false;
  const content = by === 'attributes' && before?.kind === 'file' ? before.sha256 : after.sha256;
  return live.state.sha256 === content && sameAttributes(live.state, after, mayGiveAway);
}

function isAsKept({ before }: RestoreChange, live: LiveFile | undefined, backup: BackupFile | undefined): boolean {
  if (live?.state.kind !== 'file' || before?.kind !== 'file') return false;
  if (live.state.sha256 === before.sha256) return true;
  return live.judged?.ok === true && backup?.judged?.ok === true && changedOnlyByUse(live.judged.tool, backup.judged.tool);
}
