/** A look at a tool store as plans of moves see it. */
import { digestOf } from '../digest.ts';
import { fileNameOf, isToolPath } from '../tool-store/layout.ts';
import type { FileState, LinkState, LiveFile } from '../tool-store/restore-plan.ts';
import { asideFolderPath, type AsideFolder, type MarkedFile } from './move-plan.ts';

export interface SetAsideWorld {
  readonly target: string;
  /** Everything below the tools folder; files in the side folder are judged as tools too. */
  readonly live: readonly LiveFile[];
  readonly missingFolders: readonly string[];
}

/** The live tools but those at the given paths. */
export const othersThan = (paths: ReadonlySet<string>, live: readonly LiveFile[]): MarkedFile[] =>
  live
    .filter(({ path, state }) => isToolPath(path) && !paths.has(path) && isMovable(state))
    .map((file) => ({ path: file.path, mark: markOf(file) }));

/** Changes with the meaning of a tool, not with its use; with every byte of what is no tool. */
export const markOf = ({ judged, state }: LiveFile): string =>
  judged?.ok === true
    ? digestOf({ ...judged.tool, usageCount: undefined, lastUsedAt: undefined, updatedAt: undefined })
    : digestOf(state.kind === 'file' ? state.sha256 : state);

export const isMovable = (state: LiveFile['state']): state is FileState | LinkState =>
  state.kind === 'file' || state.kind === 'link';

/** Same bytes, or a link to the same place. */
export const isSameContent = (one: LiveFile['state'], other: LiveFile['state']): boolean =>
  one.kind === 'link' && other.kind === 'link'
    ? one.pointsTo === other.pointsTo
    : one.kind === 'file' && other.kind === 'file' && one.sha256 === other.sha256;

/** `dt_….json`, then `dt_….2.json`, `dt_….3.json`: names under which versions of one tool lie side by side. */
export const asideName = (folder: AsideFolder, path: string, nth: number): string =>
  `${asideFolderPath(folder)}/${nth === 1 ? fileNameOf(path) : fileNameOf(path).replace(/(\.json)?$/, `.${nth}$1`)}`;

/** The name of the file without what tells versions apart: `dt_….2.json` is `dt_….json`. */
export const liveName = (path: string): string => fileNameOf(path).replace(/\.\d+(\.json)$/, '$1');

export const nameOf = ({ judged, path }: LiveFile): string => (judged?.ok === true ? judged.tool.name : fileNameOf(path));
