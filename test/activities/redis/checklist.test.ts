/** The checklist of real Redis servers: all of it passes where all is well, and each break fails exactly its item. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRedisActivities } from '../../../activities/redis/create-redis-activities.ts';
import { createPorts } from '../../../adapters/ports.ts';
import { inventorySchema, type Inventory } from '../../../contracts/inventory.ts';
import { kinds } from '../../../contracts/kinds.ts';
import { fillChecklist } from '../../../domain/checklist/fill.ts';
import type { Answer } from '../../../domain/checklist/words.ts';
import { startRedisServers, type TestRedis, type TestRedisServers } from '../../support/redis/server.ts';

let redis: TestRedisServers;
let [a, b]: TestRedis[] = [];
beforeAll(async () => {
  redis = await startRedisServers();
  [a, b] = redis.servers as [TestRedis, TestRedis];
  const rights = ['~*', '+info', '+config|get', '+scan', '+dbsize', '+exists', '+set', '+del'];
  for (const node of redis.servers) await node.command('ACL', 'SETUSER', 'okiagari', 'on', `>${redis.password}`, ...rights);
  for (let n = 0; n < 30; n++) await a.command('SET', `lpr:${n}`, 'x');
});
afterAll(() => redis.stop());

async function fill(settings: object = { expectedKeys: [{ pattern: 'lpr:*', atLeast: 20 }] }) {
  const { list, checks } = kinds['redis']!.verify!;
  const target = {
    id: 'cache',
    kind: 'redis',
    nodes: redis.nodes,
    login: { user: 'okiagari', password: { env: 'REDIS' } },
    ...settings,
  };
  const inventory = inventorySchema().parse({
    version: 1,
    people: [{ id: 'hana', name: 'Hana', roles: ['operator'], token: { env: 'TOKEN' } }],
    targets: [target],
  }) as Inventory;
  const ports = createPorts({ inventory: () => inventory, data: '/nowhere', secret: () => redis.password });
  const activities = createRedisActivities(ports) as unknown as Record<string, (input: object) => Promise<Answer[]>>;
  const asked = await Promise.allSettled(checks.map((name) => activities[name]!({ target: 'cache' })));
  const answers = asked.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
  const faults = asked.flatMap((one) => (one.status === 'rejected' ? [{ en: (one.reason as Error).message, ja: '失敗' }] : []));
  return fillChecklist(list, { id: 'list', target: 'cache', startedAt: '', finishedAt: '', answers, faults });
}

/** Items that did not pass, with the reason. */
async function wrong(settings?: object): Promise<Record<string, string>> {
  const bad = (await fill(settings)).items.filter(({ outcome }) => outcome === 'failed' || outcome === 'not-checked');
  return Object.fromEntries(bad.map(({ id, outcome, sentence }) => [id, `${outcome}: ${sentence.en}`]));
}
const settled = (wanted: Record<string, string>): Promise<void> =>
  expect.poll(() => wrong(), { timeout: 15_000, interval: 20 }).toEqual(wanted);

test('all is well: everything has passed, with no more rights than the page asks for, and nothing of ours is left', async () => {
  await settled({});
  const { passed, items } = await fill();
  expect([passed, items.filter(({ outcome }) => outcome !== 'ok')]).toEqual([true, []]);
  expect(await a!.command('DBSIZE')).toBe(30);
});

describe('each break fails exactly its item', () => {
  test('keys that should be there', async () => {
    expect(await wrong({ expectedKeys: [{ pattern: 'lpr:*', atLeast: 31 }, { pattern: 'x:*' }] })).toEqual({
      'expected-keys': 'failed: Keys are missing: lpr:*: 30 < 31, x:*: 0 < 1.',
    });
  });

  test('a drift of the servers', async () => {
    await a!.command('CONFIG', 'SET', 'appendfsync', 'no');
    expect(await wrong()).toEqual({ 'no-drift': 'failed: a syncs its append-only file by "no", not every second.' });
    await a!.command('CONFIG', 'SET', 'appendfsync', 'everysec');
    await settled({});
  });

  test('a write that is refused, for want of memory', async () => {
    await a!.command('CONFIG', 'SET', 'maxmemory', '1');
    expect(await wrong()).toEqual({ write: expect.stringContaining('not-checked: a said: OOM') as string });
    await a!.command('CONFIG', 'SET', 'maxmemory', '0');
    await settled({});
  });

  test('servers that came up empty', async () => {
    await a!.command('FLUSHALL');
    await a!.command('SET', 'okiagari:verification', 'of another one');
    expect(await wrong({})).toEqual({ 'any-keys': 'failed: There are 0 keys.' });
    await a!.command('SET', 'lpr:1', 'x');
  });
});

test('with two masters, or none, nothing is said of keys that nobody can speak for', async () => {
  await b!.command('REPLICAOF', 'NO', 'ONE');
  const two = await wrong();
  expect(two['one-master']).toBe('failed: 2 nodes take writes.');
  expect(two['any-keys']).toBe('not-checked: 2 nodes of cache take writes: there is none to ask.');
  expect((await wrong({ nodes: [{ id: 'x', host: '127.0.0.1', port: 1 }] }))['one-master']).toBe('failed: 0 nodes take writes.');
});
