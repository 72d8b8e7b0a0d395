/** How every recovery begins: read the target, hold it alone, and settle what an earlier recovery left open. */
import { workflowInfo } from '@temporalio/workflow';
import type { OpenChange, RecoveryContext } from '../../activities/kernel-interface.ts';
import { activitiesAt } from './activities.ts';
import { fail } from '../../domain/fail.ts';
import { attempt, safePoint } from './attempt.ts';
import { asHolder } from './lease.ts';
import { holdLeases } from './leases.ts';
import { isDryRun, isInsideOfItsOwnTarget, type Run } from './run.ts';
import { callUndo, leftAsItIs } from './undo.ts';

/** Who the target is and what is open on it; may run twice. */
export function begin({ id, kernel, start, startedAt }: Run): Promise<RecoveryContext> {
  const { workflowId } = workflowInfo();
  const { scenario, target, mode } = start;
  return kernel.beginRecovery({ id, workflowId, scenario, target, mode, startedAt: new Date(startedAt).toISOString(), start });
}

/** One actor per target: the leases of all it acts on, unless an outer recovery holds them or nothing will be touched. */
export async function holdTargets(run: Run): Promise<void> {
  const { target, parent } = run.start;
  const targets = (run.context.holds ?? [target]).filter((one) => !parent?.leases.includes(one));
  if (isDryRun(run) || targets.length === 0) return;
  await attempt<void>(run, 'hold target', async () => {
    let waited = false;
    const leases = await holdLeases(targets, asHolder('recovery', parent?.root ?? run.id), (why) => {
      waited = true;
      run.ledger.turn('hold target', 'waiting', why);
      safePoint(run);
    });
    run.leases.push(...leases);
    // What was open before the target was ours may be closed by now, or left open by the one we waited for.
    if (waited || run.context.openChange) run.context = await begin(run);
    const [held, inJapanese] = [targets.join(', '), targets.join('、')];
    return {
      value: undefined,
      sentence: {
        en: `${held} ${targets.length === 1 ? 'is' : 'are'} held by this recovery alone.`,
        ja: `${inJapanese} はこの復旧だけが使います。`,
      },
    };
  });
}

/** The same scenario ran here a moment ago: unless that was acknowledged at the start, somebody has to say that it is wanted again. */
export async function heedCoolDown(run: Run): Promise<void> {
  const { coolDown } = run.context;
  if (coolDown === undefined || isDryRun(run) || run.start.acknowledgeCoolDown || run.start.parent) return;
  await attempt<void>(
    run,
    'cool-down',
    () => {
      if (Date.parse(coolDown.until) <= Date.now()) return Promise.resolve({ value: undefined, sentence: coolDownOver });
      return Promise.reject(fail('cooling-down', coolsDown(coolDown)));
    },
    { skip: { value: undefined } },
  );
}

const coolDownOver = { en: 'The cool-down is over.', ja: '待機時間が過ぎました。' };
const coolsDown = ({ recovery, until }: { readonly recovery: string; readonly until: string }) => ({
  en: `${recovery} did the same here a moment ago; until ${until} it takes an acknowledgement: skip with a reason.`,
  ja: `${recovery} が先ほど同じ復旧を行いました。${until} までは確認が必要です。理由を付けて省略してください。`,
});

/** A change that an earlier recovery began and never verified is undone first. What has to stay, stays open until we are verified. */
export async function settleOpenChange(run: Run): Promise<void> {
  const open = run.context.openChange;
  const { target } = run.start;
  if (open === undefined || open.recovery === run.id || isInsideOfItsOwnTarget(run)) return;
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
      const stays = new Set<string>();
      for (let left: OpenChange | undefined = open; left !== undefined; left = left.earlier) {
        for (const undo of left.undos.toReversed()) (await callUndo(on, undo)).stays?.forEach((one) => stays.add(one));
      }
      if (stays.size > 0) {
        run.leftOpen = open.recovery;
        const left = leftAsItIs([...stays]);
        return { value: undefined, sentence: { en: `${told.en}: ${left.en}`, ja: `${told.ja}: ${left.ja}` } };
      }
      await run.kernel.closeChange({ target, recovery: open.recovery, verified: true });
      return { value: undefined, sentence: { en: `${told.en}: undone.`, ja: `${told.ja}: 元に戻しました。` } };
    },
    { skip: { value: undefined } },
  );
}
