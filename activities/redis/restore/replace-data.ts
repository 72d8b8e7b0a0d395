/** Replaces the data of a master by that of a backup: it copies a restored server as its replica, and then is a master again. */
import { fail } from '../../../domain/fail.ts';
import { countsOf } from '../../../domain/redis/key-count.ts';
import { isMaster } from '../../../domain/redis/node-report.ts';
import { headOfRestore, planRestore, type RestorePlan } from '../../../domain/redis/restore-plan.ts';
import type { RestoreSource } from '../../../domain/redis/taken-backup.ts';
import type { Plan } from '../../../domain/recovery.ts';
import { fetchBest } from '../../backup-keeping/fetch-copy.ts';
import { whileInUse } from '../../backup-keeping/in-use.ts';
import { oneOf } from '../../backup-keeping/open-sets.ts';
import type { Ports } from '../../ports/index.ts';
import { checkedName } from '../../records/checked-name.ts';
import { restoreStageKey } from '../../records/keys.ts';
import { keepWholePlan, readWholePlan } from '../../records/plans.ts';
import { factsOf, redisBackups } from '../../redis-backups/redis-backups.ts';
import { backedUpRedis, type BackedUpRedis } from '../../redis-backups/target.ts';
import { untilItFollows } from '../failover/until-it-follows.ts';
import { lookAtAll, masterOf, nodeOf } from '../target.ts';
import type { RedisRestoreActivities } from './interface.ts';
import { beginAttempt, readProgress } from './progress.ts';

type Input<Name extends keyof RedisRestoreActivities> = Parameters<RedisRestoreActivities[Name]>[0];

export async function planOf(ports: Ports, input: Input<'planRedisRestore'>, signal?: AbortSignal): Promise<Plan> {
  const target = backedUpRedis(ports, input.target);
  const { backup, source, wayBack } = input;
  const master = await masterOf(ports, target.id, target, signal);
  const { databases } = await ports.redis.keyspace(master, target, signal);
  const { counted } = await takenOf(ports, target, backup, signal);
  const now = { databases, patterns: [] };
  const plan = planRestore({ target: target.id, master: master.id, backup, source, wayBack, now, then: counted });
  return headOfRestore(plan, await keepWholePlan(ports.records, checkedName(input.recovery), plan));
}

export async function applyRestore(ports: Ports, input: Input<'applyRedisRestore'>, signal?: AbortSignal) {
  const target = backedUpRedis(ports, input.target);
  const plan = await readPlan(ports, target, input.plan);
  const { backup, source } = plan;
  if (!(await progressOf(ports, target, input.recovery, backup))?.isBegun) {
    const masters = (await lookAtAll(ports, target, signal)).filter(isMaster).map(({ node }) => node);
    if (masters.join() !== plan.master) throw changed(plan.master);
  }
  return replace(ports, target, { ...input, master: plan.master, backup, source }, signal);
}

/** Where nothing had begun, what is there is newer than the backup of it. */
export async function undoRestore(ports: Ports, input: Input<'undoRedisRestore'>, signal?: AbortSignal) {
  const target = backedUpRedis(ports, input.target);
  const { master, backup, wayBack } = await readPlan(ports, target, input.plan);
  if (!(await progressOf(ports, target, input.recovery, backup))?.isBegun) return { keys: 0 };
  const { holds } = await takenOf(ports, target, wayBack, signal);
  return replace(ports, target, { ...input, master, backup: wayBack, source: holds.at(-1)! }, signal);
}

interface Replacing {
  readonly recovery: string;
  readonly master: string;
  readonly backup: string;
  readonly source: RestoreSource;
}

async function replace(ports: Ports, target: BackedUpRedis, work: Replacing, signal?: AbortSignal): Promise<{ keys: number }> {
  const node = nodeOf(target, work.master);
  const key = restoreStageKey(target.id, checkedName(work.recovery), work.backup);
  if (!(await readProgress(ports, key))?.isCopied) {
    await whileInUse(ports, target.id, work.backup, 'a restore', () => copyFrom(ports, target, work, key, signal));
  }
  await ports.redis.promote(node, target, signal);
  for (const other of await replicasOf(ports, target, node.id, signal)) {
    await untilItFollows(ports, target, { node: other, master: node }, signal);
  }
  return { keys: countsOf({ ...(await ports.redis.keyspace(node, target, signal)), patterns: [] }).keys };
}

/** The server beside production is there only until it is copied. */
async function copyFrom(ports: Ports, target: BackedUpRedis, work: Replacing, key: string, signal?: AbortSignal): Promise<void> {
  const node = nodeOf(target, work.master);
  const note = await beginAttempt(ports, key);
  const folder = await ports.scratchRedis.open(target);
  try {
    const set = oneOf(await redisBackups.open(ports, target, signal), target.id, work.backup);
    await fetchBest(folder, set, signal);
    const { databases } = await takenOf(ports, target, work.backup, signal);
    await ports.redisBackups.restore(target, folder, work.source, signal);
    const restored = await ports.scratchRedis.serve(target, folder, databases, signal);
    await note(false);
    await ports.redis.follow(node, target, restored, signal);
    await untilItFollows(ports, target, { node, master: restored }, signal);
    await note(true);
  } finally {
    await ports.scratchRedis.remove(folder);
  }
}

async function replicasOf({ redis }: Ports, target: BackedUpRedis, master: string, signal?: AbortSignal) {
  const others = target.nodes.filter(({ id }) => id !== master);
  const reports = await Promise.all(others.map((node) => redis.look(node, target, signal)));
  return others.filter((_, n) => reports[n]!.answers);
}

async function takenOf(ports: Ports, target: BackedUpRedis, backup: string, signal?: AbortSignal) {
  const taken = await factsOf(oneOf(await redisBackups.open(ports, target, signal), target.id, backup), signal);
  if (taken) return taken;
  throw fail('backup-corrupt', { en: `${backup}: redis.json cannot be read.`, ja: `${backup}: redis.json を読めません。` });
}

const progressOf = (ports: Ports, { id }: BackedUpRedis, recovery: string, backup: string) =>
  readProgress(ports, restoreStageKey(id, checkedName(recovery), backup));

const readPlan = ({ records }: Ports, { id }: BackedUpRedis, ref: string): Promise<RestorePlan> =>
  readWholePlan<RestorePlan>(records, ref, id, undefined);

const changed = (master: string) =>
  fail('plan-changed', { en: `${master} is not the one master any more.`, ja: `${master} は唯一のマスターではなくなりました。` });
