/** Archives the old lines as planned: packed, proven, taken out of the log; and the way back. */
import { fail } from '../../domain/fail.ts';
import { archiveFolder } from '../../domain/disk/archive-plan.ts';
import type { ArchiveReceipt, ArchiveUndone } from '../../domain/disk/words.ts';
import { folderOf } from '../../domain/tool-store/layout.ts';
import type { Ports } from '../ports/index.ts';
import { explainWrite, requireRoot, toolStoreTarget, withinTarget, type ToolStoreTarget } from '../tool-store/target.ts';
import { archiveJob, forget, readState, type ArchiveJob } from './archive-job.ts';
import { cutLog, joinLog } from './cut-log.ts';
import { bringArchive, packHead } from './pack-head.ts';
import { beginsWithHead, holdsHead, readArchivePlan } from './plan-archive.ts';

export async function applyArchive(
  ports: Ports,
  input: { readonly target: string; readonly plan: string; readonly digest: string },
  signal?: AbortSignal,
): Promise<ArchiveReceipt> {
  const target = toolStoreTarget(ports, input.target);
  const plan = await readArchivePlan(ports, input.plan, target.id);
  if (plan.digest !== input.digest) {
    throw fail('plan-changed', {
      en: `The plan at ${input.plan} is not the one that was approved.`,
      ja: `${input.plan} の計画は承認されたものではありません。`,
    });
  }
  await requireRoot(ports, target);
  if (plan.head === null) return { archive: '', lines: 0, bytes: 0, packedBytes: 0, detour: false };
  const job = archiveJob(ports, target, plan, plan.head, signal);
  const detour = await explained(job, async () => {
    if (await isArchived(job)) return false;
    const where = await packHead(job);
    const wentRound = await cutLog(job);
    if (where === 'away') await bringArchive(job);
    await forget(job);
    return wentRound;
  });
  const packed = await ports.files.look(job.archive);
  return { archive: plan.archive, lines: plan.head.lines, bytes: plan.head.bytes, packedBytes: packed?.bytes ?? 0, detour };
}

/** All of it was done before: nothing waits, the archive is there, and the log goes on after it. */
async function isArchived(job: ArchiveJob): Promise<boolean> {
  const { ports, head, log, archive, signal } = job;
  if ((await readState(job)) !== undefined) return false;
  return !(await beginsWithHead(ports, log, head, signal)) && (await holdsHead(ports, archive, head, signal));
}

export async function undoArchive(
  ports: Ports,
  input: { readonly target: string; readonly plan: string },
  signal?: AbortSignal,
): Promise<ArchiveUndone> {
  const target = toolStoreTarget(ports, input.target);
  const plan = await readArchivePlan(ports, input.plan, target.id);
  await requireRoot(ports, target);
  if (plan.head === null) return { lines: 0, restored: false };
  const job = archiveJob(ports, target, plan, plan.head, signal);
  const restored = await explained(job, () => takeBack(job));
  return { lines: plan.head.lines, restored };
}

async function takeBack(job: ArchiveJob): Promise<boolean> {
  const { ports, head, log, archive, staged, away, signal } = job;
  const state = await readState(job);
  const isCut = state === undefined ? !(await beginsWithHead(ports, log, head, signal)) : true;
  // A cut that began is finished first: half of it has no way back of its own.
  if (state !== undefined && state.step !== 'return' && state.step !== 'returned') await cutLog(job);
  if (isCut) {
    if (!(await holdsHead(ports, archive, head, signal)) && (await ports.files.look(away)) !== undefined) await bringArchive(job);
    if (state?.step !== 'returned' && !(await holdsHead(ports, archive, head, signal))) throw gone(job);
    await joinLog(job);
  }
  // The lines are in the log again, compared by their hash.
  if (!(await beginsWithHead(ports, log, head, signal))) throw gone(job);
  await ports.files.remove(staged);
  await ports.files.remove(archive);
  if (job.plan.missingFolder) await ports.files.removeIfEmpty({ ...archive, path: archiveFolder });
  await ports.files.syncFolder({ ...log, path: folderOf(log.path) });
  await forget(job);
  return isCut;
}

const gone = ({ archive }: ArchiveJob) =>
  fail('archive-unreadable', {
    en: `${archive.path} is gone or altered: the lines in it cannot be put back.`,
    ja: `${archive.path} が失われたか変更されており、行を戻せません。`,
  });

function explained<T>(job: ArchiveJob, work: () => Promise<T>): Promise<T> {
  const { ports, target, head } = job;
  return withinTarget(target, work).catch(async (error: unknown) => {
    throw await explainWrite(error, placeOf(target, ports), head.bytes, () => ports.files.freeBytes(target.root));
  });
}

const placeOf = ({ root }: ToolStoreTarget, { data }: Ports): string => `${root} (${data})`;
