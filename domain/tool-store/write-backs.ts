/** Whether a file is still as a restore left it, give or take what normal use does. */
import { changedOnlyByUse } from './drift.ts';
import type { BackupFile, LiveFile, RestoreChange } from './restore-plan.ts';
import { sameAttributes } from './restore-plan.ts';
import { isLineLog } from './layout.ts';
import type { WriteBack } from './words.ts';

/**
 * Judges one file that the plan covers. `live` is what is there now, `backup` what the backup holds of it.
 * A log may grow: it is not compared beyond being there.
 */
export function judgeWriteBack(
  change: RestoreChange,
  live: LiveFile | undefined,
  backup: BackupFile | undefined,
  mayGiveAway: boolean,
): WriteBack | undefined {
  const { path, after } = change;
  if (after === null) return undefined;
  if (live === undefined) {
    return { path, sentence: { en: `${path} was removed after the restore.`, ja: `${path} は復元後に削除されました。` } };
  }
  const { state, judged } = live;
  if (state.kind !== 'file') {
    return {
      path,
      sentence: { en: `${path} was replaced by a ${state.kind}.`, ja: `${path} は ${state.kind} に置き換えられました。` },
    };
  }
  if (isLineLog(path)) return undefined;
  if (state.sha256 === after.sha256) {
    return change.by === 'nothing' || sameAttributes(state, after, mayGiveAway)
      ? undefined
      : { path, sentence: { en: `${path} changed mode or owner.`, ja: `${path} のモードか所有者が変わりました。` } };
  }
  if (judged?.ok === true && backup?.judged?.ok === true && changedOnlyByUse(judged.tool, backup.judged.tool)) return undefined;
  return {
    path,
    sentence: {
      en: `${path} was written after the restore${judged?.ok === false ? `: ${judged.sentence.en}` : '.'}`,
      ja: `${path} は復元後に書き換えられました${judged?.ok === false ? `: ${judged.sentence.ja}` : '。'}`,
    },
  };
}
