/** Takes a backup while the agent may write: every file is whole as it was at some moment, the log is a prefix of itself. */
import type { Backup, Manifest } from '../../domain/backup.ts';
import type { Text } from '../../domain/text.ts';
import { toolMeasures } from '../../domain/tool-store/tool-measures.ts';
import { isToolPath } from '../../domain/tool-store/layout.ts';
import type { BackupRepository } from '../ports/backup-repository.ts';
import type { Ports } from '../ports/index.ts';
import { openChangeOf } from '../backup-keeping/open-change.ts';
import { findChain, rememberSeen } from './backup-chain.ts';
import { takeBackupOf } from '../backup-keeping/backups-of.ts';
import { closeBackup } from '../backup-keeping/close-backup.ts';
import { keepUntil } from '../backup-keeping/copy-across.ts';
import type { TakeBackupInput } from '../backup-keeping/into-repositories.ts';
import { copyLive } from './copy-live.ts';
import { openBackups, toolStoreBackups } from './open-backups.ts';
import { requireRoot, explainWrite, withinTarget, type ToolStoreTarget } from './target.ts';

/** Fails: target-missing, target-read-only, disk-full. */
export const takeBackup = (ports: Ports, input: TakeBackupInput, signal?: AbortSignal): Promise<Backup> =>
  takeBackupOf(
    ports,
    toolStoreBackups,
    input,
    (target, repository, earlier) => takeInto(ports, target, repository, input, earlier, signal),
    signal,
  );

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
  const taking = { target, repository, input, sets, measures: toolMeasures, openBefore };
  const manifest = await closeBackup(ports, taking, {
    base: chain?.base.id ?? null,
    files: live.files,
    skipped: live.skipped,
    counts: { tools, logLines: live.logLines },
    findings: [...earlierFindings, ...live.findings, ...(isIncremental && chain === undefined ? [holdsAll] : [])],
  });
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
