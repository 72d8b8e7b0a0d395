/** Opens the backups that the runbook's scripts left in the target, without ever writing there. */
import type { Manifest, ManifestFile } from '../../domain/backup.ts';
import { digestOf } from '../../domain/digest.ts';
import { inParallel } from '../../domain/tool-store/in-parallel.ts';
import { agentFolder, auditLog, isToolPath } from '../../domain/tool-store/layout.ts';
import {
  archiveSets,
  emergencyFolder,
  findScriptSets,
  readScriptMetadata,
  scriptFolder,
  scriptSetTime,
  type ScriptSet,
} from '../../domain/tool-store/script-layouts.ts';
import { UnsafePath } from '../../domain/tool-store/unsafe-path.ts';
import type { Text } from '../../domain/text.ts';
import type { FileFacts } from '../ports/file-tree.ts';
import type { Ports } from '../ports/index.ts';
import { newestHold, parseTest, type BackupSet } from '../backup-keeping/backup-set.ts';
import { findArchives, openArchive } from './script-archives.ts';
import type { ToolStoreTarget } from './target.ts';

/** A set with the folder that its `at` paths are relative to, and what is known of every file below it. */
interface LocatedSet {
  readonly set: ScriptSet;
  readonly base: string;
  readonly facts: ReadonlyMap<string, FileFacts>;
  /** When the set's own container was written, where the files inside cannot tell. */
  readonly writtenAt?: string;
}

export async function openScriptSets(ports: Ports, target: ToolStoreTarget, signal?: AbortSignal): Promise<BackupSet[]> {
  const { root } = target;
  const owner = await ports.files.look({ root, path: agentFolder });
  if (owner?.kind !== 'folder') return [];
  const listing = (await Promise.all([scriptFolder, emergencyFolder].map((path) => listUnlessLink(ports, root, path)))).flat();
  const facts = new Map(listing.map((one) => [one.path, one]));
  const located: LocatedSet[] = findScriptSets(listing).map((set) => ({ set, base: root, facts }));
  const broken: BackupSet[] = [];
  for (const archive of await findArchives(ports, root, listing)) {
    const opened = await openArchive(ports, target.id, root, archive, signal);
    if ('fault' in opened) {
      broken.push({
        id: archive.id,
        source: 'script',
        startedAt: archive.facts.modifiedAt,
        fault: opened.fault,
        copies: [],
        findings: [],
      });
    } else {
      const inside = new Map(opened.listing.map((one) => [one.path, one]));
      for (const set of archiveSets(archive.id, opened.listing)) {
        located.push({ set, base: opened.base, facts: inside, writtenAt: archive.facts.modifiedAt });
      }
    }
  }
  const opened = await inParallel(located, (one) => openOne(ports, target.id, one, owner, signal), 2);
  return [...opened, ...broken];
}

/** A backup folder that is itself a link is not looked into: it may point anywhere. */
async function listUnlessLink(ports: Ports, root: string, path: string): Promise<readonly FileFacts[]> {
  try {
    return await ports.files.scan({ root, path });
  } catch (error) {
    if (error instanceof UnsafePath) return [];
    throw error;
  }
}

async function openOne(
  ports: Ports,
  target: string,
  { set, base, facts, writtenAt }: LocatedSet,
  owner: FileFacts,
  signal?: AbortSignal,
): Promise<BackupSet> {
  const newest = set.files
    .map(({ at }) => facts.get(at)!.modifiedAt)
    .toSorted()
    .at(-1)!;
  const metadata = set.metadata === undefined ? undefined : readScriptMetadata(await documentAt(ports, base, set.metadata));
  const startedAt = scriptSetTime(metadata?.at, writtenAt ?? newest, set.day);
  const head = { id: set.id, source: 'script' as const, startedAt };
  if (set.links.length > 0) {
    return {
      ...head,
      fault: {
        code: 'backup-unsafe',
        sentence: { en: `${set.id} holds links: ${set.links[0]}.`, ja: `${set.id} にリンクがあります: ${set.links[0]}。` },
      },
      copies: [],
      findings: [],
    };
  }
  const where = `script-backups/${target}/${set.id}`;
  const manifest = await manifestOf(ports, `${where}/manifest.json`, { target, set, base, facts, startedAt, owner }, signal);
  const at = new Map(set.files.map((file) => [file.path, file.at]));
  const place = (path: string) => ({ root: base, path: at.get(path)! });
  return {
    ...head,
    manifest,
    copies: [
      {
        where: 'script',
        test: parseTest(await ports.records.get(`${where}/verification.json`), manifest),
        read: (file, maxBytes, stop) => ports.files.read(place(file.path), maxBytes, stop),
        fetch: (file, to, options, stop) => ports.files.copy(place(file.path), to, options, stop),
        strange: () => Promise.resolve([]),
        keepTest: (test) => ports.records.put(`${where}/verification.json`, JSON.stringify(test)),
        keepHold: (hold) => ports.records.put(`${where}/hold.json`, JSON.stringify(hold)),
      },
    ],
    hold: newestHold([await ports.records.get(`${where}/hold.json`)]),
    findings: findingsOf(set, metadata, manifest),
  };
}

const documentAt = async (ports: Ports, root: string, path: string): Promise<string> =>
  (await ports.files.readDocument({ root, path })) ?? '';

interface ScriptWorld {
  readonly target: string;
  readonly set: ScriptSet;
  readonly base: string;
  readonly facts: ReadonlyMap<string, FileFacts>;
  readonly startedAt: string;
  readonly owner: FileFacts;
}

/** The manifest such a set would have. Its files are hashed once, and again only when one of them changed. */
async function manifestOf(ports: Ports, record: string, world: ScriptWorld, signal?: AbortSignal): Promise<Manifest> {
  const { target, set, base, facts, startedAt, owner } = world;
  const fingerprint = digestOf([
    startedAt,
    owner?.uid,
    owner?.gid,
    set.files.map(({ path, at }) => [path, facts.get(at)!.version]),
  ]);
  const kept = await ports.records.get(record);
  if (kept !== undefined) {
    const earlier = JSON.parse(kept) as { fingerprint: string; manifest: Manifest };
    if (earlier.fingerprint === fingerprint) return earlier.manifest;
  }
  let logLines = 0;
  const files = await inParallel(set.files, async ({ path, at }): Promise<ManifestFile> => {
    const { sha256, bytes, lines, facts: now } = await ports.files.read({ root: base, path: at }, 0, signal);
    if (path === auditLog) logLines = lines;
    // The copy belongs to whoever ran the script; what is restored belongs to the owner of the store.
    const { uid, gid } = owner;
    return { path, bytes, sha256, mode: now.mode, uid, gid, modifiedAt: now.modifiedAt, in: set.id };
  });
  const body: Omit<Manifest, 'digest'> = {
    version: 1,
    id: set.id,
    target,
    kind: 'full',
    base: null,
    startedAt,
    finishedAt: startedAt,
    files: files.toSorted((a, b) => (a.path < b.path ? -1 : 1)),
    skipped: [],
    counts: { tools: files.filter(({ path }) => isToolPath(path)).length, logLines },
    from: { host: 'script', okiagari: 'script' },
  };
  const manifest: Manifest = { ...body, digest: digestOf(body) };
  await ports.records.put(record, JSON.stringify({ fingerprint, manifest }));
  return manifest;
}

function findingsOf(set: ScriptSet, metadata: ReturnType<typeof readScriptMetadata> | undefined, manifest: Manifest): Text[] {
  const findings: Text[] = [];
  const tools = manifest.counts['tools'];
  if (metadata?.broken === true) {
    findings.push({
      en: `${set.id}: metadata.json is not JSON, as the script writes it where there is no log.`,
      ja: `${set.id}: metadata.json が JSON ではありません(ログがないときにスクリプトが作る形です)。`,
    });
  }
  if (metadata?.tools !== undefined && metadata.tools !== tools) {
    findings.push({
      en: `${set.id}: metadata.json speaks of ${metadata.tools} tools, ${tools} are there.`,
      ja: `${set.id}: metadata.json ではツール ${metadata.tools} 件ですが、実際は ${tools} 件です。`,
    });
  }
  if (set.superseded === true) {
    findings.push({
      en: `${set.id}: the script ran again that day; its log is from the later run, its newer tools are a backup of their own.`,
      ja: `${set.id}: 同日にスクリプトが再実行されました。ログは後の実行のもので、新しいツールは別のバックアップとして扱います。`,
    });
  }
  return findings;
}
