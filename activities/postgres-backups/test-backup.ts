/** The restore test of a cluster's backup: a server of it beside production, asked by SQL, and removed. */
import { ApplicationFailure } from '@temporalio/common';
import type { FailureCode } from '../../domain/failures.ts';
import { whyTooLittle } from '../../domain/postgres/row-count.ts';
import { whyBroken } from '../../domain/postgres/why-broken.ts';
import type { BackupSet } from '../backup-keeping/backup-set.ts';
import { saidBy } from '../backup-keeping/repository-failure.ts';
import { testCopies, type Found, type WholeSet } from '../backup-keeping/test-copies.ts';
import type { Ports } from '../ports/index.ts';
import type { ScratchFolder } from '../ports/scratch-servers.ts';
import { factsOf } from './facts.ts';
import type { BackedUpPostgres } from './target.ts';

/** As `testCopies`. */
export const testSet = (ports: Ports, target: BackedUpPostgres, set: BackupSet, signal?: AbortSignal): Promise<BackupSet> =>
  testCopies(
    set,
    {
      open: () => ports.scratchServers.open(target),
      remove: (folder) => ports.scratchServers.remove(folder),
      ask: (whole, folder) => restoreAndAsk(ports, target, whole, folder, signal),
    },
    signal,
  );

/** What speaks of the backup, not of the place where it is tested. */
const faultsOfBackup: readonly (string | null | undefined)[] = [
  'backup-corrupt',
  'scratch-server-failed',
  'database-refused',
] satisfies FailureCode[];

async function restoreAndAsk(
  ports: Ports,
  target: BackedUpPostgres,
  set: WholeSet,
  folder: ScratchFolder,
  signal?: AbortSignal,
): Promise<Found> {
  const taken = await factsOf(set, signal);
  if (taken === undefined) {
    return { failure: { en: `${set.id}: postgres.json cannot be read.`, ja: `${set.id}: postgres.json を読めません。` } };
  }
  try {
    const request = { taken, from: folder.files, into: folder.data, goal: { kind: 'immediate' }, then: 'pause' } as const;
    await ports.postgresBackups.restore(target, request, signal);
    const server = await ports.scratchServers.start(target, folder, signal);
    const count = await ports.postgres.count(server, target, signal);
    const failure =
      whyTooLittle(set.id, set.manifest.counts, count) ?? whyBroken(set.id, await ports.postgres.inspect(server, target, signal));
    return failure === undefined ? { counts: { tables: count.tables, rows: count.rows } } : { failure };
  } catch (error) {
    if (!(error instanceof ApplicationFailure) || !faultsOfBackup.includes(error.type)) throw error;
    const said = saidBy(error);
    const more = error.type === 'backup-corrupt' ? await ports.postgresBackups.check(target, signal) : undefined;
    return { failure: more === undefined ? said : { en: `${said.en} ${more.en}`, ja: `${said.ja} ${more.ja}` } };
  }
}
