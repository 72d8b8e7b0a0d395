/** Clients of Redis servers are led to the new master, and it is seen there; a proxy that goes on leading to the old one is told. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRedisFailoverActivities } from '../../../activities/redis/failover/create-redis-failover-activities.ts';
import { createPorts } from '../../../adapters/ports.ts';
import { inventorySchema, type Inventory } from '../../../contracts/inventory.ts';
import { startRedisServers, type TestRedis, type TestRedisServers } from '../../support/redis/server.ts';
import { freePort } from '../../support/temporal-server.ts';

let redis: TestRedisServers;
let proxy: Server;
let via: number;
const folder = mkdtempSync(join(tmpdir(), 'okiagari-endpoint-'));
const file = join(folder, 'master');

beforeAll(async () => {
  redis = await startRedisServers();
  via = await freePort();
  /** Reads anew for each connection where it leads. */
  proxy = createServer((client) => {
    const server = connect(Number(readFileSync(file, 'utf8').split(':')[1]), '127.0.0.1');
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      one.on('error', () => other.destroy()).pipe(other);
    }
  });
  await new Promise<void>((resolve) => void proxy.listen(via, '127.0.0.1', resolve));
});
afterAll(async () => {
  proxy.close();
  await redis.stop();
  rmSync(folder, { recursive: true, force: true });
});

function activities(text: string, path = file) {
  const endpoint = { id: 'proxy', kind: 'file', path, text, via: { host: '127.0.0.1', port: via } };
  const target = { id: 'cache', kind: 'redis', nodes: redis.nodes, login: { password: { env: 'REDIS' } }, endpoints: [endpoint] };
  const people = [{ id: 'hana', name: 'Hana', roles: ['operator'], token: { env: 'TOKEN' } }];
  const inventory = inventorySchema().parse({ version: 1, people, targets: [target] }) as Inventory;
  return createRedisFailoverActivities(createPorts({ inventory: () => inventory, data: folder, secret: () => redis.password }));
}

test('the new master is seen through the endpoint, and the second time nothing is written', async () => {
  const [a, b] = redis.servers as [TestRedis, TestRedis];
  writeFileSync(file, `127.0.0.1:${a.port}`);
  await b.command('REPLICAOF', 'NO', 'ONE');
  const repoint = () => activities('{host}:{port}').repointRedis({ target: 'cache', master: 'b' });
  expect(await repoint()).toMatchObject([{ endpoint: 'proxy', outcome: 'changed', before: `127.0.0.1:${a.port}` }]);
  expect(await repoint()).toMatchObject([{ outcome: 'already' }]);
});

test('a proxy that has not heard of it still leads to somebody else: that is said', async () => {
  const [a] = redis.servers as [TestRedis];
  writeFileSync(file, `127.0.0.1:${a.port}`);
  const nobodyReads = activities('{host}:{port}', join(folder, 'a-file-that-nobody-reads'));
  await expect(nobodyReads.repointRedis({ target: 'cache', master: 'b' })).rejects.toThrow('it is not b who answers there');
});
