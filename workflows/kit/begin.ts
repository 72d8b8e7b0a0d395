/** How every recovery begins: read the target, hold it alone, and settle what an earlier recovery left open. */
import { workflowInfo } from '@temporalio/workflow';
import type { OpenChange, RecoveryContext } from '../../activities/kernel-interface.ts';
import { activitiesAt } from './activities.ts';
import { askAboutFailure, attempt, safePoint } from './attempt.ts';
import { tellFailure } from './ending.ts';
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
  const { target, parent } = run.start;
  // An outer recovery that holds the target is in the middle of its own change.
  if (open === undefined || open.recovery === run.id || parent?.leases.includes(target)) return;
  const on = activitiesAt<unknown>(run.context.site, target);
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
      for (let left: OpenChange | undefined = open; left !== undefined; left = left.earlier) {
        for (const undo of left.undos.toReversed()) await callUndo(on, undo);
      }
      await run.kernel.closeChange({ target, recovery: open.recovery, verified: true });
      return { value: undefined, sentence: { en: `${told.en}: undone.`, ja: `${told.ja}: 元に戻しました。` } };
    },
    { skip: { value: undefined } },
  );
}

/** Failures of the record store that a person can mend: it refuses, or it hangs. */
const mendable = ['record-store-unusable', 'step-timeout'];

/** Bookkeeping that must not be lost: where the record store fails for good, a person mends it and retries. */
export async function insist<T>(run: Run, name: string, work: () => Promise<T>): Promise<T> {
  for (let attempts = 1; ; attempts++) {
    try {
      return await work();
    } catch (error) {
      const failure = tellFailure(error);
      if (!mendable.includes(failure.code)) throw error;
      await askAboutFailure(run, { name, attempts, failure, choices: ['retry'] });
    }
  }
}
