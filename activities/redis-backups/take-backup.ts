/** Takes a backup of Redis servers: a snapshot of one node, and its append-only file where that lies on this machine. */
import { ApplicationFailure } from '@temporalio/common';
import type { Manifest } from '../../domain/backup.ts';
import { fail } from '../../domain/fail.ts';
import { backupSources } from '../../domain/redis/backup-sources.ts';
import { atLeast, countsOf, keyMeasures, type KeyCount } from '../../domain/redis/key-count.ts';
import { isMaster, isReplica } from '../../domain/redis/node-report.ts';
import type { TakenRedisBackup } from '../../domain/redis/taken-backup.ts';
import type { Text } from '../../domain/text.ts';
import { closeBackup } from '../backup-keeping/close-backup.ts';
import { factsText } from '../backup-keeping/facts-file.ts';
import type { TakeBackupInput } from '../backup-keeping/into-repositories.ts';
import { openChangeOf } from '../backup-keeping/open-change.ts';
import { saidBy } from '../backup-keeping/repository-failure.ts';
import { storeFiles } from '../backup-keeping/store-files.ts';
import type { BackupRepository } from '../ports/backup-repository.ts';
import type { Ports } from '../ports/index.ts';
import type { RedisNode } from '../ports/redis.ts';
import type { ScratchFolder } from '../ports/scratch-servers.ts';
import { lookAtAll, nodeOf } from '../redis/target.ts';
import { factsFile, redisBackups } from './redis-backups.ts';
import type { BackedUpRedis } from './target.ts';

export async function takeInto(
  ports: Ports,
  target: BackedUpRedis,
  repository: BackupRepository,
  input: TakeBackupInput,
  earlier: readonly Text[],
  signal?: AbortSignal,
): Promise<Manifest> {
  const openBefore = await openChangeOf(ports, target.id);
  const sets = await redisBackups.open(ports, target, signal);
  const folder = await ports.scratchRedis.open(target);
  try {
    const { taken, findings } = await takeFromBest(ports, target, folder, signal);
    await ports.files.writeDocument({ root: folder.files, path: factsFile }, factsText(taken));
    const files = await storeFiles(ports, target, repository, input, folder.files, signal);
    const taking = { target, repository, input, sets, measures: keyMeasures, openBefore };
    return await closeBackup(ports, taking, {
      base: null,
      files,
      counts: countsOf(taken.counted),
      findings: [...earlier, ...(input.kind === 'incremental' ? [holdsAll] : []), ...findings],
    });
  } finally {
    await ports.scratchRedis.remove(folder);
  }
}

const holdsAll: Text = {
  en: 'Redis has no incremental backups: it holds everything itself.',
  ja: 'Redis に増分バックアップはないため、すべてを含みます。',
};

interface Taken {
  readonly taken: TakenRedisBackup;
  readonly findings: readonly Text[];
}

/** Another node where one refuses: its link may have gone since it was looked at. */
async function takeFromBest(ports: Ports, target: BackedUpRedis, folder: ScratchFolder, signal?: AbortSignal): Promise<Taken> {
  const refusals: Text[] = [];
  let last: unknown = noMaster(target.id);
  for (const node of await sourcesOf(ports, target, signal)) {
    try {
      const { taken, findings } = await takeFrom(ports, target, node, folder, signal);
      return { taken, findings: [...refusals, ...findings] };
    } catch (error) {
      if (signal?.aborted || !(error instanceof ApplicationFailure) || !refusedBySource.includes(error.type)) throw error;
      const { en, ja } = saidBy(error);
      refusals.push({ en: `Not from ${node.id}: ${en}`, ja: `${node.id} からは取得できませんでした: ${ja}` });
      last = error;
    }
  }
  throw last;
}

const refusedBySource: readonly (string | null | undefined)[] = ['backup-tool-failed', 'database-refused'];

const noMaster = (target: string) =>
  fail('no-primary', {
    en: `Not exactly one node of ${target} takes writes: nobody knows which of them to copy.`,
    ja: `${target} の書き込み可能なノードが 1 台ではないため、取得元を決められません。`,
  });

async function sourcesOf(ports: Ports, target: BackedUpRedis, signal?: AbortSignal): Promise<RedisNode[]> {
  const [reports, readable] = await Promise.all([
    lookAtAll(ports, target, signal),
    Promise.all(target.nodes.map(async (node) => ((await ports.redisBackups.canRead(node)) ? [node.id] : []))),
  ]);
  return backupSources(reports, new Set(readable.flat()), target.limits.lagBytes).map((id) => nodeOf(target, id));
}

async function takeFrom(
  ports: Ports,
  target: BackedUpRedis,
  node: RedisNode,
  folder: ScratchFolder,
  signal?: AbortSignal,
): Promise<Taken> {
  await untilItHasAll(ports, target, node, signal);
  const before = await countAt(ports, target, node, signal);
  const snapshot = await ports.redisBackups.snapshot(target, node, folder, signal);
  const isReadable = await ports.redisBackups.canRead(node);
  const { isHeld, why } = isReadable ? await ports.redisBackups.appendOnly(target, node, folder, signal) : { isHeld: false };
  const after = await countAt(ports, target, node, signal);
  return {
    taken: {
      node: node.id,
      holds: isHeld ? ['snapshot', 'append-only'] : ['snapshot'],
      ...snapshot,
      counted: atLeast(before, after),
    },
    findings: why === undefined ? [] : [why],
  };
}

/** Patterns that take longer to count than a verification would wait are not held against the backup. */
async function countAt(ports: Ports, target: BackedUpRedis, node: RedisNode, signal?: AbortSignal): Promise<KeyCount> {
  const { expectedKeys } = target;
  const { databases } = await ports.redis.keyspace(node, target, signal);
  if (expectedKeys.length === 0) return { databases, patterns: [] };
  const counted = await ports.redis.count(node, target, expectedKeys, signal).catch((error: unknown) => {
    if (error instanceof ApplicationFailure && error.type === 'database-refused') return { found: [] };
    throw error;
  });
  const patterns = counted.found.map((found, n) => {
    const { pattern, atLeast: wanted } = expectedKeys[n]!;
    return { pattern, found: Math.min(found, wanted) };
  });
  return { databases, patterns };
}

/** A replica that is well lacks moments, never more. */
const catchUpMs = 5_000;
const lookAgainMs = 20;

/** Whatever the master had acknowledged when the backup began is in it, also where it is copied from a replica. Fails: database-refused. */
async function untilItHasAll(ports: Ports, target: BackedUpRedis, node: RedisNode, signal?: AbortSignal): Promise<void> {
  const [master] = (await lookAtAll(ports, target, signal)).filter(isMaster);
  if (master === undefined || master.node === node.id) return;
  for (const until = performance.now() + catchUpMs; ;) {
    const report = await ports.redis.look(node, target, signal);
    if (isReplica(report) && report.history === master.history && report.offset >= master.offset) return;
    if (performance.now() > until || signal?.aborted) throw isBehind(node.id, master.node);
    await new Promise((resolve) => setTimeout(resolve, lookAgainMs));
  }
}

const isBehind = (node: string, master: string) =>
  fail('database-refused', {
    en: `${node} does not catch up with ${master} within ${catchUpMs / 1_000} s.`,
    ja: `${catchUpMs / 1_000} 秒待っても ${node} が ${master} に追いつきません。`,
  });
