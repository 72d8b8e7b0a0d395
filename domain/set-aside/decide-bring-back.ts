/** Which files come back into use, and what forbids it: the agent must be able to read each, and nothing of its id or name may be there. */
import { digestOf } from '../digest.ts';
import type { Text } from '../text.ts';
import { fileNameOf, isToolPath, toolLimit, toolsFolder } from '../tool-store/layout.ts';
import type { LiveFile } from '../tool-store/restore-plan.ts';
import { duplicateNames, type ToolDefinition } from '../tool-store/tool-file.ts';
import { naming } from '../tool-store/tool-limit.ts';
import { asideFolderPath, type AsideFolder, type Move, type MovePlan } from './move-plan.ts';
import { isMovable, isSameContent, liveName, markOf, nameOf, othersThan, type SetAsideWorld } from './set-aside-world.ts';

export type BringBackDecision =
  | { readonly plan: MovePlan }
  /** Neither put away nor in use. */
  | { readonly unknown: readonly string[] }
  /** Files that the agent would not load, each with the reason. */
  | { readonly unreadable: readonly Text[] }
  /** Why a tool of that id, that name, or of any name cannot come in addition. */
  | { readonly clash: Text };

export interface BringBackRequest {
  /** Ids, names, or file names without `.json`, such as `dt_0123456789ab.2`. */
  readonly tools: readonly string[];
  readonly from: AsideFolder;
  readonly why: Text;
  readonly needsPeople?: Text | undefined;
}

export function decideBringBack(world: SetAsideWorld, { tools, from, why, needsPeople }: BringBackRequest): BringBackDecision {
  const aside = world.live.filter(({ path }) => path.startsWith(`${asideFolderPath(from)}/`));
  const inUse = world.live.filter(({ path }) => isToolPath(path));
  const found = tools.map((asked) => ({ asked, file: newest(aside.filter((file) => isAsked(file, asked))) }));
  const isInUse = (asked: string): boolean => inUse.some((file) => isAsked(file, asked));
  const unknown = found.filter(({ asked, file }) => file === undefined && !isInUse(asked)).map(({ asked }) => asked);
  if (unknown.length > 0) return { unknown };
  const files = [...new Set(found.flatMap(({ file }) => file ?? []))];
  const unreadable = files.flatMap((file) => faultOf(file) ?? []);
  if (unreadable.length > 0) return { unreadable };
  const there = new Map(inUse.map((file) => [file.path, file]));
  const placeOf = (file: LiveFile): string => `${toolsFolder}/${liveName(file.path)}`;
  const isThere = (file: LiveFile): boolean => {
    const other = there.get(placeOf(file));
    return other !== undefined && isSameContent(other.state, file.state);
  };
  const coming = files.filter((file) => !isThere(file));
  const clash = clashOf(coming, inUse, placeOf);
  if (clash !== undefined) return { clash };
  const moves = coming.flatMap((file): Move[] =>
    isMovable(file.state)
      ? [{ from: file.path, to: placeOf(file), state: file.state, duplicate: false, name: nameOf(file), mark: markOf(file), why }]
      : [],
  );
  const body: Omit<MovePlan, 'digest'> = {
    version: 1,
    target: world.target,
    direction: 'back',
    folder: from,
    moves,
    already: tools.filter((asked) => !coming.some((file) => isAsked(file, asked))),
    missingFolders: world.missingFolders,
    others: othersThan(new Set(moves.map(({ to }) => to)), world.live),
    ...(needsPeople === undefined || moves.length === 0 ? {} : { needsPeople }),
  };
  return { plan: { ...body, digest: digestOf(body) } };
}

const isAsked = (file: LiveFile, asked: string): boolean =>
  fileNameOf(file.path) === `${asked}.json` ||
  liveName(file.path) === `${asked}.json` ||
  (file.judged?.ok === true && file.judged.tool.name === asked);

/** Of several versions the one that was put away last: it has the highest number. */
const newest = (files: readonly LiveFile[]): LiveFile | undefined => files.toSorted((a, b) => versionOf(a) - versionOf(b)).at(-1);
const versionOf = ({ path }: LiveFile): number => Number(/\.(\d+)\.json$/.exec(path)?.[1] ?? 1);

function faultOf({ path, state, judged }: LiveFile): Text | undefined {
  if (judged?.ok === true) return undefined;
  if (state.kind === 'link') return { en: `${path} is a link; it stays where it is.`, ja: `${path} はリンクのため戻せません。` };
  return judged?.sentence ?? { en: `${path} is not a tool.`, ja: `${path} はツールではありません。` };
}

function clashOf(coming: readonly LiveFile[], inUse: readonly LiveFile[], placeOf: (file: LiveFile) => string): Text | undefined {
  const occupied = coming.filter((file) => inUse.some(({ path }) => path === placeOf(file))).map(placeOf);
  if (occupied.length > 0) {
    const named = naming(occupied, 5);
    return {
      en: `Another version is in use, and nothing is overwritten: ${named.en}.`,
      ja: `別の版が使用中です(上書きしません): ${named.ja}。`,
    };
  }
  const definitions = [...inUse, ...coming].flatMap(({ judged }): ToolDefinition[] => (judged?.ok === true ? [judged.tool] : []));
  const mine = new Set(coming.flatMap(({ judged }) => (judged?.ok === true ? [judged.tool.id] : [])));
  const doubles = [...duplicateNames(definitions)].filter(([, ids]) => ids.some((id) => mine.has(id)));
  if (doubles.length > 0) {
    const named = naming(
      doubles.map(([name, ids]) => `${name} (${ids.join(', ')})`),
      5,
    );
    return { en: `Two tools would bear one name: ${named.en}.`, ja: `同じ名前のツールが複数になります: ${named.ja}。` };
  }
  if (coming.length === 0 || definitions.length <= toolLimit) return undefined;
  return {
    en: `${definitions.length} tools would be in use and the agent takes ${toolLimit}.`,
    ja: `使用中のツールが ${definitions.length} 件となり、エージェントの上限 ${toolLimit} 件を超えます。`,
  };
}
