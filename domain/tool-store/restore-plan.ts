/** What a restore will do, decided from what is in the store and what the backup holds. The same world gives the same plan. */
import type { Text } from '../text.ts';
import { changedOnlyByUse } from './drift.ts';
import { digestOf } from '../digest.ts';
import { auditLog, isToolPath, logsFolder, setAsidePaths, toolsFolder } from './layout.ts';
import { whyKept } from './plan-sentences.ts';
import type { JudgedTool, ToolDefinition } from './tool-file.ts';
import { whyPeople } from './tool-limit.ts';

export interface FileState {
  readonly kind: 'file';
  readonly sha256: string;
  readonly bytes: number;
  readonly mode: string;
  readonly uid: number;
  readonly gid: number;
}
export interface LinkState {
  readonly kind: 'link';
  readonly pointsTo: string;
}

/** An entry of the live store; `judged` where the agent would read it as a tool. */
export interface LiveFile {
  readonly path: string;
  readonly state: FileState | LinkState | { readonly kind: 'folder' | 'other' };
  readonly judged?: JudgedTool;
}

/** A file as the backup wants it; `in` is the backup that holds its bytes. */
export interface WantedFile extends FileState {
  readonly modifiedAt: string;
  readonly in: string;
}

export interface BackupFile {
  readonly path: string;
  readonly wanted: WantedFile;
  readonly judged?: JudgedTool;
}

export interface RestoreChange {
  readonly action: 'add' | 'overwrite' | 'keep';
  readonly path: string;
  /** `content` brings the bytes, `attributes` only mode and owner, `nothing` leaves it. */
  readonly by: 'content' | 'attributes' | 'nothing';
  readonly before: FileState | LinkState | null;
  /** Null where the file stays whatever it is. */
  readonly after: WantedFile | null;
  readonly why: Text;
  /** Not in the backup: added since. */
  readonly foreign?: true;
}

export interface RestorePlan {
  readonly version: 1;
  readonly target: string;
  readonly backup: string;
  /** Digest of the manifest that was read. */
  readonly manifest: string;
  readonly tools: readonly string[] | null;
  /** Folders that are not there yet; an undo takes them away again. */
  readonly missingFolders: readonly string[];
  readonly changes: readonly RestoreChange[];
  /** Tools that the agent will see. */
  readonly toolsAfter: number;
  readonly needsPeople?: Text;
  /** sha256 over all of the above. */
  readonly digest: string;
}

export interface RestoreWorld {
  readonly target: string;
  readonly backup: string;
  readonly manifest: string;
  readonly tools?: readonly string[] | undefined;
  readonly live: readonly LiveFile[];
  /** Files below the log folder, which are never looked into. */
  readonly liveLogs: readonly string[];
  readonly missingFolders: readonly string[];
  readonly files: readonly BackupFile[];
  /** Whether mode and owner in the backup are the tree's own; a shell script's copy has its maker's. */
  readonly attributesKnown: boolean;
  /** Whether this process may give files away; where not, a lost owner is a finding and no change. */
  readonly mayGiveAway: boolean;
}

export type RestoreDecision =
  | { readonly plan: RestorePlan }
  /** Asked for, and not in the backup. */
  | { readonly unknown: readonly string[] }
  /** Paths where something sits that is neither a file nor a link. */
  | { readonly blocked: readonly string[] };

export function decideRestore(world: RestoreWorld): RestoreDecision {
  const { tools } = world;
  const unknown = (tools ?? []).filter((asked) => !world.files.some((file) => isAsked(file, asked)));
  if (unknown.length > 0) return { unknown };
  const wanted = world.files.filter((file) =>
    tools === undefined ? belongsToRestore(file.path, world) : tools.some((asked) => isAsked(file, asked)),
  );
  const live = new Map(world.live.map((file) => [file.path, file]));
  const blocked = wanted.map((file) => live.get(file.path)).filter((file) => file !== undefined && !isFileOrLink(file));
  if (blocked.length > 0) return { blocked: blocked.map((file) => file!.path) };
  const changes = wanted.map((file) => decideFile(file, live, world));
  const covered = new Set(world.files.map((file) => file.path));
  const foreign = world.live.filter((file) => !covered.has(file.path) && isFileOrLink(file));
  const toolsAfter = seenAfter(changes, wanted, world.live);
  const needsPeople = whyPeople(
    toolsAfter,
    foreign.flatMap(({ judged }) => (judged?.ok === true ? [judged.tool] : [])),
  );
  const body: Omit<RestorePlan, 'digest'> = {
    version: 1,
    target: world.target,
    backup: world.backup,
    manifest: world.manifest,
    tools: tools ?? null,
    missingFolders: world.missingFolders,
    changes: [...changes, ...(tools === undefined ? foreign.map(keepForeign) : [])],
    toolsAfter: toolsAfter.length,
    ...(needsPeople === undefined ? {} : { needsPeople }),
  };
  return { plan: { ...body, digest: digestOf(body) } };
}

const isAsked = ({ path, judged }: BackupFile, asked: string): boolean =>
  isToolPath(path) && judged?.ok === true && (judged.tool.id === asked || judged.tool.name === asked);

/** Tools always; the log only where it is absent; other logs only where the whole folder is gone, since pruned ones are meant to be. */
function belongsToRestore(path: string, { liveLogs, missingFolders }: RestoreWorld): boolean {
  if (path.startsWith(`${toolsFolder}/`)) return true;
  if (path === auditLog) return !liveLogs.includes(auditLog);
  return path.startsWith(`${logsFolder}/`) && missingFolders.includes(logsFolder);
}

const isFileOrLink = (file: LiveFile): boolean => file.state.kind === 'file' || file.state.kind === 'link';

function decideFile(
  { path, wanted, judged }: BackupFile,
  live: ReadonlyMap<string, LiveFile>,
  world: RestoreWorld,
): RestoreChange {
  const there = live.get(path);
  const head = { path, after: wanted };
  if (there === undefined) {
    const aside =
      world.tools === undefined && isToolPath(path) ? setAsidePaths(path).find((other) => live.has(other)) : undefined;
    if (aside !== undefined) {
      return { path, action: 'keep', by: 'nothing', before: null, after: null, why: whyKept.setAside(aside) };
    }
    return { ...head, action: 'add', by: 'content', before: null, why: whyKept.missing };
  }
  const before = there.state as FileState | LinkState;
  if (before.kind === 'link') return { ...head, action: 'overwrite', by: 'content', before, why: whyKept.link };
  const used = there.judged?.ok === true && judged?.ok === true && changedOnlyByUse(there.judged.tool, judged.tool);
  if (before.sha256 !== wanted.sha256 && !used) {
    return { ...head, action: 'overwrite', by: 'content', before, why: whyKept.differs(there.judged) };
  }
  if (world.attributesKnown && !sameAttributes(before, wanted, world.mayGiveAway)) {
    return { ...head, action: 'overwrite', by: 'attributes', before, why: whyKept.attributes };
  }
  return { ...head, action: 'keep', by: 'nothing', before, why: before.sha256 === wanted.sha256 ? whyKept.same : whyKept.used };
}

/** Mode, and owner where it could be set. */
export const sameAttributes = (one: FileState, other: FileState, mayGiveAway: boolean): boolean =>
  one.mode === other.mode && (!mayGiveAway || (one.uid === other.uid && one.gid === other.gid));

const keepForeign = ({ path, state, judged }: LiveFile): RestoreChange => ({
  action: 'keep',
  path,
  by: 'nothing',
  before: state as FileState | LinkState,
  after: null,
  why: whyKept.foreign(judged),
  foreign: true,
});

/** The tools that the agent will load once the plan is applied. */
function seenAfter(
  changes: readonly RestoreChange[],
  wanted: readonly BackupFile[],
  live: readonly LiveFile[],
): ToolDefinition[] {
  const seen = new Map<string, ToolDefinition>();
  for (const { path, judged } of live) if (judged?.ok === true) seen.set(path, judged.tool);
  for (const [index, { path, judged }] of wanted.entries()) {
    if (isToolPath(path) && judged?.ok === true && changes[index]!.after !== null) seen.set(path, judged.tool);
  }
  return [...seen.values()];
}
