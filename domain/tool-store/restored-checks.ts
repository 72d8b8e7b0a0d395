/** The questions after a restore, each answered with a sentence: is what the plan covers there, readable, right, and nothing odd beside it? */
import type { Text } from '../text.ts';
import type { Check } from '../verification.ts';
import { auditLog, isToolPath, toolLimit } from './layout.ts';
import { duplicateNames, type ToolDefinition, type ToolFault } from './tool-file.ts';
import { changedOnlyByUse } from './drift.ts';
import type { BackupFile, FileState, LiveFile, RestoreChange, RestorePlan } from './restore-plan.ts';
import { naming } from './tool-limit.ts';

export interface RestoredWorld {
  readonly plan: RestorePlan;
  readonly live: readonly LiveFile[];
  /** What the backup holds, by path. */
  readonly backup: ReadonlyMap<string, BackupFile>;
  readonly logThere: boolean;
  /** Our own unfinished files. */
  readonly leftovers: readonly string[];
  readonly mayGiveAway: boolean;
}

interface Covered {
  readonly change: RestoreChange;
  readonly live: LiveFile | undefined;
}

export function checkRestored(world: RestoredWorld): Check[] {
  const { plan } = world;
  const live = new Map(world.live.map((file) => [file.path, file]));
  const covered = plan.changes
    .filter(({ after, path }) => after !== null && !path.startsWith('.pi/logs/'))
    .map((change): Covered => ({ change, live: live.get(change.path) }));
  const tools = covered.filter(({ change }) => isToolPath(change.path));
  return [
    countCheck(tools, world),
    faultCheck('json', tools, ['empty', 'too-large', 'not-utf8', 'truncated', 'not-json'], 'is readable JSON', '読める JSON'),
    faultCheck('schema', tools, ['schema'], 'has the fields the agent wants', 'エージェントの形式'),
    faultCheck('ids', tools, ['wrong-id', 'wrong-file-name'], 'has the id that fits its name and code', '名前とコードに合う ID'),
    namesCheck(tools, world.live),
    checksumCheck(covered, world),
    attributeCheck('modes', covered, (state, after) => state.mode === after.mode),
    ownerCheck(covered, world),
    ...(plan.tools === null ? [logCheck(world)] : []),
    leftoverCheck(world.leftovers),
  ];
}

function countCheck(tools: readonly Covered[], { live, plan }: RestoredWorld): Check {
  const there = tools.filter((one) => one.live?.judged?.ok === true).length;
  const all = live.filter(({ judged }) => judged?.ok === true).length;
  const unreadable = live.filter(({ path, judged }) => judged?.ok === false && !tools.some(({ change }) => change.path === path));
  const notes: Text[] = [
    ...(all > there && plan.tools === null
      ? [
          {
            en: `${all - there} more were added since the backup.`,
            ja: `ほかに ${all - there} 件がバックアップ後に追加されています。`,
          },
        ]
      : []),
    ...(all > toolLimit
      ? [{ en: `The agent takes ${toolLimit} at most.`, ja: `エージェントの上限は ${toolLimit} 件です。` }]
      : []),
    ...(unreadable.length > 0
      ? [
          {
            en: `Not in the backup and unreadable, left as found: ${
              naming(
                unreadable.map(({ path }) => path),
                5,
              ).en
            }.`,
            ja: `バックアップになく読めないファイル(そのまま): ${
              naming(
                unreadable.map(({ path }) => path),
                5,
              ).ja
            }。`,
          },
        ]
      : []),
  ];
  return {
    id: 'tool-count',
    ok: there === tools.length,
    sentence: {
      en: [`${there} of ${tools.length} tools are there.`, ...notes.map(({ en }) => en)].join(' '),
      ja: [`ツール ${tools.length} 件中 ${there} 件があります。`, ...notes.map(({ ja }) => ja)].join(''),
    },
    evidence: { expected: tools.length, found: there, inStore: all },
  };
}

function faultCheck(id: string, tools: readonly Covered[], faults: readonly ToolFault[], en: string, ja: string): Check {
  const wrong = tools.flatMap(({ live }) =>
    live?.judged?.ok === false && faults.includes(live.judged.fault) ? [live.judged.sentence] : [],
  );
  return {
    id,
    ok: wrong.length === 0,
    sentence:
      wrong.length === 0
        ? { en: `Every tool ${en}.`, ja: `全ツールが${ja}です。` }
        : {
            en: wrong
              .slice(0, 5)
              .map((one) => one.en)
              .join(' '),
            ja: wrong
              .slice(0, 5)
              .map((one) => one.ja)
              .join(''),
          },
  };
}

function namesCheck(tools: readonly Covered[], live: readonly LiveFile[]): Check {
  const all = live.flatMap(({ judged }): ToolDefinition[] => (judged?.ok === true ? [judged.tool] : []));
  const ours = new Set(tools.flatMap(({ live: one }) => (one?.judged?.ok === true ? [one.judged.tool.id] : [])));
  const doubles = [...duplicateNames(all)];
  // Two of ours with one name cannot come from a verified backup; one of ours and a newer one were approved with the plan.
  const wrong = doubles.filter(([, ids]) => ids.filter((one) => ours.has(one)).length > 1).map(([name]) => name);
  const named = naming(
    doubles.map(([name]) => name),
    5,
  );
  return {
    id: 'names',
    ok: wrong.length === 0,
    sentence:
      doubles.length === 0
        ? { en: 'No two tools bear one name.', ja: 'ツール名の重複はありません。' }
        : { en: `Borne by more than one tool: ${named.en}.`, ja: `重複するツール名: ${named.ja}。` },
  };
}

function checksumCheck(covered: readonly Covered[], { backup }: RestoredWorld): Check {
  let used = 0;
  const wrong = covered.filter(({ change, live }) => {
    if (live?.state.kind !== 'file') return true;
    if (live.state.sha256 === change.after!.sha256) return false;
    const wanted = backup.get(change.path)?.judged;
    const onlyUse = live.judged?.ok === true && wanted?.ok === true && changedOnlyByUse(live.judged.tool, wanted.tool);
    if (onlyUse) used++;
    return !onlyUse;
  });
  const named = naming(
    wrong.map(({ change }) => change.path),
    5,
  );
  return {
    id: 'checksums',
    ok: wrong.length === 0,
    sentence:
      wrong.length === 0
        ? {
            en: `${covered.length - used} files hash as in the backup${used > 0 ? `, ${used} were only used since` : ''}.`,
            ja: `${covered.length - used} ファイルがバックアップと一致${used > 0 ? `、${used} 件は使用による変化のみ` : ''}。`,
          }
        : { en: `Not as in the backup: ${named.en}.`, ja: `バックアップと異なります: ${named.ja}。` },
  };
}

type Same = (state: FileState, after: FileState) => boolean;

/** Kept files have the attributes they had; the plan judged those already. */
function differing(covered: readonly Covered[], same: Same): string[] {
  return covered
    .filter(({ change, live }) => change.by !== 'nothing' && live?.state.kind === 'file' && !same(live.state, change.after!))
    .map(({ change }) => change.path);
}

function attributeCheck(id: string, covered: readonly Covered[], same: Same): Check {
  const wrong = differing(covered, same);
  const named = naming(wrong, 5);
  return {
    id,
    ok: wrong.length === 0,
    sentence:
      wrong.length === 0
        ? { en: 'Modes are as in the backup.', ja: 'モードはバックアップどおりです。' }
        : { en: `Modes differ: ${named.en}.`, ja: `モードが異なります: ${named.ja}。` },
  };
}

/** A process that may not give files away cannot restore an owner: that is said, and is no failure. */
function ownerCheck(covered: readonly Covered[], { mayGiveAway }: RestoredWorld): Check {
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

function logCheck({ logThere, backup }: RestoredWorld): Check {
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

function leftoverCheck(leftovers: readonly string[]): Check {
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
