/** Parts 1 and 6: folders, counts, unknown tools, rights, and what looks like a leaked secret. */
import { leaksIn } from '../../domain/checklist/leaks.ts';
import { LogTools } from '../../domain/checklist/log-tools.ts';
import { answerLeaks, answerRights, type Leak, type Rights } from '../../domain/checklist/security-answers.ts';
import { answerFiles, type FolderState } from '../../domain/checklist/store-answers.ts';
import type { Answer } from '../../domain/checklist/words.ts';
import { inParallel } from '../../domain/tool-store/in-parallel.ts';
import { agentFolder, auditLog, isToolPath, logsFolder, toolBytesLimit, toolsFolder } from '../../domain/tool-store/layout.ts';
import { UnsafePath } from '../../domain/tool-store/unsafe-path.ts';
import type { Ports } from '../ports/index.ts';
import { describeSet, type BackupSet } from '../backup-keeping/backup-set.ts';
import { openBackup, openBackups } from '../tool-store/open-backups.ts';
import { scanStore } from '../tool-store/scan-store.ts';
import { codeOf, requireRoot, toolStoreTarget, type ToolStoreTarget } from '../tool-store/target.ts';
import type { CheckRequest } from './interface.ts';

/** The newest part of a log: what leaked before was looked for when it was new. */
const logLimits = { lastBytes: 256 * 1024 * 1024, maxLine: 1024 * 1024 };
/** Enough to name the first few; a log full of secrets is not told line by line. */
const leaksLimit = 1_000;
const nothing: ReadonlySet<string> = new Set();
const mainFolders: readonly string[] = [toolsFolder, logsFolder];

export async function checkFiles(ports: Ports, input: CheckRequest, signal?: AbortSignal): Promise<readonly Answer[]> {
  const target = toolStoreTarget(ports, input.target);
  await requireRoot(ports, target);
  const { root } = target;
  const state = async (path: string) => stateOf(await kindOf(ports, root, path));
  const [tools, logs] = [await state(toolsFolder), await state(logsFolder)];
  const store = await scanStore(ports, target, signal).catch((error: unknown) => {
    // A link in place of a folder is an answer, not the end of all questions.
    if (tools === 'unusable' || logs === 'unusable') return { tools: [], logs: [] };
    throw error;
  });
  const baseline = await baselineOf(ports, target, input.backup, signal);
  const logThere = logs === 'there' && (await kindOf(ports, root, auditLog)) === 'file';
  const log = await readLog(ports, root, logThere, baseline?.startedAt, signal);
  const manifest = new Map(baseline?.manifest?.files.map((file) => [file.path, file]));
  const rights = await rightsOf(ports, root);
  const top = rights.find(({ path }) => path === agentFolder);
  const ownerOf = (path: string) => manifest.get(path) ?? top;
  const leaks = [
    ...log.leaks,
    ...(await leaksOfTools(
      ports,
      root,
      store.tools.map(({ path }) => path),
      signal,
    )),
  ];
  return [
    ...answerFiles({
      toolsFolder: tools,
      logsFolder: logs,
      logThere,
      files: store.tools,
      baseline: baseline && { backup: baseline.id, tools: new Set([...manifest.keys()].filter(isToolPath)) },
      created: log.tools?.created ?? nothing,
      deleted: log.tools?.deleted ?? nothing,
      expectedTools: input.tools,
    }),
    answerRights(rights, ownerOf, ports.files.mayGiveAway),
    answerLeaks(leaks.slice(0, leaksLimit), {
      en: `Read: ${store.tools.length} files and ${log.read} of ${log.of} bytes of the log.`,
      ja: `確認範囲: ${store.tools.length} ファイル、ログ ${log.of} バイト中 ${log.read} バイト。`,
    }),
  ];
}

const stateOf = (kind: string | undefined): FolderState =>
  kind === undefined ? 'gone' : kind === 'folder' ? 'there' : 'unusable';

async function kindOf(ports: Ports, root: string, path: string): Promise<string | undefined> {
  try {
    return (await ports.files.look({ root, path }))?.kind;
  } catch (error) {
    if (error instanceof UnsafePath) return 'link';
    throw error;
  }
}

/** The named backup, or the newest verified one. */
async function baselineOf(
  ports: Ports,
  target: ToolStoreTarget,
  backup: string | undefined,
  signal?: AbortSignal,
): Promise<BackupSet | undefined> {
  if (backup !== undefined) return openBackup(ports, target, backup, signal);
  return (await openBackups(ports, target, signal)).find((set) => describeSet(set, target.id).status === 'verified');
}

async function readLog(ports: Ports, root: string, isThere: boolean, since: string | undefined, signal?: AbortSignal) {
  const tools = since === undefined ? undefined : new LogTools(since);
  const leaks: Leak[] = [];
  if (!isThere) return { tools, leaks, read: 0, of: 0 };
  const take = (line: string, number: number): void => {
    tools?.take(line);
    const kinds = leaks.length < leaksLimit ? leaksIn(line) : [];
    if (kinds.length > 0) leaks.push({ path: auditLog, line: number, kinds });
  };
  return { tools, leaks, ...(await ports.lines.lines({ root, path: auditLog }, logLimits, take, signal)) };
}

async function leaksOfTools(ports: Ports, root: string, paths: readonly string[], signal?: AbortSignal): Promise<Leak[]> {
  const found = await inParallel(paths, async (path) => {
    try {
      const { content } = await ports.files.read({ root, path }, toolBytesLimit, signal);
      const lines = new TextDecoder().decode(content).split('\n');
      return lines.flatMap((line, at): Leak[] => {
        const kinds = leaksIn(line);
        return kinds.length > 0 ? [{ path, line: at + 1, kinds }] : [];
      });
    } catch (error) {
      if (error instanceof UnsafePath || codeOf(error) === 'ENOENT') return [];
      throw error;
    }
  });
  return found.flat();
}

/** Everything that the agent reads or writes, and the folders that hold it. */
async function rightsOf(ports: Ports, root: string): Promise<Rights[]> {
  const folders = [agentFolder, toolsFolder, logsFolder, `${agentFolder}/extensions`, `${agentFolder}/lib`];
  const seen = await inParallel(folders, async (path): Promise<Rights[]> => {
    try {
      const facts = await ports.files.look({ root, path });
      // What should be one of the two main folders and is something else, another item says.
      if (facts === undefined || (facts.kind !== 'folder' && mainFolders.includes(path))) return [];
      return path === agentFolder || facts.kind !== 'folder' ? [facts] : [facts, ...(await ports.files.scan({ root, path }))];
    } catch (error) {
      if (error instanceof UnsafePath) return [{ path, kind: 'link', mode: '0777', uid: 0, gid: 0 }];
      throw error;
    }
  });
  return seen.flat();
}
