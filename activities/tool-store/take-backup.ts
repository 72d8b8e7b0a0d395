/** Takes a backup while the agent may write: every file is whole as it was at some moment, the log is a prefix of itself. */
import type { Backup, BackupKind, Manifest } from '../../domain/backup.ts';
import type { Text } from '../../domain/text.ts';
import { newestFirst, whySuspect } from '../../domain/tool-store/backup-choice.ts';
import { isToolPath } from '../../domain/tool-store/layout.ts';
import type { BackupRepository } from '../ports/backup-repository.ts';
import type { Ports } from '../ports/index.ts';
import { findChain, rememberSeen } from './backup-chain.ts';
import { describeSet } from './backup-set.ts';
import { copyAcross, finish, finishedIn, keepUntil } from './copy-across.ts';
import { copyLive } from './copy-live.ts';
import { manifestDigest } from './manifest-text.ts';
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
    const manifest = await finishedIn(repository, input.target, input.id).catch(() => undefined);
    if (manifest !== undefined) source ??= { repository, manifest };
  }
  for (const repository of repositories) {
    signal?.throwIfAborted();
    try {
      if ((await finishedIn(repository, input.target, input.id)) !== undefined) continue;
      if (source === undefined) {
        await repository.clear(input.target, input.id);
        source = { repository, manifest: await takeInto(ports, target, repository, input, findings, signal) };
      } else await copyAcross(ports, target, source.manifest, source.repository, repository, signal);
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
  const sets = await openBackups(ports, target, signal);
  const isIncremental = input.kind === 'incremental';
  const chain = isIncremental ? await findChain(ports, target.id, sets, repository.id, input.startedAt) : undefined;
  const lookedAt = Date.now();
  const into = { repository, target: target.id, id: input.id, chain, keepUntil: keepUntil(target, input) };
  const live = await withinTarget(target, () => copyLive(ports, target.root, into, signal)).catch(
    refusedBy(repository, input, () => liveBytes(ports, target.root)),
  );
  const tools = live.files.filter(({ path }) => isToolPath(path)).length;
  const earlier = sets.map((set) => describeSet(set, target.id)).toSorted(newestFirst);
  const suspect = whySuspect(tools, input.startedAt, earlier, openBefore ?? (await openChangeOf(ports, target.id)));
  const findings = [...earlierFindings, ...live.findings, ...(isIncremental && chain === undefined ? [holdsAll] : [])];
  const body: Omit<Manifest, 'digest'> = {
    version: 1,
    id: input.id,
    target: target.id,
    kind: input.kind,
    base: chain?.base.id ?? null,
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
  const manifest: Manifest = { ...body, digest: manifestDigest(body) };
  await finish(target, repository, manifest);
  await rememberSeen(ports, manifest, live.seen, lookedAt);
  return manifest;
}

const holdsAll: Text = {
  en: 'There was no whole backup to build on: it holds every file itself.',
  ja: '基にできる完全なバックアップがないため、すべてのファイルを含みます。',
};

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
