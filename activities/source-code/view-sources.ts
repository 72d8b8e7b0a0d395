/** Looks at a target's declared sources and at what it holds of them. */
import type { SourceEntry } from '../../contracts/source-code.ts';
import type { SourceView, LiveCode } from '../../domain/source-code/source-plan.ts';
import { inParallel } from '../../domain/tool-store/in-parallel.ts';
import { isTemporary } from '../../domain/tool-store/layout.ts';
import type { Ports } from '../ports/index.ts';
import { fileState } from '../tool-store/scan-store.ts';
import { codeOf, withinTarget, type ToolStoreTarget } from '../tool-store/target.ts';

/** Fails: source-unreachable, source-unusable, target-missing. */
export async function viewSource(
  ports: Ports,
  target: ToolStoreTarget,
  source: SourceEntry,
  signal?: AbortSignal,
): Promise<SourceView> {
  const commit = await ports.sources.resolve(source, signal);
  const files = await ports.sources.list(source, commit, signal);
  return {
    path: source.path,
    git: source.git,
    ref: source.ref,
    folder: source.folder,
    commit,
    files: files.map((file) => ({ ...file, path: `${source.path}/${file.path}` })),
    live: await liveCode(ports, target, source.path, signal),
  };
}

/** What is below a folder, our own unfinished files left out; sorted. A missing folder holds nothing. */
export function liveCode(ports: Ports, target: ToolStoreTarget, folder: string, signal?: AbortSignal): Promise<LiveCode[]> {
  const { root } = target;
  return withinTarget(target, async () => {
    const entries = (await ports.files.scan({ root, path: folder })).filter(({ path }) => !isTemporary(path));
    const seen = await inParallel(entries, async ({ path, kind, pointsTo }): Promise<LiveCode | undefined> => {
      if (kind === 'link') return { path, state: { kind, pointsTo: pointsTo ?? '' } };
      if (kind !== 'file') return { path, state: { kind } };
      try {
        const read = await ports.files.read({ root, path }, 0, signal);
        return { path, state: fileState(read.facts, read.sha256, read.bytes) };
      } catch (error) {
        if (codeOf(error) === 'ENOENT') return undefined;
        throw error;
      }
    });
    return seen.filter((one) => one !== undefined);
  });
}
