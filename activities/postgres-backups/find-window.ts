/** Which moments of a cluster can be reached, and by which backup; for a late one the log is closed first. */
import { fail } from '../../domain/fail.ts';
import { placeOf } from '../../domain/postgres/log-files.ts';
import {
  backupFor,
  canRestoreTo,
  reachOf,
  recoverableWindow,
  type Reach,
  type RecoverableWindow,
  type WindowBackup,
} from '../../domain/postgres/recoverable-window.ts';
import type { RecoveryGoal } from '../../domain/postgres/recovery-goal.ts';
import type { Verdict } from '../../domain/verdict.ts';
import { describeSet } from '../backup-keeping/backup-set.ts';
import type { Ports } from '../ports/index.ts';
import { primaryOf } from '../postgres/check-cluster.ts';
import { factsOf } from './facts.ts';
import { openBackups } from './open-backups.ts';
import { backedUpPostgres, type BackedUpPostgres } from './target.ts';

export interface FoundWindow {
  readonly window?: RecoverableWindow;
  readonly verdict: Verdict;
  /** Id of the backup to begin with; absent where the verdict is no. */
  readonly backup?: string;
}

/** Files that were closed are archived within moments, or `archive_command` fails. */
const archiveMs = 60_000;
const pauseMs = 200;

export async function findWindow(
  ports: Ports,
  input: { readonly target: string; readonly goal: RecoveryGoal },
  signal?: AbortSignal,
): Promise<FoundWindow> {
  const target = backedUpPostgres(ports, input.target);
  const backups = await usableBackups(ports, target, signal);
  const seen = await look(ports, target, backups, signal);
  if (!isLate(input.goal, seen.window)) return judge(input.goal, seen);
  // It has passed, but the log that tells so is still with the server.
  const primary = await primaryOf(ports, target, signal);
  await ports.postgres.commit(primary, target, signal);
  const mark = await ports.postgresBackups.mark(target, primary, `okiagari window ${new Date().toISOString()}`, signal);
  for (const until = performance.now() + archiveMs; ;) {
    const now = await look(ports, target, backups, signal);
    if (now.reach && placeOf(now.reach.newest) >= placeOf(mark.file)) return judge(input.goal, now);
    if (performance.now() > until) throw notArchived(mark.file);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

function judge(goal: RecoveryGoal, { reach, window }: Seen): FoundWindow {
  const verdict = canRestoreTo(goal, window);
  const backup = verdict.ok && reach ? backupFor(goal, reach) : undefined;
  return { verdict, ...(window && { window }), ...(backup && { backup: backup.id }) };
}

const isLate = (goal: RecoveryGoal, window: RecoverableWindow | undefined): boolean =>
  goal.kind === 'time' &&
  Date.parse(goal.at) < Date.now() &&
  (window === undefined || Date.parse(goal.at) >= Date.parse(window.until.at));

async function usableBackups(ports: Ports, target: BackedUpPostgres, signal?: AbortSignal): Promise<WindowBackup[]> {
  const sets = (await openBackups(ports, target, signal)).filter((set) => describeSet(set, target.id).status !== 'failed');
  const known = await Promise.all(
    sets.map(async (set) => {
      const taken = await factsOf(set, signal);
      if (taken === undefined) return [];
      const { startFile, stoppedAt, stopPosition } = taken;
      return [{ id: set.id, startFile, stop: { at: stoppedAt, position: stopPosition } }];
    }),
  );
  return known.flat();
}

interface Seen {
  readonly reach: Reach | undefined;
  readonly window: RecoverableWindow | undefined;
}

async function look(
  ports: Ports,
  target: BackedUpPostgres,
  backups: readonly WindowBackup[],
  signal?: AbortSignal,
): Promise<Seen> {
  const folder = await ports.scratchServers.open(target);
  try {
    const log = await ports.postgresBackups.archived(target, folder.files, signal);
    const reach = reachOf(backups, log);
    if (log === undefined || reach === undefined) return { reach, window: undefined };
    const upTo = { file: reach.newest, fileBytes: log.fileBytes };
    const last = await ports.postgresBackups.lastCommit(target, upTo, folder.files, signal);
    return { reach, window: recoverableWindow(reach, last) };
  } finally {
    await ports.scratchServers.remove(folder);
  }
}

const notArchived = (file: string) =>
  fail('log-not-archived', {
    en: `${file} was closed, and was not archived after ${archiveMs / 1_000} s.`,
    ja: `${file} を閉じましたが、${archiveMs / 1_000} 秒待ってもアーカイブされません。`,
  });
