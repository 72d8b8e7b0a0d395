/** What an incremental may build on: the newest whole backup in the same repository, and every content that its chain holds. */
import type { Manifest, ManifestFile } from '../../domain/backup.ts';
import type { Text } from '../../domain/text.ts';
import type { Ports } from '../ports/index.ts';
import { seenFilesKey } from '../records/keys.ts';
import type { BackupSet } from '../backup-keeping/backup-set.ts';
import { newestBase, wholeIn } from '../backup-keeping/newest-base.ts';

/** Where bytes lie already. */
interface Stored {
  readonly in: string;
  readonly path: string;
}

export interface Chain {
  readonly base: Manifest;
  readonly files: ReadonlyMap<string, ManifestFile>;
  /** What the base's files were when it was taken; only those that had been at rest by then. */
  readonly seen: Readonly<Record<string, SeenFile>>;
  /** By sha256: everything in the base and in what it is based on. */
  readonly contents: ReadonlyMap<string, Stored>;
}

/** A file as a backup left it: unchanged as long as its version is. */
export interface SeenFile {
  readonly version: string;
  /** Why it is no valid tool. */
  readonly fault?: Text;
}

/** A file written within so long before it was looked at may change again without its times showing it. */
const restMs = 2_000;

/** Undefined where the repository holds nothing whole to build on: then an incremental holds everything itself. */
export async function findChain(
  ports: Ports,
  target: string,
  sets: readonly BackupSet[],
  repository: string,
  before: string,
): Promise<Chain | undefined> {
  const here = wholeIn(sets, repository);
  const base = newestBase(here, before);
  if (base === undefined) return undefined;
  const contents = new Map<string, Stored>();
  const visited = new Set<string>();
  for (let link: Manifest | undefined = base; link !== undefined && !visited.has(link.id);) {
    visited.add(link.id);
    for (const file of link.files) {
      if (here.has(file.in) && !contents.has(file.sha256)) {
        contents.set(file.sha256, { in: file.in, path: file.as ?? file.path });
      }
    }
    link = link.base === null ? undefined : here.get(link.base);
  }
  const files = new Map(base.files.map((file) => [file.path, file]));
  return { base, files, contents, seen: await seenAt(ports, target, base) };
}

interface SeenRecord {
  readonly manifest: string;
  readonly files: Readonly<Record<string, SeenFile>>;
}

/** Nothing where another backup was taken since: then contents are compared. */
async function seenAt(ports: Ports, target: string, base: Manifest): Promise<Chain['seen']> {
  const text = await ports.records.get(seenFilesKey(target)).catch(() => undefined);
  if (text === undefined) return {};
  try {
    const record = JSON.parse(text) as SeenRecord;
    return record.manifest === base.digest ? record.files : {};
  } catch {
    return {};
  }
}

/** Remembers what the files of a finished backup were. A store that refuses costs the next incremental time, nothing else. */
export async function rememberSeen(
  ports: Ports,
  manifest: Manifest,
  seen: ReadonlyMap<string, SeenFile>,
  lookedAt: number,
): Promise<void> {
  const atRest = manifest.files.filter(({ path, modifiedAt }) => seen.has(path) && Date.parse(modifiedAt) < lookedAt - restMs);
  const files = Object.fromEntries(atRest.map(({ path }) => [path, seen.get(path)!]));
  const record: SeenRecord = { manifest: manifest.digest, files };
  await ports.records.put(seenFilesKey(manifest.target), JSON.stringify(record)).catch(() => undefined);
}
