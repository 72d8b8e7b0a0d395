/** Reads a live tool store: every file below the tools folder with its hash, judged where the agent would read it as a tool. */
import { inParallel } from '../../domain/tool-store/in-parallel.ts';
import {
  agentFolder,
  folderOf,
  fileNameOf,
  isTemporary,
  isToolPath,
  logsFolder,
  toolBytesLimit,
  toolsFolder,
} from '../../domain/tool-store/layout.ts';
import type { FileState, LiveFile } from '../../domain/tool-store/restore-plan.ts';
import { judgeToolFile } from '../../domain/tool-store/tool-file.ts';
import type { FileFacts } from '../ports/file-tree.ts';
import type { Ports } from '../ports/index.ts';
import { codeOf, withinTarget, type ToolStoreTarget } from './target.ts';

/** A live file with the facts that tell whether it changed since. */
export interface SeenFile extends LiveFile {
  readonly facts: FileFacts;
}

export interface SeenStore {
  /** Below `.pi/tools`, our own unfinished files left out; sorted by path. */
  readonly tools: readonly SeenFile[];
  /** Below `.pi/logs`, not looked into. */
  readonly logs: readonly FileFacts[];
  /** Our own unfinished files in both. */
  readonly leftovers: readonly string[];
}

/** Fails: target-missing where a folder on the way is a link. */
export function scanStore(ports: Ports, target: ToolStoreTarget, signal?: AbortSignal): Promise<SeenStore> {
  const { root } = target;
  return withinTarget(target, async () => {
    const inTools = await ports.files.scan({ root, path: toolsFolder });
    const inLogs = await ports.files.scan({ root, path: logsFolder });
    const mine = inTools.filter(({ path }) => !isTemporary(path));
    const seen = await inParallel(mine, (facts) => see(ports, root, facts, signal));
    return {
      tools: seen.filter((file) => file !== undefined),
      logs: inLogs.filter(({ path }) => !isTemporary(path)),
      leftovers: [...inTools, ...inLogs].filter(({ path }) => isTemporary(path)).map(({ path }) => path),
    };
  });
}

/** Undefined when it vanished since it was listed. */
async function see(ports: Ports, root: string, facts: FileFacts, signal?: AbortSignal): Promise<SeenFile | undefined> {
  const { path, kind } = facts;
  if (kind === 'link') return { path, facts, state: { kind, pointsTo: facts.pointsTo ?? '' } };
  if (kind !== 'file') return { path, facts, state: { kind } };
  try {
    const read = await ports.files.read({ root, path }, isToolPath(path) ? toolBytesLimit : 0, signal);
    const state = fileState(read.facts, read.sha256, read.bytes);
    return {
      path,
      facts: read.facts,
      state,
      ...(isToolPath(path) ? { judged: judgeToolFile(fileNameOf(path), read.content) } : {}),
    };
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

export const fileState = ({ mode, uid, gid }: FileFacts, sha256: string, bytes: number): FileState => ({
  kind: 'file',
  sha256,
  bytes,
  mode,
  uid,
  gid,
});

/** Which of the folders that hold these paths are not there, parents first. */
export async function missingFolders(ports: Ports, target: ToolStoreTarget, paths: readonly string[]): Promise<string[]> {
  const folders = new Set<string>([agentFolder, toolsFolder, logsFolder]);
  for (const path of paths) for (let folder = folderOf(path); folder !== ''; folder = folderOf(folder)) folders.add(folder);
  const missing: string[] = [];
  for (const folder of [...folders].toSorted()) {
    if ((await withinTarget(target, () => ports.files.look({ root: target.root, path: folder }))) === undefined) {
      missing.push(folder);
    }
  }
  return missing;
}
