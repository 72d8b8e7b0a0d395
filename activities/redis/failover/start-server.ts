/** Starts the server of a node with the inventory's own command. */
import type { RedisSettings } from '../../../contracts/redis-settings.ts';
import { fail } from '../../../domain/fail.ts';
import { isLive } from '../../../domain/redis/node-report.ts';
import type { Ports } from '../../ports/index.ts';
import { orFail } from '../../said-by-node.ts';
import { nodeOf } from '../target.ts';
import { isControlled } from './look-around.ts';

/** A server that has not opened its port so long after the command hangs. */
const startMs = 20_000;
const lookAgainMs = 20;

/** Starts it unless it answers, and waits until it does, also while it reads its data. Fails: node-not-started. */
export async function startServer(ports: Ports, settings: RedisSettings, id: string, signal?: AbortSignal): Promise<boolean> {
  const node = nodeOf(settings, id);
  if (isLive(await ports.redis.look(node, settings, signal))) return false;
  const argv = node.control?.start;
  if (!isControlled(node) || argv === undefined) {
    throw notStarted(id, { en: 'the inventory does not say how it is started.', ja: 'インベントリに起動方法がありません。' });
  }
  const { exitCode, ended, stderr } = await orFail('node-not-started', id, () => ports.redisControl.start(node, signal));
  const deadline = performance.now() + startMs;
  for (;;) {
    signal?.throwIfAborted();
    const report = await ports.redis.look(node, settings, signal);
    if (isLive(report)) return true;
    if (report.why !== 'starting' && (exitCode !== 0 || performance.now() > deadline)) {
      const said = `${argv[0]} ${ended} ${exitCode ?? ''} ${stderr}`.trim().slice(0, 300);
      throw notStarted(id, { en: `${said}; ${report.said}`, ja: `${said}; ${report.said}` });
    }
    await new Promise((resolve) => setTimeout(resolve, lookAgainMs));
  }
}

const notStarted = (node: string, why: { readonly en: string; readonly ja: string }) =>
  fail('node-not-started', { en: `${node} is not started: ${why.en}`, ja: `${node} を起動できません: ${why.ja}` });
