/** The questions after a restore, each answered with a sentence: is what the plan covers there, readable, right, and nothing odd beside it? */
import type { Text } from '../text.ts';
import type { Check } from '../verification.ts';
import { leftoverCheck, logCheck, modeCheck, ownerCheck } from './attribute-checks.ts';
import { isToolPath, toolLimit } from './layout.ts';
import { duplicateNames, type ToolDefinition, type ToolFault } from './tool-file.ts';
import { changedOnlyByUse } from './drift.ts';
import type { LiveFile } from './restore-plan.ts';
import type { Covered, RestoredWorld } from './restored-world.ts';
import { naming } from './tool-limit.ts';

export function checkRestored(world: RestoredWorld): Check[] {
  const { plan } = world;
  const live = new Map(world.live.map((file) => [file.path, file]));
  const covered = plan.changes
    .filter(({ after, path }) => after !== null && !path.startsWith('.pi/logs/'))
    .map((change): Covered => ({ change, live: live.get(change.path) }));
  const tools = covered.filter(({ change }) => isToolPath(change.path));
  return [
    countCheck(tools, world),
    faultCheck('json', tools, ['empty', 'too-large', 'not-utf8', 'truncated', 'not-json'], {
      en: 'Every tool is readable JSON.',
      ja: '全ツールが JSON として読めます。',
    }),
    faultCheck('schema', tools, ['schema'], {
      en: 'Every tool has the fields that the agent wants.',
      ja: '全ツールがエージェントの形式に従っています。',
    }),
    faultCheck('ids', tools, ['wrong-id', 'wrong-file-name'], {
      en: 'Every id fits its name and code.',
      ja: '全ツールの ID が名前とコードに一致します。',
    }),
    namesCheck(tools, world.live),
    checksumCheck(covered, world),
    modeCheck(covered),
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

function faultCheck(id: string, tools: readonly Covered[], faults: readonly ToolFault[], good: Text): Check {
  const wrong = tools.flatMap(({ live }) =>
    live?.judged?.ok === false && faults.includes(live.judged.fault) ? [live.judged.sentence] : [],
  );
  const some = wrong.slice(0, 5);
  const bad = { en: some.map(({ en }) => en).join(' '), ja: some.map(({ ja }) => ja).join('') };
  return { id, ok: wrong.length === 0, sentence: wrong.length === 0 ? good : bad };
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
