/** Redis servers as the inventory of this moment declares them, and a look at all of them. */
import type { RedisSettings } from '../../contracts/redis-settings.ts';
import { fail } from '../../domain/fail.ts';
import { isMaster, type NodeReport } from '../../domain/redis/node-report.ts';
import type { Ports } from '../ports/index.ts';
import type { RedisNode } from '../ports/redis.ts';

/** Fails: unknown-target. */
export function redisTarget(ports: Ports, id: string): RedisSettings {
  const entry = ports.inventory().targets.find((target) => target.id === id && target.kind === 'redis');
  if (entry) return entry as unknown as RedisSettings;
  throw fail('unknown-target', { en: `There are no Redis servers ${id}.`, ja: `Redis ${id} はありません。` });
}

/** A node that is declared; it may have left the inventory since it was named. Fails: unknown-target. */
export function nodeOf({ nodes }: RedisSettings, id: string): RedisNode {
  const node = nodes.find((one) => one.id === id);
  if (node) return node;
  throw fail('unknown-target', { en: `There is no node ${id} any more.`, ja: `ノード ${id} はもうありません。` });
}

export const lookAtAll = (ports: Ports, settings: RedisSettings, signal?: AbortSignal): Promise<NodeReport[]> =>
  Promise.all(settings.nodes.map((node) => ports.redis.look(node, settings, signal)));

/** Fails: no-primary. */
export async function masterOf(ports: Ports, target: string, settings: RedisSettings, signal?: AbortSignal): Promise<RedisNode> {
  const masters = (await lookAtAll(ports, settings, signal)).filter(isMaster);
  const found = settings.nodes.find(({ id }) => masters.length === 1 && masters[0]!.node === id);
  if (found) return found;
  throw fail('no-primary', {
    en: `${masters.length} nodes of ${target} take writes: there is none to ask.`,
    ja: `${target} の書き込み可能なノードは ${masters.length} 台で、検査できません。`,
  });
}
