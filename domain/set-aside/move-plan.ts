/** Moves of tool files between use and a place where the agent does not look: what a plan of them says, and what was seen when it was made. */
import type { FileState, LinkState } from '../tool-store/restore-plan.ts';
import { toolsFolder } from '../tool-store/layout.ts';
import type { Text } from '../text.ts';

/** `disabled` for tools that make trouble, `quarantine` for tools that may be dangerous. */
export type AsideFolder = 'disabled' | 'quarantine';

/** A tool to put away, by its path below the root, with the reason that people read. */
export interface ToolToSetAside {
  readonly path: string;
  readonly why: Text;
}

export interface Move {
  readonly from: string;
  readonly to: string;
  /** What is moved, as it was seen; nothing else is moved. */
  readonly state: FileState | LinkState;
  /** The same content lies at `to` already: only the name at `from` goes, and an undo copies it back. */
  readonly duplicate: boolean;
  /** The tool's own name; the file's where it is no tool. */
  readonly name: string;
  /** Tells it from another tool also after it was used. */
  readonly mark: string;
  readonly why: Text;
}

export interface MovePlan {
  readonly version: 1;
  readonly target: string;
  readonly direction: 'aside' | 'back';
  readonly folder: AsideFolder;
  readonly moves: readonly Move[];
  /** Asked for, and where they ought to be already. */
  readonly already: readonly string[];
  /** Folders that are not there yet; an undo takes them away again. */
  readonly missingFolders: readonly string[];
  /** Every other live tool, with a mark that use alone does not change. */
  readonly others: readonly MarkedFile[];
  readonly needsPeople?: Text;
  /** sha256 over all of the above. */
  readonly digest: string;
}

export interface MarkedFile {
  readonly path: string;
  readonly mark: string;
}

/** What the undo of moves left as it found it, because somebody else had changed it meanwhile. */
export interface UndoMovesReceipt {
  readonly movedBack: number;
  readonly kept: readonly string[];
}

/** Counts are of files. */
export interface MoveReceipt {
  readonly moved: number;
  /** Found where they ought to be: moved by an earlier attempt or by hand. */
  readonly already: number;
}

export const asideFolderPath = (folder: AsideFolder): string => `${toolsFolder}/${folder}`;
