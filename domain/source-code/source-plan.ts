/** How a target's code stands to its source, and what bringing it back would change. The same world gives the same plan. */
import { digestOf } from '../digest.ts';
import type { Plan, PlannedChange } from '../recovery.ts';
import type { Text } from '../text.ts';
import type { FileState, LinkState } from '../tool-store/restore-plan.ts';
import { naming } from '../tool-store/tool-limit.ts';

export interface CodeFile {
  /** Relative to the target's root. */
  readonly path: string;
  readonly mode: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** A live entry below a source's folder; `other` is a pipe, a device or a socket. */
export interface LiveCode {
  readonly path: string;
  readonly state: FileState | LinkState | { readonly kind: 'folder' | 'other' };
}

/** One folder of the target with what its repository holds at `commit`. */
export interface SourceView {
  readonly path: string;
  readonly git: string;
  readonly ref: string;
  readonly folder: string;
  readonly commit: string;
  readonly files: readonly CodeFile[];
  readonly live: readonly LiveCode[];
}

export interface SourceChange {
  readonly action: 'add' | 'overwrite' | 'remove' | 'keep';
  readonly path: string;
  readonly before: FileState | LinkState | null;
  /** Null where it is moved out, or kept. */
  readonly after: CodeFile | null;
}

export interface SourcePlan {
  readonly version: 1;
  readonly target: string;
  readonly sources: readonly Omit<SourceView, 'files' | 'live'>[];
  readonly missingFolders: readonly string[];
  readonly changes: readonly SourceChange[];
  readonly digest: string;
}

/** What differs, by path. `strange` is neither a file nor a link. */
export interface SourceDifference {
  readonly missing: readonly string[];
  readonly differing: readonly string[];
  readonly extra: readonly string[];
  readonly strange: readonly string[];
}

/** Bits beyond 0777 and writing by everybody are never as git has it; of the rest only whether its owner may run it. */
const sameMode = (live: string, git: string): boolean => {
  const bits = Number.parseInt(live, 8);
  return (bits & 0o7002) === 0 && ((bits & 0o100) !== 0) === (git === '0755');
};

export const isAsInSource = ({ state }: LiveCode, file: CodeFile): boolean =>
  state.kind === 'file' && state.sha256 === file.sha256 && sameMode(state.mode, file.mode);

export function compareSource({ files, live }: Pick<SourceView, 'files' | 'live'>): SourceDifference {
  const there = new Map(live.map((one) => [one.path, one]));
  const wanted = new Set(files.map(({ path }) => path));
  const isStrange = ({ state }: LiveCode): boolean => state.kind === 'other';
  return {
    missing: files.filter(({ path }) => !there.has(path)).map(({ path }) => path),
    differing: files.filter((file) => there.has(file.path) && !isAsInSource(there.get(file.path)!, file)).map(({ path }) => path),
    extra: live.filter((one) => !wanted.has(one.path) && !isStrange(one)).map(({ path }) => path),
    strange: live.filter(isStrange).map(({ path }) => path),
  };
}

/** `moveOut`: what the source does not hold goes into the protected copy; otherwise it stays. `blocked` paths are no files and no links. */
export function decideSources(
  target: string,
  views: readonly SourceView[],
  missingFolders: readonly string[],
  moveOut: boolean,
): { readonly plan: SourcePlan } | { readonly blocked: readonly string[] } {
  const blocked = views.flatMap(({ live }) =>
    live.filter(({ state }) => state.kind === 'other' || state.kind === 'folder').map(({ path }) => path),
  );
  if (blocked.length > 0) return { blocked };
  const changes = views.flatMap((view) => changesOf(view, moveOut)).toSorted((a, b) => (a.path < b.path ? -1 : 1));
  const body: Omit<SourcePlan, 'digest'> = {
    version: 1,
    target,
    sources: views.map(({ path, git, ref, folder, commit }) => ({ path, git, ref, folder, commit })),
    missingFolders,
    changes,
  };
  return { plan: { ...body, digest: digestOf(body) } };
}

function changesOf({ files, live }: SourceView, moveOut: boolean): SourceChange[] {
  const there = new Map(live.map((one) => [one.path, one]));
  const wanted = new Set(files.map(({ path }) => path));
  const stateAt = (path: string) => (there.get(path)?.state as FileState | LinkState | undefined) ?? null;
  return [
    ...files.map((file): SourceChange => {
      const before = stateAt(file.path);
      const isRight = before !== null && isAsInSource(there.get(file.path)!, file);
      return { path: file.path, before, after: file, action: before === null ? 'add' : isRight ? 'keep' : 'overwrite' };
    }),
    ...live
      .filter(({ path }) => !wanted.has(path))
      .map(({ path }): SourceChange => ({ path, before: stateAt(path), after: null, action: moveOut ? 'remove' : 'keep' })),
  ];
}

const mostChanges = 20;

/** The head that people read and approve. */
export function sourcePlanHead(plan: SourcePlan, ref: string): Plan {
  const altering = plan.changes.filter(({ action }) => action !== 'keep');
  const count = (action: SourceChange['action']): number => plan.changes.filter((change) => change.action === action).length;
  const shown = [...altering, ...plan.changes.filter(({ action }) => action === 'keep')].slice(0, mostChanges);
  return {
    summary: summarize(plan, count),
    digest: plan.digest,
    size: {
      items: altering.length,
      bytes: altering.reduce((sum, { after }) => sum + (after?.bytes ?? 0), 0),
      share: plan.changes.length === 0 ? 0 : altering.length / plan.changes.length,
    },
    counts: { add: count('add'), overwrite: count('overwrite'), keep: count('keep'), remove: count('remove') },
    changes: shown.map(lineOf),
    truncated: shown.length < plan.changes.length,
    ref,
  };
}

const lineOf = ({ action, path, before, after }: SourceChange): PlannedChange => ({
  action,
  path: path.slice(0, 200),
  ...(before && { before: before.kind === 'link' ? `link to ${before.pointsTo.slice(0, 60)}` : words(before) }),
  ...(after && action !== 'keep' && { after: words(after) }),
});
const words = ({ sha256, bytes, mode }: CodeFile | FileState): string => `sha256 ${sha256.slice(0, 12)}, ${bytes} bytes, ${mode}`;

function summarize({ sources }: SourcePlan, count: (action: SourceChange['action']) => number): Text {
  const from = naming(
    sources.map(({ path, commit }) => `${path} @ ${commit.slice(0, 12)}`),
    5,
  );
  return {
    en: `Code from git (${from.en}): ${count('add')} to add, ${count('overwrite')} to overwrite, ${count('remove')} to move out, ${count('keep')} kept.`,
    ja: `git のコード(${from.ja}): 追加 ${count('add')} 件、上書き ${count('overwrite')} 件、退避 ${count('remove')} 件、維持 ${count('keep')} 件。`,
  };
}
