/** Looks at everything below the tools folder; files in the side folders are judged as the tools they were. */
import { inParallel } from '../../domain/tool-store/in-parallel.ts';
import { folderOf, toolBytesLimit } from '../../domain/tool-store/layout.ts';
import { judgeToolFile } from '../../domain/tool-store/tool-file.ts';
import { asideFolderPath, type AsideFolder } from '../../domain/set-aside/move-plan.ts';
import { liveName } from '../../domain/set-aside/set-aside-world.ts';
import type { Ports } from '../ports/index.ts';
import { scanStore, type SeenFile } from '../tool-store/scan-store.ts';
import { codeOf, type ToolStoreTarget } from '../tool-store/target.ts';

export interface SeenTools {
  readonly live: readonly SeenFile[];
  readonly leftovers: readonly string[];
}

/** Fails: target-missing where a folder on the way is a link. */
export async function lookAtTools(
  ports: Ports,
  target: ToolStoreTarget,
  folder: AsideFolder,
  signal?: AbortSignal,
): Promise<SeenTools> {
  const { tools, leftovers } = await scanStore(ports, target, signal);
  const live = await inParallel(tools, (file) => judgeAside(ports, target, folder, file, signal));
  return { live, leftovers };
}

async function judgeAside(
  ports: Ports,
  { root }: ToolStoreTarget,
  folder: AsideFolder,
  file: SeenFile,
  signal?: AbortSignal,
): Promise<SeenFile> {
  const { path, state } = file;
  if (folderOf(path) !== asideFolderPath(folder) || !path.endsWith('.json') || state.kind !== 'file') return file;
  try {
    const { content } = await ports.files.read({ root, path }, toolBytesLimit, signal);
    return { ...file, judged: judgeToolFile(liveName(path), content) };
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return file;
    throw error;
  }
}
