/** Every Redis server, and of those that do not answer what their machine says. */
import type { RedisSettings } from '../../../contracts/redis-settings.ts';
import type { Processes, Seen } from '../../../domain/redis/fence-plan.ts';
import { nobody } from '../../../domain/redis/following.ts';
import { isLive } from '../../../domain/redis/node-report.ts';
import type { Ports } from '../../ports/index.ts';
import type { RedisNode } from '../../ports/redis.ts';
import type { ControlledRedis } from '../../ports/redis-control.ts';
import { lookAtAll } from '../target.ts';

export async function lookAround(ports: Ports, settings: RedisSettings, signal?: AbortSignal): Promise<Seen> {
  const reports = await lookAtAll(ports, settings, signal);
  const silent = settings.nodes.filter(({ id }) => !reports.some((report) => isLive(report) && report.node === id));
  const states = new Map<string, Processes>();
  const beyondReach = new Map<string, string>();
  await Promise.all(
    silent.filter(isControlled).map(async (node) => {
      const { state, said } = await askMachine(ports, node, signal);
      if (state !== undefined) states.set(node.id, state);
      if (said !== undefined) beyondReach.set(node.id, said);
    }),
  );
  return { reports, states, beyondReach };
}

/** Of those that are gone, whose configuration can be written, and does not say already that they follow nobody. */
export async function holdableOf(
  ports: Ports,
  { nodes }: RedisSettings,
  { states }: Seen,
  signal?: AbortSignal,
): Promise<Set<string>> {
  const gone = nodes.filter(isControlled).filter(({ id }) => states.get(id) === 'gone');
  const can = await Promise.all(gone.map((node) => canHold(ports, node, signal)));
  return new Set(gone.filter((_, n) => can[n]).map(({ id }) => id));
}

/** Why machines that a command reaches cannot be asked, by node: found while all is well. */
export async function unreached(ports: Ports, { nodes }: RedisSettings, signal?: AbortSignal): Promise<[string, string][]> {
  const elsewhere = nodes.filter(isControlled).filter(({ control }) => control.kind === 'command');
  const asked = await Promise.all(elsewhere.map((node) => askMachine(ports, node, signal)));
  return elsewhere.flatMap(({ id }, n) => (asked[n]!.said === undefined ? [] : [[id, asked[n]!.said]]));
}

export const isControlled = (node: RedisNode): node is RedisNode & ControlledRedis => node.control !== undefined;

/** A machine that is not here and has no command was not meant to be asked: nothing is said of that. */
async function askMachine(
  ports: Ports,
  node: ControlledRedis,
  signal?: AbortSignal,
): Promise<{ readonly state?: Processes; readonly said?: string }> {
  try {
    return { state: await ports.redisControl.look(node, signal) };
  } catch (error) {
    return node.control.kind === 'local' ? {} : { said: (error as Error).message.replaceAll(/\s+/g, ' ').slice(0, 400) };
  }
}

/** A configuration that is not there cannot bring a server up either. */
async function canHold(ports: Ports, node: ControlledRedis, signal?: AbortSignal): Promise<boolean> {
  if (node.control.config === undefined) return false;
  return ports.redisControl.readFollowing(node, signal).then(
    (following) => following !== `${nobody.host} ${nobody.port}`,
    () => false,
  );
}
