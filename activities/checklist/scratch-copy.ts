/** A scratch copy of what the agent needs, so that what is run and made there never touches the store. */
import { inParallel } from '../../domain/tool-store/in-parallel.ts';
import { agentFolder, isToolPath, logsFolder, toolsFolder } from '../../domain/tool-store/layout.ts';
import type { FileFacts, Place } from '../ports/file-tree.ts';
import type { Ports } from '../ports/index.ts';
import { scanStore, type SeenFile } from '../tool-store/scan-store.ts';
import { explainWrite, withinTarget, type ToolStoreTarget } from '../tool-store/target.ts';

/** The code of the agent's extensions and libraries; their packages would come with the agent. */
const codeFolders = [`${agentFolder}/extensions`, `${agentFolder}/lib`];
/** More than this is no code of a project. */
const bytesLimit = 256 * 1024 * 1024;
/** What a killed attempt left; a living one writes all the time. */
const leftoverMs = 3_600_000;

export interface ScratchCopy {
  readonly place: Place;
  readonly folder: string;
  /** Tools in the copy that the agent would load. */
  readonly tools: readonly SeenFile[];
}

/** Runs `work` on a copy of tools, extensions and libraries with an empty log, and removes it whatever happens. */
export async function onScratchCopy<T>(
  ports: Ports,
  target: ToolStoreTarget,
  work: (copy: ScratchCopy) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const home = { root: ports.data, path: `scratch/${target.id}` };
  const place = { ...home, path: `${home.path}/checklist-${globalThis.crypto.randomUUID()}` };
  await ports.files.removeOldTrees(home, leftoverMs).catch(() => undefined);
  const { root } = target;
  const store = await scanStore(ports, target, signal);
  const tools = store.tools.filter(({ path, facts }) => isToolPath(path) && facts.kind === 'file');
  const code = await withinTarget(target, () => inParallel(codeFolders, (path) => ports.files.scan({ root, path })));
  const files: readonly FileFacts[] = [...tools.map(({ facts }) => facts), ...code.flat().filter(({ kind }) => kind === 'file')];
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  try {
    for (const folder of [toolsFolder, logsFolder]) await ports.files.makeFolder({ ...place, path: `${place.path}/${folder}` });
    let left = bytesLimit;
    await inParallel(files, async ({ path, bytes: size }) => {
      left -= size;
      if (left < 0) return;
      await ports.files.copy(
        { root, path },
        { ...place, path: `${place.path}/${path}` },
        { mode: '0600', durable: false },
        signal,
      );
    });
    return await work({ place, folder: `${place.root}/${place.path}`, tools: tools.filter(({ judged }) => judged?.ok) });
  } catch (error) {
    throw await explainWrite(error, `${place.root}/${place.path}`, bytes, () => ports.files.freeBytes(ports.data));
  } finally {
    await ports.files.removeTree(place);
  }
}
