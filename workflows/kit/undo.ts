/** Roll-back: every change undone in reverse, non-cancellably; what cannot be undone waits for a person. */
import type { UndoCall, UndoReceipt } from '../../activities/kernel-interface.ts';
import { fail } from '../../domain/fail.ts';
import type { Text } from '../../domain/text.ts';
import type { OnTarget } from './activities.ts';
import { tellFailure } from './ending.ts';
import { askAboutFailure } from './failed-step.ts';
import { isLeaseLost } from './leases.ts';
import { isInsideOfItsOwnTarget, type Run, type Undo, type Undone } from './run.ts';

/** Calls an undo that is kept as data. Its activity answers with anything. */
export async function callUndo(on: OnTarget<unknown>, call: UndoCall): Promise<UndoReceipt> {
  const activity = (on.patient as Record<string, (input: unknown) => Promise<UndoReceipt | undefined>>)[call.activity]!;
  return (await activity(call.input)) ?? {};
}

/** Made of the numbers of the receipt, or of what stays. */
function undone(receipt: UndoReceipt): Undone {
  const { stays = [], ...counted } = receipt;
  if (stays.length > 0) return { sentence: leftAsItIs(stays), isClean: false };
  const facts = Object.entries(counted)
    .map(([name, value]) => `${name} ${Array.isArray(value) ? value.join(', ') || 0 : String(value)}`)
    .join(', ');
  const sentence = { en: `Undone${facts && `: ${facts}`}.`, ja: `元に戻しました${facts && `: ${facts}`}。` };
  return { sentence, isClean: true };
}

/** What an undo says of whatever it left as the change had made it. */
export const leftAsItIs = (stays: readonly string[]): Text => ({
  en: `${stays.join(', ')} had to be left as it is, which stays open until a recovery here is verified.`,
  ja: `${stays.join('、')} は戻せないため、この対象の復旧が検証されるまで未完了のままです。`,
});

/** Before an effect: its undo goes into the open change on the target, for the next recovery, and on our own stack. */
export async function keepUndo(
  run: Run,
  on: OnTarget<unknown>,
  { key, step, call }: { key: string; step: string; call: UndoCall },
): Promise<void> {
  if (await isLeaseLost(run)) {
    throw fail('lease-lost', { en: 'The lease of the target is lost.', ja: '対象の占有が失われました。' });
  }
  delete run.verifiedAt;
  delete run.servedAt;
  if (run.undos.some((undo) => undo.key === key)) return;
  await run.kernel.openChange({
    target: run.start.target,
    recovery: run.id,
    step: key,
    undo: call,
    at: new Date().toISOString(),
  });
  run.opened = true;
  run.undos.push({ key, step, run: async () => undone(await callUndo(on, call)) });
}

/** After verification or a clean roll-back: the target has nothing of ours left open; after verification nothing at all. */
export async function closeOpenChange(run: Run, how: 'verified' | 'undone'): Promise<void> {
  // What an outer recovery of the same target has open is not ours to forget.
  const verified = how === 'verified' && !isInsideOfItsOwnTarget(run);
  const recovery = run.opened ? run.id : verified ? run.leftOpen : undefined;
  if (recovery === undefined) return;
  await run.kernel.closeChange({ target: run.start.target, recovery, verified });
  run.opened = false;
}

/** Undoes everything. True when nothing of ours is left; false when a person gave up on an undo, or something has to stay. */
export async function rollBack(run: Run): Promise<boolean> {
  if (run.undos.length > 0) run.ledger.turnPhase('undo');
  let clean = true;
  for (const undo of run.undos.splice(0).toReversed()) clean = (await undoOne(run, undo)) && clean;
  return clean;
}

async function undoOne(run: Run, undo: Undo): Promise<boolean> {
  for (let attempts = 1; ; attempts++) {
    try {
      const { sentence, isClean } = await undo.run();
      run.ledger.turn(undo.step, isClean ? 'undone' : 'failed', sentence);
      return isClean;
    } catch (error) {
      const failure = tellFailure(error);
      run.ledger.turn(undo.step, 'failed', failure.sentence, { code: failure.code });
      const { decision, why } = await askAboutFailure(run, {
        name: `undo:${undo.step}`,
        attempts,
        failure,
        choices: ['retry', 'skip'],
      });
      if (decision !== 'skip') continue;
      run.ledger.turn(undo.step, 'failed', why);
      return false;
    }
  }
}
