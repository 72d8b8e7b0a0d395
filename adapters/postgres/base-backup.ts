/** Base backups with the archived log beside: PostgreSQL's own programs, and every byte among the files of the manifest. */
import { randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { createGzip } from 'node:zlib';
import type { BackedUpCluster, PostgresBackups, TakeRequest } from '../../activities/ports/postgres-backups.ts';
import type { BaseBackupSettings } from '../../contracts/postgres-backup-settings.ts';
import { fail } from '../../domain/fail.ts';
import { byPlace, fileAt, isHistory, isLogFile, logFrom, placeOf, reachableFrom } from '../../domain/postgres/log-files.ts';
import { historyOf, onLine } from '../../domain/postgres/timeline-line.ts';
import { furthest } from '../../domain/postgres/lsn.ts';
import type { TakenBackup } from '../../domain/postgres/taken-backup.ts';
import { hasCode, isMissing } from '../files/inside.ts';
import { nameOfSecret, scrub, type ReadSecret } from '../secrets.ts';
import { clusterPrograms } from './cluster-programs.ts';
import { addressWords, connectionText } from './connection-words.ts';
import { lastCommitUpTo } from './last-commit.ts';
import { markLog, type WrittenMark } from './mark-log.ts';
import { readText } from './owner-files.ts';
import { restoreBase } from './restore-base.ts';
import { runTool, toolFailed } from '../process/run-tool.ts';

/** A closed file that is not archived by then fails, or waits behind many. */
const archiveMs = 60_000;
const pauseMs = 50;

/** The tool of a cluster whose inventory says `base-backup`. */
export const createBaseBackups = (secret: ReadSecret): PostgresBackups => ({
  list: () => Promise.resolve(undefined),
  check: () => Promise.resolve(undefined),
  remove: () => Promise.resolve(undefined),
  restore: restoreBase,

  mark: (cluster, primary, name, signal) => markLog({ node: primary, settings: cluster }, name, secret, signal),

  async take(cluster, request, signal) {
    const server = { node: request.primary, settings: cluster };
    // Another one for each attempt: a restore stops at the first of a name.
    const name = `okiagari ${request.id} ${randomBytes(2).toString('hex')}`;
    const mark = () => markLog(server, name, secret, signal);
    if (request.kind === 'incremental' && request.base !== undefined) {
      const incremental = await takeLog(cluster, request, await mark(), signal);
      if (incremental) return incremental;
    }
    await takeBase(cluster, request, secret, signal);
    return { ...(await readBase(request, await mark())), label: request.id };
  },

  async archived(cluster) {
    const { wal } = cluster.backup.tool as BaseBackupSettings;
    const all = await namesIn(wal);
    const [first] = all.filter(isLogFile).toSorted(byPlace);
    const fileBytes = first === undefined ? undefined : await bytesOf(join(wal, first));
    if (fileBytes === undefined) return undefined;
    const names = await onLineIn(wal, all, fileBytes);
    const log = names.filter(isLogFile).toSorted(byPlace);
    const newest = log.at(-1);
    // `cp` shows a file before it is whole.
    const isWhole = newest !== undefined && (await bytesOf(join(wal, newest))) === fileBytes;
    return { files: [...names.filter(isHistory), ...(isWhole ? log : log.slice(0, -1))], fileBytes };
  },

  async lastCommit(cluster, { file, fileBytes }, _scratch, signal) {
    const { wal } = cluster.backup.tool as BaseBackupSettings;
    const fetch = async (name: string) => ((await bytesOf(join(wal, name))) === fileBytes ? join(wal, name) : undefined);
    return lastCommitUpTo(file, { ...(await clusterPrograms(cluster)), fileBytes, fetch, signal });
  },
});

/** A whole copy as archives, with the log that was written meanwhile: it can be restored from nothing but itself. */
async function takeBase(cluster: BackedUpCluster, request: TakeRequest, secret: ReadSecret, signal?: AbortSignal): Promise<void> {
  const { bin, owner } = await clusterPrograms(cluster);
  const { replication } = cluster.roles;
  const password = replication && secret(replication.password);
  if (replication === undefined || password === undefined) throw noLogin(replication && nameOfSecret(replication.password));
  const source = connectionText({
    ...addressWords(request.primary, cluster.tls),
    ...{ user: replication.user, application_name: 'okiagari' },
  });
  const shape = ['-F', 'tar', '-z', '-X', 'stream', '-c', 'fast', '-l', request.id, '--no-password'];
  const ended = await runTool({
    program: join(bin, 'pg_basebackup'),
    args: ['-D', request.stage, '-d', source, ...shape],
    ...{ owner, signal, folder: request.stage, env: { PGPASSWORD: password } },
  });
  if (ended.code === 0) return;
  throw toolFailed('pg_basebackup', { ...ended, said: scrub(ended.said, [password]) });
}

const noLogin = (name: string | undefined) =>
  fail('backup-tool-failed', {
    en: name === undefined ? 'The inventory names no `roles.replication`, which copies a cluster.' : `${name} is not there.`,
    ja: name === undefined ? 'インベントリに、クラスターを複製する `roles.replication` がありません。' : `${name} がありません。`,
  });

interface BaseManifest {
  readonly 'WAL-Ranges': readonly { Timeline: number; 'Start-LSN': string; 'End-LSN': string }[];
}

async function readBase({ stage }: TakeRequest, { at, fileBytes }: WrittenMark): Promise<Omit<TakenBackup, 'label'>> {
  const ranges = (JSON.parse(await readFile(join(stage, 'backup_manifest'), 'utf8')) as BaseManifest)['WAL-Ranges'];
  const [first] = ranges;
  if (first === undefined) throw new Error('backup_manifest names no part of the log');
  const { Timeline: timeline, 'Start-LSN': startPosition } = first;
  return {
    tool: 'base-backup',
    kind: 'full',
    base: null,
    timeline,
    startPosition,
    startFile: fileAt(timeline, startPosition, fileBytes),
    stopPosition: ranges.map((range) => range['End-LSN']).reduce(furthest),
    stoppedAt: at,
    bytes: 0,
  };
}

/** The archived log since the base, up to a mark; undefined where it has a hole, which only a new base mends. */
async function takeLog(
  cluster: BackedUpCluster,
  { id, stage, base }: TakeRequest,
  { name, position, file, at, fileBytes }: WrittenMark,
  signal?: AbortSignal,
): Promise<TakenBackup | undefined> {
  const { wal } = cluster.backup.tool as BaseBackupSettings;
  const { taken, has } = base!;
  await untilArchived(join(wal, file), fileBytes, signal);
  const known = await onLineIn(wal, [...new Set([...(await namesIn(wal)), ...has])], fileBytes);
  const newest = reachableFrom(known, taken.startFile, fileBytes);
  if (newest === undefined || placeOf(newest) < placeOf(file)) return undefined;
  const wanted = logFrom(known, taken.startFile).filter((one) => !has.has(one) && placeOf(one) <= placeOf(file));
  await mkdir(join(stage, 'wal'));
  for (const one of wanted) {
    const to = createWriteStream(join(stage, 'wal', `${one}.gz`), { mode: 0o600 });
    await pipeline(createReadStream(join(wal, one)), createGzip({ level: 1 }), to, signal ? { signal } : {});
  }
  return {
    ...{ tool: 'base-backup', label: id, kind: 'incremental', base: taken.label, bytes: 0 },
    ...{ timeline: taken.timeline, startPosition: taken.startPosition, startFile: taken.startFile },
    ...{ stopPosition: position, stoppedAt: at, restorePoint: name },
  };
}

/** Under its name and whole: `cp` shows a file before it is. Fails: log-not-archived. */
async function untilArchived(path: string, fileBytes: number, signal?: AbortSignal): Promise<void> {
  const until = performance.now() + archiveMs;
  while ((await bytesOf(path)) !== fileBytes) {
    signal?.throwIfAborted();
    if (performance.now() > until) {
      throw fail('log-not-archived', {
        en: `${path} was not there after ${archiveMs / 1_000} s.`,
        ja: `${path} が ${archiveMs / 1_000} 秒待っても現れません。`,
      });
    }
    await delay(pauseMs);
  }
}

/** Fails: backup-tool-failed. */
async function namesIn(wal: string): Promise<string[]> {
  try {
    return await readdir(wal);
  } catch (error) {
    if (!isMissing(error) && !hasCode(error, 'EACCES')) throw error;
    throw fail('backup-tool-failed', {
      en: `The folder of the archive cannot be read: ${(error as Error).message}`,
      ja: `アーカイブのフォルダーを読めません: ${(error as Error).message}`,
    });
  }
}

async function onLineIn(wal: string, names: readonly string[], fileBytes: number): Promise<readonly string[]> {
  const history = historyOf(names);
  const told = history && (await readText(join(wal, history)));
  return history && told ? onLine(names, history, told, fileBytes) : names;
}

async function bytesOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
