/** How the files of a source plan stand now, and where what they replace is kept. */
import type { SourceChange, SourcePlan } from '../../domain/source-code/source-plan.ts';
import { isAsInSource } from '../../domain/source-code/source-plan.ts';
import { inParallel } from '../../domain/tool-store/in-parallel.ts';
import { isTemporary } from '../../domain/tool-store/layout.ts';
import { isBefore } from '../../domain/tool-store/plan-state.ts';
import type { LiveFile } from '../../domain/tool-store/restore-plan.ts';
import type { FileFacts } from '../ports/file-tree.ts';
import type { Ports } from '../ports/index.ts';
import { fileState } from '../tool-store/scan-store.ts';
import { codeOf, type ToolStoreTarget } from '../tool-store/target.ts';

export interface SeenCode extends LiveFile {
  readonly facts: FileFacts;
}

/** What is at each path now; a path with nothing is left out. */
export async function lookAt(
  ports: Ports,
  { root }: ToolStoreTarget,
  paths: readonly string[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, SeenCode>> {
  const seen = await inParallel(paths, async (path): Promise<[string, SeenCode][]> => {
    const facts = await ports.files.look({ root, path });
    if (facts === undefined) return [];
    if (facts.kind === 'link') return [[path, { path, facts, state: { kind: 'link', pointsTo: facts.pointsTo ?? '' } }]];
    if (facts.kind !== 'file') return [[path, { path, facts, state: { kind: facts.kind } }]];
    try {
      const read = await ports.files.read({ root, path }, 0, signal);
      return [[path, { path, facts: read.facts, state: fileState(read.facts, read.sha256, read.bytes) }]];
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return [];
      throw error;
    }
  });
  return new Map(seen.flat());
}

/** Whether the plan's work on this file is done. */
export const isDone = ({ after }: SourceChange, live: SeenCode | undefined): boolean =>
  after === null ? live === undefined : live !== undefined && isAsInSource(live, after);

export const isUntouched = ({ before }: SourceChange, live: SeenCode | undefined): boolean => isBefore(before, live);

/** Folder for what a plan replaces, below our own; one a plan. `ref` is the plan's record. */
export const keptFor = (plan: SourcePlan, ref: string): string =>
  `protected/${plan.target}/${ref.split('/')[1]!}.sources-${plan.digest.slice(0, 12)}`;

/** Our own unfinished files, left by an attempt that was killed. */
export async function removeCodeLeftovers(ports: Ports, { root }: ToolStoreTarget, plan: SourcePlan): Promise<void> {
  for (const { path } of plan.sources) {
    const left = (await ports.files.scan({ root, path })).filter((facts) => isTemporary(facts.path));
    await inParallel(left, (facts) => ports.files.remove({ root, path: facts.path }));
  }
}
