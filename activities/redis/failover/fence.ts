/** Keeps every node but the successor from taking writes: planned, applied, taken back. */
import type { RedisSettings } from '../../../contracts/redis-settings.ts';
import { fail } from '../../../domain/fail.ts';
import { decideFence, headOfFence, type FencedNode, type FencePlan } from '../../../domain/redis/fence-plan.ts';
import { nobody } from '../../../domain/redis/following.ts';
import { isLive, isMaster, isReplica, type NodeReport } from '../../../domain/redis/node-report.ts';
import type { Ports } from '../../ports/index.ts';
import { keepWholePlan, readWholePlan } from '../../records/plans.ts';
import type { ControlledRedis } from '../../ports/redis-control.ts';
import { checkedName } from '../../records/checked-name.ts';
import { orFail } from '../../said-by-node.ts';
import { lookAtAll, nodeOf, redisTarget } from '../target.ts';
import type { RedisFailoverActivities, RedisFencePlan } from './interface.ts';
import { holdableOf, isControlled, lookAround } from './look-around.ts';
import { startServer } from './start-server.ts';

type Input<Name extends keyof RedisFailoverActivities> = Parameters<RedisFailoverActivities[Name]>[0];

export async function planFence(ports: Ports, input: Input<'planRedisFence'>, signal?: AbortSignal): Promise<RedisFencePlan> {
  const settings = redisTarget(ports, input.target);
  const seen = await lookAround(ports, settings, signal);
  const holdable = await holdableOf(ports, settings, seen, signal);
  const { recovery, ...head } = input;
  const plan = decideFence({ ...head, recovery: checkedName(recovery) }, { ...seen, holdable });
  const ref = await keepWholePlan(ports.records, plan.recovery, plan);
  const isMarked = plan.nodes.some(({ how }) => how === 'demote');
  return { plan: headOfFence(plan, ref), suspects: plan.suspects, isMarked };
}

export const readFence = (ports: Ports, target: string, ref: string): Promise<FencePlan> =>
  readWholePlan(ports.records, ref, target, 'suspects');

export async function applyFence(
  ports: Ports,
  input: Input<'applyRedisFence'>,
  signal?: AbortSignal,
): Promise<{ fenced: string[] }> {
  const plan = await readFence(ports, input.target, input.plan);
  if (plan.digest !== input.digest) throw changed(input.plan);
  const settings = redisTarget(ports, input.target);
  // A process that is frozen answers nobody: asking it would only cost time, in which somebody may wake it.
  const atOnce = plan.nodes.filter(({ how }) => how === 'kill');
  for (const { node } of atOnce) await killIfFrozen(ports, settings, node, signal);
  const reports = await lookAtAll(ports, settings, signal);
  for (const one of plan.nodes) {
    signal?.throwIfAborted();
    await fence(ports, { settings, plan, reports }, one, signal);
  }
  return { fenced: plan.nodes.map(({ node }) => node) };
}

interface At {
  readonly settings: RedisSettings;
  readonly plan: FencePlan;
  readonly reports: readonly NodeReport[];
}

async function fence(
  ports: Ports,
  { settings, plan, reports }: At,
  { node: id, how }: FencedNode,
  signal?: AbortSignal,
): Promise<void> {
  const node = nodeOf(settings, id);
  const report = reports.find((one) => one.node === id)!;
  if (how === 'kill' || how === 'hold') {
    // Somebody started it since: it is fenced as it was meant to be.
    if (isReplica(report) && report.role.isReadOnly) return;
    // It came back to life, and may serve people: what was planned for a dead one is not for it.
    if (isLive(report) || !isControlled(node)) throw changed(id);
    return orFail('fence-failed', id, () => holdAndKill(ports, node, how === 'kill', signal));
  }
  if (!isLive(report) || (how === 'lock' && isMaster(report))) throw changed(id);
  if (how === 'lock') return ports.redis.setReadOnly(node, settings, true, signal);
  const { mode, recovery, successor } = plan;
  const wanted = { successor: nodeOf(settings, successor), mark: recovery, evenIfBehind: mode === 'failover' };
  await ports.redis.demote(node, settings, wanted, signal);
}

async function killIfFrozen(ports: Ports, settings: RedisSettings, id: string, signal?: AbortSignal): Promise<void> {
  const node = nodeOf(settings, id);
  if (!isControlled(node)) return;
  await orFail('fence-failed', id, async () => {
    if ((await ports.redisControl.look(node, signal)) === 'frozen') await holdAndKill(ports, node, true, signal);
  });
}

/** Whoever starts it again: it comes up as a replica of nobody. */
async function holdAndKill(ports: Ports, node: ControlledRedis, isThere: boolean, signal?: AbortSignal): Promise<void> {
  await ports.redisControl.setFollowing(node, nobody, signal);
  if (isThere) await ports.redisControl.kill(node, signal);
}

export async function undoFence(
  ports: Ports,
  input: Input<'undoRedisFence'>,
  signal?: AbortSignal,
): Promise<{ serving: string[]; stays: string[] }> {
  const plan = await readFence(ports, input.target, input.plan);
  const settings = redisTarget(ports, input.target);
  const reports = await lookAtAll(ports, settings, signal);
  const masters = reports.filter(isMaster).map(({ node }) => node);
  // It went through: what keeps the old master from taking writes has to stay.
  if (masters.includes(plan.successor)) return { serving: [], stays: plan.nodes.map(({ node }) => node) };
  const other = masters.find((node) => !plan.nodes.some((one) => one.node === node));
  if (other !== undefined || (await hasTakenOver(ports, input.plan))) throw mayBeTwo(other ?? plan.successor);
  const serving: string[] = [];
  for (const one of plan.nodes.toReversed()) {
    const report = reports.find(({ node }) => node === one.node)!;
    if (await release(ports, settings, one, report, signal)) serving.push(one.node);
  }
  return { serving, stays: [] };
}

/** Kept before a successor is promoted: what it took since then nobody else has, whether it answers or not. */
const takeOverKey = (plan: string): string => `${plan}.taken-over`;
export const noteTakeOver = (ports: Ports, plan: string): Promise<void> => ports.records.put(takeOverKey(plan), '{}');
const hasTakenOver = async (ports: Ports, plan: string): Promise<boolean> =>
  (await ports.records.get(takeOverKey(plan))) !== undefined;

const mayBeTwo = (node: string) =>
  fail('may-not-promote', {
    en: `${node} took over, or may have: with the old master there would be two.`,
    ja: `${node} が引き継いだ可能性があります。旧マスターを戻すと二重になります。`,
  });

/** Answers whether it takes writes again. */
async function release(
  ports: Ports,
  settings: RedisSettings,
  { node: id, how }: FencedNode,
  report: NodeReport,
  signal?: AbortSignal,
): Promise<boolean> {
  const node = nodeOf(settings, id);
  if (how === 'lock') {
    await ports.redis.setReadOnly(node, settings, false, signal);
    return true;
  }
  if (how === 'kill' || how === 'hold') {
    if (!isControlled(node)) throw changed(id);
    await orFail('fence-failed', id, () => ports.redisControl.clearFollowing(node, signal));
    // One that was gone before, and one that was not killed yet, stay as they are.
    if (how === 'hold') return false;
    const isAlive = async (): Promise<boolean> => (await ports.redisControl.look(node, signal)) !== 'gone';
    if (!isLive(report) && (await orFail('fence-failed', id, isAlive))) return false;
    if (!isLive(report)) await startServer(ports, settings, id, signal);
  }
  await ports.redis.promote(node, settings, signal);
  return true;
}

const changed = (what: string) =>
  fail('plan-changed', {
    en: `Since the plan was made, something changed: ${what}.`,
    ja: `計画の後に変化がありました: ${what}。`,
  });
