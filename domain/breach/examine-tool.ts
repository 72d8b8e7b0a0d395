/** Why one file of the tools folder does not deserve trust. */
import { scanTool } from '../danger/scan-tool.ts';
import type { Danger } from '../danger/words.ts';
import type { Creation } from '../log-questions/words.ts';
import type { Text } from '../text.ts';
import { changedOnlyByUse } from '../tool-store/drift.ts';
import { fileNameOf } from '../tool-store/layout.ts';
import { sameAttributes, type BackupFile, type LiveFile } from '../tool-store/restore-plan.ts';
import type { JudgedTool } from '../tool-store/tool-file.ts';
import type { Judgement } from './words.ts';

/** What a file is held against. */
export interface ToolWorld {
  /** Files of the trusted backup by path; undefined where there is no such backup. */
  readonly baseline: ReadonlyMap<string, BackupFile> | undefined;
  readonly attributesKnown: boolean;
  readonly mayGiveAway: boolean;
  readonly brokenSince: string | undefined;
  /** From the log, since the breach. */
  readonly creations: readonly Creation[];
  readonly newActors: ReadonlySet<string>;
  readonly judgement: Judgement;
}

export const nameOfFile = ({ path, judged }: { readonly path: string; readonly judged?: JudgedTool }): string =>
  judged?.ok === true ? judged.tool.name : fileNameOf(path);

/** Whether people mean this file. */
export const isNamed = (file: { readonly path: string; readonly judged?: JudgedTool }, names: readonly string[]): boolean =>
  names.some(
    (name) =>
      fileNameOf(file.path) === name ||
      fileNameOf(file.path) === `${name}.json` ||
      (file.judged?.ok === true && file.judged.tool.name === name),
  );

/** Empty where nothing speaks against it. */
export function reasonsAgainst(file: LiveFile, world: ToolWorld): Text[] {
  const { judgement, baseline } = world;
  if (isNamed(file, judgement.tools)) return [{ en: 'Named by whoever asked.', ja: '依頼者が指定。' }];
  if (isNamed(file, judgement.trusted)) return [];
  const known = baseline?.get(file.path);
  return [
    ...(file.state.kind === 'link' ? [link(file.state.pointsTo)] : []),
    ...(baseline !== undefined && known === undefined ? [unknownTool] : []),
    ...newSince(file, world),
    ...(known === undefined ? [] : changes(file, known, world)),
    ...specialBits(file),
    ...(file.judged?.ok === false ? [file.judged.sentence] : []),
    ...(file.judged?.ok === true ? dangersIn(file.judged) : []),
  ];
}

const link = (to: string): Text => ({ en: `A link to ${to.slice(0, 100)}.`, ja: `${to.slice(0, 100)} へのリンク。` });
const unknownTool: Text = { en: 'Not in the trusted backup.', ja: '信頼できるバックアップにありません。' };

function newSince({ path, judged }: LiveFile, { brokenSince, creations, newActors }: ToolWorld): Text[] {
  const tool = judged?.ok === true ? judged.tool : undefined;
  const mine = creations.filter(
    ({ toolId, tool: name }) => `${toolId}.json` === fileNameOf(path) || (toolId === undefined && tool?.name === name),
  );
  const created = tool?.['createdAt'];
  const isNew =
    mine.length > 0 ||
    (brokenSince !== undefined && typeof created === 'string' && Date.parse(created) >= Date.parse(brokenSince));
  const actors = [
    ...new Set(mine.flatMap(({ actor }) => (actor !== undefined && newActors.has(actor) ? [actor.slice(0, 60)] : []))),
  ];
  return [
    ...(isNew ? [{ en: `Created since ${brokenSince ?? 'the breach'}.`, ja: `${brokenSince ?? '侵害'} 以後に作成。` }] : []),
    ...actors.map((actor) => ({ en: `Created by ${actor}, never seen before.`, ja: `初めて現れた ${actor} が作成。` })),
  ];
}

function changes(file: LiveFile, known: BackupFile, { attributesKnown, mayGiveAway }: ToolWorld): Text[] {
  if (file.state.kind !== 'file') return [];
  const used = file.judged?.ok === true && known.judged?.ok === true && changedOnlyByUse(file.judged.tool, known.judged.tool);
  const { mode, uid, gid } = file.state;
  return [
    ...(file.state.sha256 !== known.wanted.sha256 && !used
      ? [{ en: 'Changed since the trusted backup.', ja: '信頼できるバックアップから変更されています。' }]
      : []),
    ...(attributesKnown && !sameAttributes(file.state, known.wanted, mayGiveAway)
      ? [
          {
            en: `Mode ${mode} and owner ${uid}:${gid}, not ${known.wanted.mode} and ${known.wanted.uid}:${known.wanted.gid}.`,
            ja: `モード ${mode}・所有者 ${uid}:${gid}(本来は ${known.wanted.mode}・${known.wanted.uid}:${known.wanted.gid})。`,
          },
        ]
      : []),
  ];
}

/** Set-id, sticky, or writable by everybody: no tool needs any of these. */
export const hasSpecialBits = (mode: string): boolean => (Number.parseInt(mode, 8) & 0o7002) !== 0;

const specialBits = ({ state }: LiveFile): Text[] =>
  state.kind === 'file' && hasSpecialBits(state.mode)
    ? [{ en: `Mode ${state.mode} gives rights that no tool needs.`, ja: `モード ${state.mode} は不要な権限を与えます。` }]
    : [];

const mostDangers = 3;

/** The first dangers of a tool's code as reasons. */
export function dangersIn(judged: JudgedTool): Text[] {
  if (!judged.ok) return [];
  const { mode, code } = judged.tool;
  const dangers = scanTool({ mode: String(mode), code });
  const more = dangers.length - mostDangers;
  return [
    ...dangers.slice(0, mostDangers).map(({ sentence }: Danger) => sentence),
    ...(more > 0 ? [{ en: `${more} more like these.`, ja: `ほか ${more} 件。` }] : []),
  ];
}
