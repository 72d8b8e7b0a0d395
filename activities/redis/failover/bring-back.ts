/** An old master becomes a replica of the new one; what only it may have is copied before the first byte is replaced. */
import type { RedisSettings } from '../../../contracts/redis-settings.ts';
import { fail } from '../../../domain/fail.ts';
import type { Address } from '../../../domain/redis/following.ts';
import { isLive } from '../../../domain/redis/node-report.ts';
import type { Ports } from '../../ports/index.ts';
import type { RedisNode } from '../../ports/redis.ts';
import { orFail } from '../../said-by-node.ts';
import { nodeOf, redisTarget } from '../target.ts';
import type { BroughtBack, RedisFailoverActivities } from './interface.ts';
import { keepFiles, keptAt } from './keep-files.ts';
import { isControlled } from './look-around.ts';
import { startServer } from './start-server.ts';
import { isSameData, untilItFollows } from './until-it-follows.ts';

type Request = Parameters<RedisFailoverActivities['bringBackRedis']>[0];

export async function bringBack(ports: Ports, request: Request, signal?: AbortSignal): Promise<BroughtBack> {
  const settings = redisTarget(ports, request.target);
  const node = nodeOf(settings, request.node);
  const master = nodeOf(settings, request.master);
  const kept = await keepWhatItHas(ports, settings, request, signal);
  if (isControlled(node) && !isLive(await ports.redis.look(node, settings, signal))) {
    // Whatever it was, it must not come up as a master.
    await orFail('fence-failed', node.id, () => ports.redisControl.setFollowing(node, addressOf(master), signal));
  }
  const isStarted = await startServer(ports, settings, request.node, signal);
  const { isPersisted } = await ports.redis.follow(node, settings, master, signal);
  await untilItFollows(ports, settings, { node, master }, signal);
  return { ...(kept !== undefined && { kept }), isStarted, isPersisted };
}

/** One that follows already had its data replaced: what it had was kept then, or was the same. */
async function keepWhatItHas(
  ports: Ports,
  settings: RedisSettings,
  { target, recovery, node: id, master, mayHoldMore }: Request,
  signal?: AbortSignal,
): Promise<string | undefined> {
  if (!mayHoldMore) return undefined;
  const node = nodeOf(settings, id);
  const [report, next] = await Promise.all(
    [node, nodeOf(settings, master)].map((one) => ports.redis.look(one, settings, signal)),
  );
  const isSame = isSameData(report!, next!);
  if (!isControlled(node)) {
    if (isSame) return undefined;
    throw fail('not-kept', {
      en: `${id} may have what ${master} has not, and its files cannot be reached.`,
      ja: `${id} には ${master} にないデータがあり得ますが、ファイルに手が届きません。`,
    });
  }
  const at = keptAt(ports, node, target, recovery);
  if (isSame) return at.said;
  if (isLive(report!)) await ports.redis.save(node, settings, signal);
  await keepFiles(ports, node, at, signal);
  return at.said;
}

const addressOf = ({ host, port }: RedisNode): Address => ({ host, port });
