/** What only an old master may have is copied on its own machine, before somebody else's data takes its place. */
import { basename, dirname } from 'node:path';
import type { Place } from '../../ports/file-tree.ts';
import type { Ports } from '../../ports/index.ts';
import type { RedisNode } from '../../ports/redis.ts';
import type { ControlledRedis } from '../../ports/redis-control.ts';
import { checkedName } from '../../records/checked-name.ts';
import { orFail } from '../../said-by-node.ts';
import { explainWrite } from '../../tool-store/target.ts';

type Controlled = RedisNode & ControlledRedis;

interface KeptAt {
  readonly place: Place;
  /** Where a person finds the folder of `place`, and the copy. */
  readonly root: string;
  readonly said: string;
}

/** Here in our data folder; elsewhere beside the server's, where it outlives that one being emptied or moved away. */
export function keptAt(ports: Ports, { id, host, control }: Controlled, target: string, recovery: string): KeptAt {
  const name = checkedName(recovery);
  if (control.kind === 'local') {
    const path = `protected/${target}/${name}/${id}`;
    return { place: { root: ports.data, path }, root: ports.data, said: path };
  }
  const beside = `${dirname(control.data)}/${basename(control.data)}.okiagari-kept`;
  const path = `${name}/${id}`;
  return { place: { root: beside, path }, root: `${host}:${beside}`, said: `${host}:${beside}/${path}` };
}

/** Twice is fine. Fails: disk-full, target-read-only, not-kept. */
export async function keepFiles(ports: Ports, node: Controlled, { place, root }: KeptAt, signal?: AbortSignal): Promise<void> {
  try {
    await ports.redisControl.keepFiles(node, place, signal);
  } catch (error) {
    const refused = await explainWrite(error, root, 0, () => Promise.resolve(0));
    if (refused !== error) throw refused;
    await orFail('not-kept', node.id, () => Promise.reject(error as Error));
  }
}
