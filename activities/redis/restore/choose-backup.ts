/** Chooses the backup to restore from: the first candidate that comes up beside production with its keys. */
import { fail } from '../../../domain/fail.ts';
import { judgeServers } from '../../../domain/redis/judge-servers.ts';
import { countsOf } from '../../../domain/redis/key-count.ts';
import { isLive } from '../../../domain/redis/node-report.ts';
import { assess, lostMs, orderCandidates } from '../../../domain/tool-store/backup-choice.ts';
import { describeSet, faultOf, type BackupSet } from '../../backup-keeping/backup-set.ts';
import { whileInUse } from '../../backup-keeping/in-use.ts';
import { oneOf } from '../../backup-keeping/open-sets.ts';
import type { Ports } from '../../ports/index.ts';
import { factsOf, redisBackups } from '../../redis-backups/redis-backups.ts';
import { backedUpRedis, type BackedUpRedis } from '../../redis-backups/target.ts';
import { testSet } from '../../redis-backups/test-backup.ts';
import { lookAtAll, masterOf } from '../target.ts';
import type { ChosenRedisBackup, RedisRestoreActivities } from './interface.ts';

type Request = Parameters<RedisRestoreActivities['chooseRedisBackup']>[0];

export async function chooseBackup(ports: Ports, input: Request, signal?: AbortSignal): Promise<ChosenRedisBackup> {
  const target = backedUpRedis(ports, input.target);
  const expected = await expectedOf(ports, target, signal);
  const sets = await redisBackups.open(ports, target, signal);
  const all = sets.map((set) => describeSet(set, target.id));
  const { backup: named, brokenSince } = input;
  const candidates =
    named === undefined
      ? orderCandidates(all, brokenSince)
      : [assess(describeSet(oneOf(sets, target.id, named), target.id), brokenSince)];
  for (const { backup, why } of candidates) {
    const set = oneOf(sets, target.id, backup.id);
    const tested = await whileInUse(ports, target.id, backup.id, 'a restore', () => testSet(ports, target, set, signal));
    const taken = tested.copies.some(({ test }) => test?.passed) ? await factsOf(tested, signal) : undefined;
    if (taken === undefined) continue;
    const source = input.source ?? taken.holds.at(-1)!;
    if (!taken.holds.includes(source)) throw holdsNone(backup.id, source);
    const until = brokenSince ?? new Date().toISOString();
    const { keys } = countsOf(taken.counted);
    return { backup: backup.id, source, why, lostMs: lostMs(backup, until), expected: { ...expected, keys } };
  }
  throw noneOf(target.id, sets, named);
}

/** The master is known, its machine is this one, and what is wrong already is no fault of the restore. Fails: no-primary, cut-over-refused. */
async function expectedOf(ports: Ports, target: BackedUpRedis, signal?: AbortSignal) {
  const master = await masterOf(ports, target.id, target, signal);
  if (!(await ports.redisBackups.canRead(master))) {
    throw fail('cut-over-refused', {
      en: `${master.id} runs on another machine than this worker: it cannot copy a server that is restored here.`,
      ja: `${master.id} はこのワーカーとは別のマシンにあり、ここで復元したサーバーから複製できません。`,
    });
  }
  const reports = await lookAtAll(ports, target, signal);
  return {
    successor: master.id,
    isMaster: true,
    sentence: { en: `${master.id} is the master.`, ja: `${master.id} がマスターです。` },
    silent: reports.filter((report) => !isLive(report)).map(({ node }) => node),
    symptoms: [...new Set(judgeServers(reports, target.limits).map(({ id }) => id))],
  };
}

const holdsNone = (backup: string, source: string) =>
  fail('no-backup', { en: `${backup} holds no ${source}.`, ja: `${backup} に ${source} は含まれません。` });

function noneOf(target: string, sets: readonly BackupSet[], named: string | undefined) {
  const fault = sets.find(({ id }) => id === named)?.fault;
  if (fault) return faultOf(fault);
  return fail('no-backup', {
    en: `Of ${sets.length} backups of ${target} none could be restored.`,
    ja: `${target} のバックアップ ${sets.length} 件のうち、復元できるものがありません。`,
  });
}
