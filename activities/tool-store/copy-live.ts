/** Copies a live tool store into a repository, again and again where it changed meanwhile, until nothing moves. */
import type { ManifestFile } from '../../domain/backup.ts';
import type { Text } from '../../domain/text.ts';
import { inParallel } from '../../domain/tool-store/in-parallel.ts';
import {
  auditLog,
  fileNameOf,
  isLineLog,
  isTemporary,
  isToolPath,
  logsFolder,
  toolBytesLimit,
  toolsFolder,
} from '../../domain/tool-store/layout.ts';
import { judgeToolFile } from '../../domain/tool-store/tool-file.ts';
import { UnsafePath } from '../../domain/tool-store/unsafe-path.ts';
import type { BackupRepository, Keep } from '../ports/backup-repository.ts';
import type { FileFacts } from '../ports/file-tree.ts';
import type { Ports } from '../ports/index.ts';
import type { Chain, SeenFile } from './backup-chain.ts';
import { codeOf } from './target.ts';
import { storedOnce, unchangedSince } from './unchanged.ts';

export interface LiveCopy {
  readonly files: readonly ManifestFile[];
  readonly skipped: readonly string[];
  readonly logLines: number;
  readonly findings: readonly Text[];
  /** What each file was when it was taken. */
  readonly seen: ReadonlyMap<string, SeenFile>;
}

/** Looks over the whole store; a store that never holds still is copied as it is, with a finding. */
const rounds = 5;
/** Tries for one file within a round; the agent writes a tool in well under the pause. */
const tries = 5;
const pauseMs = 40;

interface Kept {
  readonly file: ManifestFile;
  readonly version: string;
  readonly lines: number;
  readonly fault?: Text;
}

/** Where a copy goes, and what need not go there again. */
export interface CopyInto extends Keep {
  readonly repository: BackupRepository;
  readonly target: string;
  readonly id: string;
  readonly chain?: Chain | undefined;
}

export async function copyLive(ports: Ports, root: string, into: CopyInto, signal?: AbortSignal): Promise<LiveCopy> {
  const { repository, target, id, chain } = into;
  const kept = new Map<string, Kept>();
  let listing: readonly FileFacts[] = [];
  let still = false;
  for (let round = 0; round < rounds && !still; round++) {
    listing = (await Promise.all([toolsFolder, logsFolder].map((path) => ports.files.scan({ root, path }))))
      .flat()
      .filter(({ path }) => !isTemporary(path));
    const there = new Set(listing.filter(({ kind }) => kind === 'file').map(({ path }) => path));
    const gone = [...kept.keys()].filter((path) => !there.has(path));
    const todo = listing.filter((facts) => facts.kind === 'file' && isNews(facts, kept.get(facts.path)));
    // As the base has it, to the last file: that was one moment, and it lasted until this look.
    const isAsBase = kept.size === 0 && todo.every(({ path, version }) => chain?.seen[path]?.version === version);
    still = isAsBase || (gone.length === 0 && todo.length === 0);
    for (const path of gone) {
      await repository.discard(target, id, path);
      kept.delete(path);
    }
    await inParallel(todo, async (facts) => {
      const copied = await copyOne(ports, root, facts, into, signal);
      if (copied === undefined) await repository.discard(target, id, facts.path);
      else kept.set(facts.path, copied);
    });
  }
  const all = [...kept.values()].toSorted((a, b) => (a.file.path < b.file.path ? -1 : 1));
  const files = all.map(({ file }) => file);
  return {
    files: chain === undefined ? files : await withoutDoubles(files, into, chain),
    skipped: listing.filter(({ kind }) => kind !== 'file').map(({ path }) => path),
    logLines: kept.get(auditLog)?.lines ?? 0,
    findings: [...invalidTools(all), ...(still ? [] : [restless])],
    seen: new Map(all.map(({ file, version, fault }) => [file.path, { version, ...(fault === undefined ? {} : { fault }) }])),
  };
}

const restless: Text = {
  en: 'The store kept changing; each file is whole, but not all are of one moment.',
  ja: 'ストアの変更が続いたため、各ファイルは完全ですが同一時点のものではありません。',
};

/** A log is taken once: what is appended later belongs to the next backup. Unless it shrank, which is another file. */
function isNews(facts: FileFacts, kept: Kept | undefined): boolean {
  if (kept === undefined) return true;
  return isLineLog(facts.path) ? facts.bytes < kept.file.bytes : facts.version !== kept.version;
}

/** Undefined when it vanished or became a link. */
async function copyOne(
  ports: Ports,
  root: string,
  listed: FileFacts,
  { repository, target, id, chain, keepUntil }: CopyInto,
  signal?: AbortSignal,
): Promise<Kept | undefined> {
  const { path } = listed;
  const place = { root, path };
  const log = isLineLog(path);
  try {
    const unchanged = chain && (await unchangedSince(ports, root, listed, chain, signal));
    if (unchanged !== undefined) return { ...unchanged, lines: path === auditLog ? (chain!.base.counts['logLines'] ?? 0) : 0 };
    for (let attempt = 1; ; attempt++) {
      const before = attempt === 1 ? listed : await ports.files.look(place);
      if (before?.kind !== 'file') return undefined;
      const upTo = log ? await ports.files.lineEnd(place, before.bytes) : undefined;
      const copied = await repository.store(
        target,
        id,
        path,
        place,
        { mode: before.mode, upTo, durable: true, keepUntil },
        signal,
      );
      const fault = isToolPath(path) ? await toolFault(ports, root, path) : undefined;
      const after = await ports.files.look(place);
      const whole = log ? copied.bytes === upTo : before.version === after?.version;
      // Half written, or damaged: only time tells, so a few more looks decide.
      if ((whole && (fault === undefined || attempt > tries)) || attempt > 2 * tries) {
        const { mode, uid, gid, modifiedAt } = before;
        return {
          file: { path, bytes: copied.bytes, sha256: copied.sha256, mode, uid, gid, modifiedAt, in: id },
          version: before.version,
          lines: copied.lines,
          ...(fault === undefined ? {} : { fault }),
        };
      }
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
      signal?.throwIfAborted();
    }
  } catch (error) {
    // ENOENT may also speak of the repository; only the live file's absence is no error.
    const now = codeOf(error) === 'ENOENT' || error instanceof UnsafePath ? await ports.files.look(place) : listed;
    if (now?.kind !== 'file') return undefined;
    throw error;
  }
}

/** What the chain holds under any path is not kept a second time. */
async function withoutDoubles(files: readonly ManifestFile[], { repository, target, id }: CopyInto, chain: Chain) {
  const own = new Map<string, string>();
  const once = files.map((file) => storedOnce(file, id, chain, own));
  await inParallel(
    files.filter((file, index) => file !== once[index]),
    ({ path }) => repository.discard(target, id, path),
  );
  return once;
}

async function toolFault(ports: Ports, root: string, path: string): Promise<Text | undefined> {
  const judged = judgeToolFile(fileNameOf(path), (await ports.files.read({ root, path }, toolBytesLimit)).content);
  return judged.ok ? undefined : judged.sentence;
}

function invalidTools(all: readonly Kept[]): Text[] {
  const tools = all.filter(({ file }) => isToolPath(file.path));
  const faulty = tools.flatMap(({ fault }) => (fault === undefined ? [] : [fault]));
  if (faulty.length === 0) return [];
  const some = faulty.slice(0, 5);
  return [
    {
      en: `${faulty.length} of ${tools.length} tools are not valid: ${some.map(({ en }) => en).join(' ')}`,
      ja: `ツール ${tools.length} 件中 ${faulty.length} 件が不正です: ${some.map(({ ja }) => ja).join('')}`,
    },
  ];
}
