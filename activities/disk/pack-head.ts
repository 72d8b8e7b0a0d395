/** Packs the old lines and proves that they come out again; only then may they leave the log. */
import { fail } from '../../domain/fail.ts';
import { folderOf } from '../../domain/tool-store/layout.ts';
import type { Place } from '../ports/file-tree.ts';
import { isDiskFull, likeTheLog, type ArchiveJob } from './archive-job.ts';
import { beginsWithHead, holdsHead } from './plan-archive.ts';

/** Answers where the archive is: in its place, or in the data folder because the target has no room for it. Fails: plan-changed, archive-unreadable. */
export async function packHead(job: ArchiveJob): Promise<'there' | 'away'> {
  const { ports, head, log, archive, staged, away, signal } = job;
  if (await isInPlace(job)) return 'there';
  if (await holdsHead(ports, away, head, signal)) return 'away';
  if (!(await beginsWithHead(ports, log, head, signal))) {
    throw fail('plan-changed', {
      en: `${log.path} no longer begins with the lines that the plan saw.`,
      ja: `${log.path} の先頭が計画時の行ではありません。`,
    });
  }
  const as = await likeTheLog(job);
  try {
    await ports.files.makeFolder({ ...archive, path: folderOf(archive.path) });
    await ports.files.remove(staged);
    await ports.logArchives.pack(log, head.bytes, staged, as, signal);
    await putInPlace(job);
    return 'there';
  } catch (error) {
    if (!isDiskFull(error)) throw error;
  }
  await ports.files.makeFolder({ ...away, path: folderOf(away.path) });
  await ports.files.remove(away);
  await ports.logArchives.pack(log, head.bytes, away, as, signal);
  await prove(job, away);
  return 'away';
}

/** Brings the archive from the data folder, once there is room. Twice is fine. */
export async function bringArchive(job: ArchiveJob): Promise<void> {
  const { ports, archive, staged, away, signal } = job;
  if (await isInPlace(job)) return;
  await ports.files.makeFolder({ ...archive, path: folderOf(archive.path) });
  await ports.files.remove(staged);
  const { mode, owner } = await likeTheLog(job);
  await ports.files.copy(away, staged, { mode, owner, durable: true }, signal);
  await putInPlace(job);
}

/** Whether it is there and whole; then nothing of it may lie beside it any more. */
async function isInPlace({ ports, head, archive, staged, signal }: ArchiveJob): Promise<boolean> {
  if (!(await holdsHead(ports, archive, head, signal))) return false;
  await ports.files.remove(staged);
  return true;
}

/** A file that bears its name already is never replaced. */
async function putInPlace(job: ArchiveJob): Promise<void> {
  const { ports, archive, staged } = job;
  await prove(job, staged);
  await ports.logs.link(archive.root, staged.path, archive.path);
  await ports.files.remove(staged);
  await ports.files.syncFolder({ ...archive, path: folderOf(archive.path) });
}

async function prove({ ports, head, signal }: ArchiveJob, archive: Place): Promise<void> {
  if (await holdsHead(ports, archive, head, signal)) return;
  await ports.files.remove(archive);
  throw fail('archive-unreadable', {
    en: `${archive.path} does not unpack to what was put into it.`,
    ja: `${archive.path} を展開した内容が元と一致しません。`,
  });
}
