/** A Redis failover from a master that answers, next to the two commands by hand. */
import { setTimeout as delay } from 'node:timers/promises';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startRedisServers, type TestRedis } from '../../test/support/redis/server.ts';
import type { Measure } from '../measure.ts';
import { timed } from '../side-by-side.ts';
import { approverOf, type AskedRecovery } from '../support/approve.ts';
import { startProduct, type Product } from '../support/product.ts';

const rounds = 10;

export const redisFailoverApproved: Measure = {
  id: 'redis-failover-approved',
  title: 'A Redis failover approved → the old master fenced, proven, and the first write on the new one',
  unit: 'ms',
  goal: 'at most 500 ms',
  meets: ({ median }) => median <= 500,
  async run(tidy) {
    const { servers, controlled, password } = await startRedisServers();
    tidy.defer(async () => void (await Promise.all(servers.map((server) => server.kill()))));
    const file = join(servers[0]!.folder, '..', 'password');
    writeFileSync(file, password, { mode: 0o600 });
    const cache = { id: 'cache', kind: 'redis', login: { password: { file } }, nodes: controlled };
    const product = await startProduct(tidy, { targets: [cache] });
    await servers[0]!.command('SET', 'something', '1');
    const ours: number[] = [];
    for (let round = -1; round < rounds; round++) {
      const [from, to] = round % 2 === 0 ? servers.toReversed() : servers;
      await isLinked(to!);
      const took = await failOver(product, to!);
      if (round >= 0) ours.push(took);
      await isLinked(from!);
    }
    const samples: number[] = [];
    for (let round = 0; round < rounds; round++) samples.push(await byHand());
    return { ours, against: { title: 'REPLICAOF NO ONE and a write, nothing fenced', samples } };
  },
};

async function failOver(product: Product, to: TestRedis): Promise<number> {
  const body = { scenario: 'redis-failover', target: 'cache', reason: 'bench', acknowledgeCoolDown: true };
  const { id } = await product.call<AskedRecovery>('POST', '/v1/recoveries', body);
  const approve = await approverOf(product, id);
  const took = await timed(async () => {
    await approve();
    while (!(await takesWrites(to))) await delay(2);
  });
  await product.until<AskedRecovery>(`/v1/recoveries/${id}`, ({ status }) => !['running', 'waiting'].includes(status));
  return took;
}

const takesWrites = (server: TestRedis): Promise<boolean> =>
  server.command('SET', 'bench', '1').then(
    () => true,
    () => false,
  );

async function isLinked(server: TestRedis): Promise<void> {
  while (!String(await server.command('INFO', 'replication')).includes('master_link_status:up')) await delay(20);
}

async function byHand(): Promise<number> {
  const redis = await startRedisServers();
  try {
    const [a, b] = redis.servers;
    await isLinked(b!);
    await a!.kill();
    return await timed(async () => {
      await b!.command('REPLICAOF', 'NO', 'ONE');
      await b!.command('SET', 'bench', '1');
    });
  } finally {
    await redis.stop();
  }
}
