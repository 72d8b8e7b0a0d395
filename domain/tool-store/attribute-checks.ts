/** The questions after a restore that are not about contents: modes, owners, the log, and what an interrupted attempt may have left. */
import type { Check } from '../verification.ts';
import { auditLog } from './layout.ts';
import type { FileState } from './restore-plan.ts';
import type { Covered, RestoredWorld } from './restored-world.ts';
import { naming } from './tool-limit.ts';

type Same = (state: FileState, after: FileState) => boolean;

/** Kept files have the attributes they had; the plan judged those already. */
function differing(covered: readonly Covered[], same: Same): string[] {
  return covered
    .filter(({ change, live }) => change.by !== 'nothing' && live?.state.kind === 'file' && !same(live.state, change.after!))
    .map(({ change }) => change.path);
}

export function modeCheck(covered: readonly Covered[]): Check {
  const wrong = differing(covered, (state, after) => state.mode === after.mode);
  const named = naming(wrong, 5);
  return {
    id: 'modes',
    ok: wrong.length === 0,
    sentence:
      wrong.length === 0
        ? { en: 'Modes are as in the backup.', ja: 'モードはバックアップどおりです。' }
        : { en: `Modes differ: ${named.en}.`, ja: `モードが異なります: ${named.ja}。` },
  };
}

/** A process that may not give files away cannot restore an owner: that is said, and is no failure. */
export function ownerCheck(covered: readonly Covered[], { mayGiveAway }: RestoredWorld): Check {
  const wrong = differing(covered, (state, after) => state.uid === after.uid && state.gid === after.gid);
  const named = naming(wrong, 5);
  return {
    id: 'owners',
    ok: wrong.length === 0 || !mayGiveAway,
    sentence:
      wrong.length === 0
        ? { en: 'Owners are as in the backup.', ja: '所有者はバックアップどおりです。' }
        : {
            en: `Owners differ${mayGiveAway ? '' : ' and this process may not set them'}: ${named.en}.`,
            ja: `所有者が異なります${mayGiveAway ? '' : '(設定する権限がありません)'}: ${named.ja}。`,
          },
  };
}

export function logCheck({ logThere, backup }: RestoredWorld): Check {
  const expected = backup.has(auditLog);
  return {
    id: 'audit-log',
    ok: logThere || !expected,
    sentence: logThere
      ? { en: 'The audit log is there.', ja: '監査ログがあります。' }
      : expected
        ? { en: 'The audit log is missing.', ja: '監査ログがありません。' }
        : {
            en: 'There is no audit log, nor was there one in the backup.',
            ja: '監査ログはありませんが、バックアップにもありません。',
          },
  };
}

export function leftoverCheck(leftovers: readonly string[]): Check {
  const named = naming(leftovers, 5);
  return {
    id: 'leftovers',
    ok: leftovers.length === 0,
    sentence:
      leftovers.length === 0
        ? { en: 'No unfinished file is left.', ja: '書きかけのファイルは残っていません。' }
        : { en: `Unfinished files are left: ${named.en}.`, ja: `書きかけのファイルが残っています: ${named.ja}。` },
  };
}
