/** How every recovery begins: read the target, hold it alone, and settle what an earlier recovery left open. */
import { workflowInfo } from '@temporalio/workflow';
import type { RecoveryContext } from '../../activities/kernel-interface.ts';
import { activitiesAt } from './activities.ts';
import { attempt, safePoint } from './attempt.ts';
import { asHolder, holdLease } from './lease.ts';
import { isDryRun, type Run } from './run.ts';
import { callUndo } from './undo.ts';

/** Who the target is and what is open on it; may run twice. */
export function begin({ id, kernel, start: { scenario, target, mode }, startedAt }: Run): Promise<RecoveryContext> {
  const { workflowId } = workflowInfo();
  return kernel.beginRecovery({ id, workflowId, scenario, target, mode, startedAt: new Date(startedAt).toISOString() });
}

/** One actor per target: the lease, unless an outer recovery holds it or nothing will be touched. */
export async function holdTarget(run: Run): Promise<void> {
  const { target, parent } = run.start;
  if (isDryRun(run) || parent?.leases.includes(target)) return;
  await attempt<void>(run, 'hold target', async () => {
    let waited = false;
    run.leases.push(
      await holdLease(target, asHolder('recovery', parent?.root ?? run.id), (why) => {
        waited = true;
        run.ledger.turn('hold target', 'waiting', why);
        safePoint(run);
      }),
    );
    // What was open before the target was ours may be closed by now, or left open by the one we waited for.
    if (waited || run.context.openChange) run.context = await begin(run);
    return {
      value: undefined,
      sentence: { en: `${target} is held by this recovery alone.`, ja: `${target} はこの復旧だけが使います。` },
    };
  });
}

/** A change that an earlier recovery began and never verified is undone first. */
export async function settleOpenChange(run: Run): Promise<void> {
  const open = run.context.openChange;
  if (open === undefined || open.recovery === run.id) return;
  const on = activitiesAt<unknown>(run.context.site, run.start.target);
  await attempt<void>(
    run,
    'settle open change',
    async () => {
      const told = {
        en: `${open.recovery} left ${open.undos.length} change(s) unverified`,
        ja: `${open.recovery} の未検証の変更 ${open.undos.length} 件`,
      };
      if (isDryRun(run)) {
        return {
          value: undefined,
          outcome: 'planned',
          sentence: { en: `${told.en}: would undo.`, ja: `${told.ja}: 元に戻す予定。` },
        };
      }
      for (const undo of open.undos.toReversed()) await callUndo(on, undo);
      await run.kernel.closeChange({ target: run.start.target, recovery: open.recovery });
      return { value: undefined, sentence: { en: `${told.en}: undone.`, ja: `${told.ja}: 元に戻しました。` } };
    },
    { skip: { value: undefined } },
  );
}
