/** Takes a backup while the agent may write: every file is whole as it was at some moment, the log is a prefix of itself. */
import type { Backup, BackupKind, Manifest, ManifestFile } from '../../domain/backup.ts';
import type { Text } from '../../domain/text.ts';
import { newestFirst, whySuspect } from '../../domain/tool-store/backup-choice.ts';
import { digestOf } from '../../domain/digest.ts';
import { inParallel } from '../../domain/tool-store/in-parallel.ts';
import { isToolPath } from '../../domain/tool-store/layout.ts';
import type { BackupRepository } from '../ports/backup-repository.ts';
import type { Ports } from '../ports/index.ts';
import { describeSet, parseManifest } from './backup-set.ts';
import { copyLive } from './copy-live.ts';
import { openBackups } from './open-backups.ts';
import { saidBy } from './repository-failure.ts';
import { requireRoot, toolStoreTarget, explainWrite, withinTarget, type ToolStoreTarget } from './target.ts';

export interface TakeBackupInput {
  readonly target: string;
  readonly id: string;
  readonly kind: BackupKind;
  readonly reason?: string | undefined;
  readonly startedAt: string;
}

/**
 * Copies into the first repository that takes it and from there into the others, so that all hold the same bytes.
 * A repository that refuses is a finding as long as another one has the backup. Fails: target-missing, target-read-only, disk-full.
 */
export async function takeBackup(ports: Ports, input: TakeBackupInput, signal?: AbortSignal): Promise<Backup> {
  const target = toolStoreTarget(ports, input.target);
  const repositories = target.repositoryEntries.map((entry) => ports.repositories(entry));
  const findings: Text[] = [];
  const refusals: unknown[] = [];
  let source: { readonly repository: BackupRepository; readonly manifest: Manifest } | undefined;
  for (const repository of repositories) {
    const manifest = await finishedIn(repository, input).catch(() => undefined);
    if (manifest !== undefined) source ??= { repository, manifest };
  }
  for (const repository of repositories) {
    signal?.throwIfAborted();
    try {
      if ((await finishedIn(repository, input)) !== undefined) continue;
      await repository.clear(input.target, input.id);
      if (source === undefined) {
        source = { repository, manifest: await takeInto(ports, target, repository, input, findings, signal) };
      } else await copyAcross(ports, source, repository, input, signal);
    } catch (error) {
      await repository.clear(input.target, input.id).catch(() => undefined);
      if (signal?.aborted) throw error;
      refusals.push(error);
      const { en, ja } = saidBy(error);
      findings.push({
        en: `${repository.id} did not take it: ${en}`,
        ja: `${repository.id} に書き込めませんでした: ${ja}`,
      });
    }
  }
  if (source === undefined) throw refusals[0];
  const set = (await openBackups(ports, target, signal)).find(({ id }) => id === input.id)!;
  const told = new Set(set.findings.map(({ en }) => en));
  return describeSet({ ...set, findings: [...findings.filter(({ en }) => !told.has(en)), ...set.findings] }, input.target);
}

async function finishedIn(repository: BackupRepository, { target, id }: TakeBackupInput): Promise<Manifest | undefined> {
  const text = await repository.readDocument(target, id, 'manifest.json');
  if (text === undefined) return undefined;
  const parsed = parseManifest(text, target, id);
  return 'manifest' in parsed ? parsed.manifest : undefined;
}

async function takeInto(
  ports: Ports,
  target: ToolStoreTarget,
  repository: BackupRepository,
  input: TakeBackupInput,
  earlierFindings: readonly Text[],
  signal?: AbortSignal,
): Promise<Manifest> {
  await requireRoot(ports, target, 'agent');
  const openBefore = await openChangeOf(ports, target.id);
  const live = await withinTarget(target, () => copyLive(ports, target.root, repository, input, signal)).catch(
    refusedBy(repository, input, () => liveBytes(ports, target.root)),
  );
  const tools = live.files.filter(({ path }) => isToolPath(path)).length;
  const earlier = (await openBackups(ports, target, signal)).map((set) => describeSet(set, target.id)).toSorted(newestFirst);
  const suspect = whySuspect(tools, input.startedAt, earlier, openBefore ?? (await openChangeOf(ports, target.id)));
  const findings = [...earlierFindings, ...live.findings];
  const body: Omit<Manifest, 'digest'> = {
    version: 1,
    id: input.id,
    target: target.id,
    kind: input.kind,
    base: null,
    startedAt: input.startedAt,
    finishedAt: new Date().toISOString(),
    files: live.files,
    skipped: live.skipped,
    counts: { tools, logLines: live.logLines },
    from: ports.machine,
    ...(suspect === undefined ? {} : { suspect }),
    ...(input.reason === undefined ? {} : { reason: input.reason }),
    ...(findings.length === 0 ? {} : { findings }),
  };
  const manifest: Manifest = { ...body, digest: digestOf(body) };
  await finish(repository, input, manifest);
  return manifest;
}

/** Through scratch, because repositories only know local files; the bytes are checked against the manifest on the way. */
async function copyAcross(
  ports: Ports,
  source: { readonly repository: BackupRepository; readonly manifest: Manifest },
  to: BackupRepository,
  input: TakeBackupInput,
  signal?: AbortSignal,
): Promise<void> {
  const { target, id } = input;
  const { files } = source.manifest;
  const scratch = { root: ports.data, path: `scratch/${target}/${id}-across` };
  await ports.files.removeTree(scratch);
  try {
    await inParallel(files, async (file: ManifestFile) => {
      const here = { ...scratch, path: `${scratch.path}/${file.path}` };
      await source.repository.fetch(target, id, file.path, here, { mode: file.mode, durable: false }, signal);
      const stored = await to.store(target, id, file.path, here, { mode: file.mode, durable: true }, signal);
      await ports.files.remove(here);
      if (stored.sha256 !== file.sha256) throw new Error(`${file.path} in ${source.repository.id} is not what its manifest says`);
    });
    await finish(to, input, source.manifest);
  } catch (error) {
    throw await refused(error, to, input, () => Promise.resolve(files.reduce((sum, file) => sum + file.bytes, 0)));
  } finally {
    await ports.files.removeTree(scratch);
  }
}

const finish = (repository: BackupRepository, { target, id }: TakeBackupInput, manifest: Manifest): Promise<void> =>
  repository.writeDocument(target, id, 'manifest.json', `${JSON.stringify(manifest, null, 2)}\n`);

const refusedBy =
  (repository: BackupRepository, input: TakeBackupInput, needed: () => Promise<number>) => async (error: unknown) => {
    throw await refused(error, repository, input, needed);
  };

async function refused(
  error: unknown,
  repository: BackupRepository,
  { target, id }: TakeBackupInput,
  needed: () => Promise<number>,
) {
  await repository.clear(target, id).catch(() => undefined);
  return explainWrite(error, repository.describe(target, id), await needed(), () => repository.freeBytes());
}

/** What there is to copy, for the sentence about a full disk. */
async function liveBytes(ports: Ports, root: string): Promise<number> {
  const listed = await Promise.all(['.pi/tools', '.pi/logs'].map((path) => ports.files.scan({ root, path }).catch(() => [])));
  return listed.flat().reduce((sum, { bytes }) => sum + bytes, 0);
}

/** The recovery whose change on this target is not finished. */
async function openChangeOf(ports: Ports, target: string): Promise<string | undefined> {
  const text = await ports.records.get(`changes/${target}.json`);
  if (text === undefined) return undefined;
  try {
    const { recovery } = JSON.parse(text) as { recovery?: unknown };
    return typeof recovery === 'string' ? recovery : 'a recovery';
  } catch {
    return 'a recovery';
  }
}
