/** Takes the old lines out of the live log, and puts them back; what others append meanwhile is never lost. */
import { fail } from '../../domain/fail.ts';
import { folderOf, temporaryBeside } from '../../domain/tool-store/layout.ts';
import { forgetReplacement, replaceLog } from '../audit-log/replace-log.ts';
import type { Place } from '../ports/file-tree.ts';
import type { Piece } from '../ports/log-archives.ts';
import { isDiskFull, likeTheLog, readState, remember, type ArchiveJob, type ArchiveState } from './archive-job.ts';
import { beginsWithHead } from './plan-archive.ts';

type SwapStep = Extract<ArchiveState, { readonly old: string | null }>;
const swaps = ['cut', 'empty', 'refill', 'return'] as const satisfies readonly SwapStep['step'][];

/** From wherever an earlier attempt got to, until the log begins after the archived lines. Answers whether it took the detour. */
export async function cutLog(job: ArchiveJob): Promise<boolean> {
  let state = (await readState(job)) ?? (await begin(job));
  if (state.step === 'cut') {
    await swap(job, state);
    state = await remember(job, { step: 'done', detour: false });
  }
  if (state.step === 'empty') {
    await swap(job, state);
    state = await remember(job, { step: 'emptied', tail: state.tail });
  }
  if (state.step === 'emptied') {
    // The old log goes: its lines are in the archive and in the tail, both compared. Now there is room.
    await tidy(job);
    state = await refill(job, state.tail);
  }
  if (state.step === 'refill') {
    await swap(job, state);
    state = await remember(job, { step: 'done', detour: true });
  }
  await tidy(job);
  return state.step === 'done' && state.detour;
}

/** Puts the archived lines back in front of whatever the log holds now. */
export async function joinLog(job: ArchiveJob): Promise<void> {
  const { ports, head, log, archive, signal } = job;
  let state = await readState(job);
  if (state?.step !== 'return' && state?.step !== 'returned') {
    if (await beginsWithHead(ports, log, head, signal)) return;
    const now = await logNow(job);
    const live: readonly Piece[] = now.end > 0 ? [{ place: log, from: 0, to: now.end }] : [];
    await prepare(job, 'return', [{ place: archive, packed: true }, ...live]);
    state = await remember(job, { step: 'return', old: now.inode, consumed: now.end });
  }
  if (state.step === 'return') {
    await swap(job, state);
    await remember(job, { step: 'returned' });
  }
  await tidy(job);
}

async function begin(job: ArchiveJob): Promise<ArchiveState> {
  const { ports, head, log, tail, signal } = job;
  const now = await logNow(job);
  const young: Piece = { place: log, from: head.bytes, to: now.end };
  try {
    await prepare(job, 'cut', [young]);
    return await remember(job, { step: 'cut', old: now.inode, consumed: now.end });
  } catch (error) {
    if (!isDiskFull(error)) throw error;
  }
  await ports.files.makeFolder({ ...tail, path: folderOf(tail.path) });
  await ports.files.remove(tail);
  const kept = await ports.logArchives.join([young], tail, await likeTheLog(job), signal);
  await compare(job, tail, kept.sha256);
  await prepare(job, 'empty', []);
  return remember(job, { step: 'empty', old: now.inode, consumed: now.end, tail: kept.bytes });
}

async function refill(job: ArchiveJob, bytes: number): Promise<ArchiveState> {
  const { log, tail } = job;
  const now = await logNow(job);
  await prepare(job, 'refill', [
    { place: tail, from: 0, to: bytes },
    { place: log, from: 0, to: now.end },
  ]);
  return remember(job, { step: 'refill', old: now.inode, consumed: now.end, tail: bytes });
}

/** The live log, and where its last whole line ends. */
async function logNow({ ports, log }: ArchiveJob): Promise<{ readonly inode: string | null; readonly end: number }> {
  const found = await ports.logs.lookAt(log);
  if (found === undefined) return { inode: null, end: 0 };
  return { inode: found.inode, end: await ports.files.lineEnd(log, found.bytes) };
}

async function prepare(job: ArchiveJob, step: SwapStep['step'], pieces: readonly Piece[]): Promise<void> {
  const prepared = besideLog(job, `${step}-new`);
  await job.ports.files.remove(prepared);
  const { sha256 } = await job.ports.logArchives.join(pieces, prepared, await likeTheLog(job), job.signal);
  await compare(job, prepared, sha256);
}

async function compare({ ports, signal }: ArchiveJob, written: Place, sha256: string): Promise<void> {
  if ((await ports.files.read(written, 0, signal)).sha256 === sha256) return;
  await ports.files.remove(written);
  throw fail('archive-unreadable', {
    en: `${written.path} does not hold what was written to it.`,
    ja: `${written.path} の内容が書き込んだものと一致しません。`,
  });
}

const besideLog = ({ log, name }: ArchiveJob, what: string): Place => ({
  ...log,
  path: temporaryBeside(log.path, `${name}-${what}`),
});
const swapName = ({ target, name }: ArchiveJob, step: SwapStep['step']): string => `${target.id}-${name}-${step}`;

async function swap(job: ArchiveJob, { step, old, consumed }: SwapStep): Promise<void> {
  await replaceLog(
    job.ports,
    {
      root: job.log.root,
      log: job.log.path,
      prepared: besideLog(job, `${step}-new`).path,
      keepAs: besideLog(job, `${step}-old`).path,
      ...{ old, consumed },
      name: swapName(job, step),
      late: (bytes) => bytes,
    },
    job.signal,
  );
}

/** Removes the logs that were replaced: each line of theirs is elsewhere, compared. Twice is fine. */
async function tidy(job: ArchiveJob): Promise<void> {
  const { ports, log } = job;
  for (const step of swaps) {
    await ports.files.remove(besideLog(job, `${step}-old`));
    await forgetReplacement(ports, swapName(job, step));
  }
  await ports.files.syncFolder({ ...log, path: folderOf(log.path) });
}
