/** The restore test of a backup of Redis servers: a server beside production of each thing that it holds, its keys counted, and removed. */
import { ApplicationFailure } from '@temporalio/common';
import type { FailureCode } from '../../domain/failures.ts';
import { countsOf, tooFew, whyTooFew, type RestoredKeys } from '../../domain/redis/key-count.ts';
import type { RestoreSource, TakenRedisBackup } from '../../domain/redis/taken-backup.ts';
import type { Text } from '../../domain/text.ts';
import type { BackupSet } from '../backup-keeping/backup-set.ts';
import { saidBy } from '../backup-keeping/repository-failure.ts';
import { testCopies, type Found, type WholeSet } from '../backup-keeping/test-copies.ts';
import type { Ports } from '../ports/index.ts';
import type { ScratchFolder } from '../ports/scratch-servers.ts';
import { factsFile, factsOf } from './redis-backups.ts';
import type { BackedUpRedis } from './target.ts';

/** As `testCopies`. */
export const testSet = (ports: Ports, target: BackedUpRedis, set: BackupSet, signal?: AbortSignal): Promise<BackupSet> =>
  testCopies(
    set,
    {
      open: () => ports.scratchRedis.open(target),
      remove: (folder) => ports.scratchRedis.remove(folder),
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
  target: BackedUpRedis,
  set: WholeSet,
  folder: ScratchFolder,
  signal?: AbortSignal,
): Promise<Found> {
  const taken = await factsOf(set, signal);
  if (taken === undefined) {
    return { failure: { en: `${set.id}: ${factsFile} cannot be read.`, ja: `${set.id}: ${factsFile} を読めません。` } };
  }
  try {
    let counts = {};
    for (const source of taken.holds) {
      const found = await restored(ports, target, taken, source, folder, signal);
      const failure = whyNot(named(set.id, source), source, taken, found);
      if (failure !== undefined) return { failure };
      counts = { ...countsOf(found), ...counts };
    }
    return { counts };
  } catch (error) {
    if (!(error instanceof ApplicationFailure) || !faultsOfBackup.includes(error.type)) throw error;
    return { failure: saidBy(error) };
  }
}

const names: Readonly<Record<RestoreSource, Text>> = {
  snapshot: { en: 'the snapshot', ja: 'スナップショット' },
  'append-only': { en: 'the append-only file', ja: 'AOF' },
};
const named = (id: string, source: RestoreSource): Text => ({
  en: `${id}, ${names[source].en}`,
  ja: `${id} の${names[source].ja}`,
});

async function restored(
  ports: Ports,
  target: BackedUpRedis,
  { databases, counted }: TakenRedisBackup,
  source: RestoreSource,
  folder: ScratchFolder,
  signal?: AbortSignal,
): Promise<RestoredKeys> {
  await ports.redisBackups.restore(target, folder, source, signal);
  const server = await ports.scratchRedis.start(target, folder, databases, signal);
  try {
    const wanted = counted.patterns.map(({ pattern, found }) => ({ pattern, atLeast: Math.max(1, found) }));
    const { found } = wanted.length === 0 ? { found: [] } : await ports.redis.count(server, {}, wanted, signal);
    // After the patterns: keys whose time is over while they are looked for are counted as such.
    const keyspace = await ports.redis.keyspace(server, {}, signal);
    return { ...keyspace, patterns: wanted.map(({ pattern }, n) => ({ pattern, found: found[n]! })) };
  } finally {
    await ports.scratchRedis.stop(folder);
  }
}

function whyNot(
  what: Text,
  source: RestoreSource,
  { snapshotKeys, counted }: TakenRedisBackup,
  found: RestoredKeys,
): Text | undefined {
  const { loaded } = found;
  // The snapshot was counted itself; of the append-only file only the server knows how much it holds.
  if (source === 'snapshot' && loaded !== undefined && loaded < snapshotKeys) {
    return tooFew(what, { en: 'keys', ja: 'キー' }, snapshotKeys, loaded);
  }
  return whyTooFew(what, counted, found);
}
