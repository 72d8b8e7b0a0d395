/** Real Redis servers are looked at: each drift is found and named, none on clean ones, and looking changes nothing. */
import { chmodSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRedisActivities } from '../../../activities/redis/create-redis-activities.ts';
import { createPorts } from '../../../adapters/ports.ts';
import { inventorySchema, type Inventory } from '../../../contracts/inventory.ts';
import { fillUp, onSmallDisk } from '../../support/mounts.ts';
import { startRedisServers, type TestRedis, type TestRedisServers } from '../../support/redis/server.ts';

let redis: TestRedisServers;
let [a, b]: TestRedis[] = [];
beforeAll(async () => {
  redis = await startRedisServers();
  [a, b] = redis.servers as [TestRedis, TestRedis];
});
afterAll(() => redis.stop());

interface Look {
  readonly nodes?: TestRedisServers['nodes'];
  readonly secret?: () => string | undefined;
  readonly login?: object;
}

/** By the last look. */
let suggested: string[] = [];

async function look({ nodes = redis.nodes, secret = () => redis.password, login = { password: { env: 'REDIS' } } }: Look = {}) {
  const inventory = inventorySchema().parse({
    version: 1,
    people: [{ id: 'hana', name: 'Hana', roles: ['operator'], token: { env: 'TOKEN' } }],
    targets: [{ id: 'cache', kind: 'redis', nodes, login, limits: { lagBytes: 10_000 } }],
  }) as Inventory;
  const ports = createPorts({ inventory: () => inventory, data: '/nowhere', secret });
  const { symptoms, suggests } = await createRedisActivities(ports).diagnoseRedis({ target: 'cache' });
  suggested = suggests.map(({ scenario, why }) => `${scenario}: ${why.en}`);
  return symptoms;
}
const found = async (how?: Look): Promise<string[]> => (await look(how)).map(({ id }) => id);
const settled = (wanted: string[]): Promise<void> =>
  expect.poll(() => found(), { timeout: 15_000, interval: 20 }).toEqual(wanted);

/** It writes its append-only file anew after it was copied, and nothing else beside. */
const untilItRests = (node: TestRedis): Promise<void> =>
  expect.poll(() => node.command('INFO', 'persistence')).toMatch(/aof_rewrite_in_progress:0\r\naof_rewrite_scheduled:0/);

describe('servers', () => {
  test('that are well have nothing to tell, and hold what they held', async () => {
    await settled([]);
    const began = performance.now();
    await look();
    console.log(`one diagnosis of two nodes: ${Math.round(performance.now() - began)} ms`);
    await a!.command('SET', 'lpr:1', 'x');
    const before = await a!.command('DBSIZE');
    expect(await look()).toEqual([]);
    expect(await a!.command('DBSIZE')).toBe(before);
  });

  test.each([
    ['append-only-fsync', 'appendfsync', 'always', 'everysec'],
    ['append-only-off', 'appendonly', 'no', 'yes'],
    ['snapshots-off', 'save', '', '3600 1'],
    ['writes-refused', 'min-replicas-to-write', '2', '0'],
  ])('%s', async (id, name, wrong, right) => {
    await a!.command('CONFIG', 'SET', name, wrong);
    expect(await found()).toEqual([id]);
    await a!.command('CONFIG', 'SET', name, right);
    await settled([]);
  });

  test.each([
    ['replica-writable', 'replica-read-only', 'no', 'yes', []],
    ['may-not-take-over', 'replica-priority', '0', '100', ['nobody-to-promote']],
  ])('whose replica is wrong: %s', async (id, name, wrong, right, more) => {
    await b!.command('CONFIG', 'SET', name, wrong);
    expect(await found()).toEqual([id, ...more]);
    await b!.command('CONFIG', 'SET', name, right);
    await settled([]);
  });

  test('that cannot write their snapshot', async () => {
    await untilItRests(a!);
    chmodSync(a!.folder, 0o500);
    await a!.command('BGSAVE');
    await settled(['snapshot-failing']);
    chmodSync(a!.folder, 0o755);
    await a!.command('BGSAVE');
    await settled([]);
  });

  test('whose disk is full cannot write their append-only file', async () => {
    await b!.kill();
    await onSmallDisk(b!.folder, '4m', async () => {
      try {
        await b!.start();
        await settled([]);
        // One that fails at that three times lets a minute pass before it tries again.
        await untilItRests(b!);
        fillUp(join(b!.folder, 'full'));
        await a!.command('SET', 'large', 'x'.repeat(50_000));
        await settled(['append-only-failing']);
        rmSync(join(b!.folder, 'full'));
        await settled([]);
      } finally {
        await b!.kill(); // It holds the file system.
      }
    });
    await b!.start();
    await settled([]);
  });

  test('whose replica is frozen, or gone, or comes back while its master is away', async () => {
    b!.signal('SIGSTOP');
    expect(await found()).toEqual(['node-unreachable', 'nobody-to-promote']);
    b!.signal('SIGCONT');
    await settled([]);
    await a!.kill();
    await settled(['node-unreachable', 'no-master', 'replica-not-linked']);
    expect(suggested).toEqual(['redis-failover: Nobody takes writes, and b could take over.']);
    await b!.kill();
    await b!.start();
    await settled(['node-unreachable', 'no-master', 'replica-not-linked', 'may-not-take-over', 'nobody-to-promote']);
    expect(suggested).toEqual([]);
    await a!.start();
    await settled([]);
    expect(suggested).toEqual([]);
  });

  test('whose replica falls behind, by how much', async () => {
    await b!.command('REPLICAOF', '127.0.0.1', '1');
    await a!.command('SET', 'large', 'x'.repeat(50_000));
    const symptoms = await look();
    expect(symptoms.map(({ id }) => id)).toEqual(['replica-not-linked', 'replica-lag']);
    const bytes = Number(symptoms[1]!.evidence?.['bytes']);
    expect(bytes).toBeGreaterThan(50_000);
    expect(bytes).toBeLessThan(51_000);
    await b!.command('REPLICAOF', '127.0.0.1', String(a!.port));
    await settled([]);
  });
});

describe('our login', () => {
  test('has another password, which nobody repeats, or none', async () => {
    const refused = await look({ secret: () => 'canary-of-a-wrong-one' });
    expect(refused.map(({ id }) => id)).toEqual(['node-login-refused', 'node-login-refused', 'no-master', 'nobody-to-promote']);
    expect(JSON.stringify(refused)).not.toContain('canary');
    expect((await look({ secret: () => undefined }))[0]!.sentence.en).toContain('$REDIS is not there');
  });

  test('may do no more than look, and less is told', async () => {
    const secret = () => 'canary-of-a-looker';
    const login = { user: 'looker', password: { env: 'REDIS' } };
    for (const node of [a!, b!]) await node.command('ACL', 'SETUSER', 'looker', 'on', `>${secret()}`, '+info', '+config|get');
    expect(await found({ secret, login })).toEqual([]);
    for (const node of [a!, b!]) await node.command('ACL', 'SETUSER', 'looker', '-info');
    expect(await found({ secret, login })).toEqual(['node-not-allowed', 'node-not-allowed', 'no-master', 'nobody-to-promote']);
  });
});

test('two masters, one of them never linked to the other', async () => {
  await b!.command('REPLICAOF', 'NO', 'ONE');
  await settled(['two-masters', 'nobody-to-promote']);
});

test('a port where nobody listens', async () => {
  expect(await found({ nodes: [{ id: 'x', host: '127.0.0.1', port: 1 }] })).toEqual(['node-unreachable', 'no-master']);
});
