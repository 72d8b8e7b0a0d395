/** redis-failover where something is in the way: whom it chooses, what it refuses, and what people may decide all the same. */
import { appendFileSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openChangeKey } from '../../activities/records/keys.ts';
import { eventually } from '../support/eventually.ts';
import { rolesOf } from '../support/redis/questions.ts';
import type { TestRedis } from '../support/redis/server.ts';
import { startRedisStack, type RedisBed, type RedisStack } from '../support/redis/stack.ts';
import { openForFile } from '../support/open-for-file.ts';
import { freePort } from '../support/temporal-server.ts';

let stack: RedisStack;
/** Nobody listens there. */
let unreachable: number;

openForFile(async (server) => {
  unreachable = await freePort();
  return (stack = await startRedisStack(server));
});

async function linked(options?: Parameters<RedisStack['cache']>[0]): Promise<RedisBed> {
  const bed = await stack.cache(options);
  const [master, ...replicas] = bed.servers as [TestRedis, ...TestRedis[]];
  await master.command('SET', 'lpr:1', 'x');
  for (const replica of replicas) await eventually(() => replica.command('DBSIZE')).toBe(1);
  return bed;
}

describe('who takes over', () => {
  test('of two replicas the one that has more, whoever was named', async () => {
    const bed = await linked({ replicas: 2 });
    const [a, b, c] = bed.servers as [TestRedis, TestRedis, TestRedis];
    await b.command('REPLICAOF', '127.0.0.1', '1');
    await a.command('SET', 'only-c-has-it', 'x'.repeat(20_000));
    await eventually(() => c.command('EXISTS', 'only-c-has-it')).toBe(1);
    await a.kill();
    const id = await bed.recover({ input: { promote: 'b' } });
    const gate = await stack.gate(id, 'failed:assess');
    expect(gate.error?.sentence.en).toMatch(/^c has 20\.\d kB more than b\.$/);
    await stack.decide(id, gate, 'sora', 'amend', { input: {} });
    await stack.approve(id, 'loss');
    expect((await stack.result(id)).status).toBe('recovered');
    expect(await rolesOf(bed.servers)).toEqual(['slave', 'slave', 'master']);
    for (const node of [a, b]) expect(await node.command('EXISTS', 'only-c-has-it')).toBe(1);
  });

  test('nobody that has priority 0', async () => {
    const bed = await linked();
    await bed.servers[1]!.command('CONFIG', 'SET', 'replica-priority', '0');
    await bed.servers[0]!.kill();
    const id = await bed.recover();
    const gate = await stack.gate(id, 'failed:assess');
    expect(gate.error).toMatchObject({
      code: 'may-not-promote',
      sentence: { en: 'No node could take over. b has priority 0: it is never to be promoted.' },
    });
    await stack.decide(id, gate, 'sora', 'roll-back');
    expect((await stack.result(id)).status).toBe('stopped');
  });

  test('whoever a person promoted already; the rest is done', async () => {
    const bed = await linked({ replicas: 2 });
    const [a, b] = bed.servers as [TestRedis, TestRedis];
    await a.kill();
    await b.command('REPLICAOF', 'NO', 'ONE');
    await b.command('SET', 'since', 'x');
    const id = await bed.recover({ input: { promote: 'b' } });
    const state = await stack.result(id);
    expect(state.status).toBe('recovered');
    expect(state.steps.find(({ name }) => name === 'promote')?.outcome).toBe('already-done');
    expect(await rolesOf(bed.servers)).toEqual(['slave', 'master', 'slave']);
    for (const node of bed.servers) expect(await node.command('EXISTS', 'since')).toBe(1);
  });
});

describe('what cannot be proven', () => {
  test('a live master that cannot be reached: refused, until two people take it on themselves; it is left out and reviewed', async () => {
    const bed = await linked({ declare: ({ nodes }) => ({ nodes: [{ ...nodes[0], port: unreachable }, nodes[1]] }) });
    const id = await bed.recover({ input: { bringBack: 'may' } });
    const gate = await stack.gate(id, 'failed:prove the fence');
    expect(gate.error?.code).toBe('safety-refused');
    expect(gate.error?.sentence.en).toContain('The fence is not proven: nobody can say whether a is gone.');
    expect(gate.error?.sentence.en).toContain('The fence is not proven: b still receives from its master.');
    expect([gate.need, gate.breakGlass]).toEqual([2, true]);
    await stack.decide(id, gate, 'ren', 'skip');
    expect(await rolesOf(bed.servers)).toEqual(['master', 'slave']);
    await stack.decide(id, gate, 'mio', 'skip');
    await stack.approve(id, 'loss');
    const state = await stack.result(id);
    await stack.record(id, 'redis-failover.not-proven');
    expect(state.status).toBe('recovered');
    expect(state.steps.find(({ name }) => name === 'prove the fence')?.outcome).toBe('skipped');
    const { sentence, evidence } = state.steps.find(({ name }) => name === 'bring back a')!;
    expect([sentence.en, evidence]).toEqual([expect.stringMatching(/^a is left as it is: /), { code: 'not-kept' }]);
    expect(await rolesOf(bed.servers)).toEqual(['master', 'master']);
  });

  test('servers that do not let us in: the name of the password is told, the password is not', async () => {
    const bed = await linked({
      declare: ({ controlled }) => ({ nodes: controlled, login: { password: { file: '/nowhere/canary-password' } } }),
    });
    const id = await bed.recover();
    const gate = await stack.gate(id, 'failed:assess');
    expect(gate.error).toMatchObject({ code: 'database-refused' });
    expect(gate.error?.sentence.en).toContain('/nowhere/canary-password is not there');
    await stack.decide(id, gate, 'sora', 'roll-back');
    expect(JSON.stringify(await stack.result(id))).not.toContain(bed.password);
  });
});

describe('an old master', () => {
  test('that nobody may start waits for a person, also where it may be left, as writes wait for it; it follows all the same', async () => {
    const bed = await linked({
      declare: ({ controlled }) => ({
        nodes: controlled.map(({ control: { start: _start, config: _config, ...control }, ...node }) => ({ ...node, control })),
      }),
    });
    const [a, b] = bed.servers as [TestRedis, TestRedis];
    await b.command('CONFIG', 'SET', 'min-replicas-to-write', '1');
    await a.kill();
    const id = await bed.recover({ input: { bringBack: 'may' } });
    await stack.approve(id, 'loss');
    const gate = await stack.gate(id, 'failed:bring back a');
    expect(gate.error?.code).toBe('node-not-started');
    await a.start();
    await stack.decide(id, gate, 'sora', 'retry');
    expect((await stack.result(id)).status).toBe('recovered');
    expect(await rolesOf(bed.servers)).toEqual(['slave', 'master']);
  });

  test('that anybody starts before it is brought back refuses writes', async () => {
    const bed = await linked();
    const [a] = bed.servers as [TestRedis];
    a.signal('SIGSTOP');
    const id = await bed.recover();
    const gate = await stack.gate(id, 'loss');
    await a.start();
    await expect(a.command('SET', 'split', 'x')).rejects.toThrow('READONLY');
    await stack.decide(id, gate, 'ren', 'approve');
    expect((await stack.result(id)).status).toBe('recovered');
    expect(await rolesOf(bed.servers)).toEqual(['slave', 'master']);
  });

  test('that was started as a replica before anybody looked is asked about all the same, and what it had is copied', async () => {
    const bed = await linked();
    const [a, b] = bed.servers as [TestRedis, TestRedis];
    await b.command('REPLICAOF', '127.0.0.1', '1');
    await a.command('SET', 'only-a-has-it', 'x');
    await a.kill();
    appendFileSync(a.control.config, 'replicaof 127.0.0.1 1\n');
    await a.start();
    const id = await bed.recover();
    await stack.approve(id, 'loss');
    const state = await stack.result(id);
    expect(state.status).toBe('recovered');
    expect(await rolesOf(bed.servers)).toEqual(['slave', 'master']);
    const kept = String(state.steps.find(({ name }) => name === 'bring back a')?.evidence?.['kept']);
    expect(readFileSync(join(stack.data, kept, 'dump.rdb')).includes('only-a-has-it')).toBe(true);
  });

  test('whose replica does not let it in is a failed step, and follows once that is mended', async () => {
    const bed = await linked();
    const [a] = bed.servers as [TestRedis];
    const id = await bed.recover();
    const gate = await stack.gate(id, 'fence');
    await a.command('CONFIG', 'SET', 'masterauth', 'wrong');
    await stack.decide(id, gate, 'ren', 'approve');
    const failed = await stack.gate(id, 'failed:bring back a');
    expect(failed.error).toMatchObject({ code: 'not-following', sentence: { en: 'a has no link to b after 10 s.' } });
    await a.command('CONFIG', 'SET', 'masterauth', bed.password);
    await stack.decide(id, failed, 'sora', 'retry');
    expect((await stack.result(id)).status).toBe('recovered');
  });

  test('whose failover was ended by force behind the promotion stays fenced, which stays open until the next one is verified', async () => {
    const bed = await linked();
    const [a] = bed.servers as [TestRedis];
    const lost = await bed.recover();
    const gate = await stack.gate(lost, 'fence');
    await a.command('CONFIG', 'SET', 'masterauth', 'wrong');
    await stack.decide(lost, gate, 'ren', 'approve');
    await stack.gate(lost, 'failed:bring back a');
    await stack.client.workflow.getHandle(lost).terminate('by force');
    const id = await bed.recover({ input: { promote: 'b' }, acknowledgeCoolDown: true });
    const failed = await stack.gate(id, 'failed:verify');
    const open = join(stack.data, 'records', openChangeKey(bed.id));
    expect(JSON.parse(readFileSync(open, 'utf8'))).toMatchObject({ undos: [{ activity: 'undoRedisFence' }] });
    await a.command('CONFIG', 'SET', 'masterauth', bed.password);
    await stack.decide(id, failed, 'sora', 'retry');
    expect((await stack.result(id)).status).toBe('recovered');
    expect([await rolesOf(bed.servers), existsSync(open)]).toEqual([['slave', 'master'], false]);
  });

  test('that keeps no append-only file is replaced like any other: what was wrong before is no reason to fail', async () => {
    const bed = await linked();
    for (const node of bed.servers) {
      await node.command('CONFIG', 'SET', 'appendonly', 'no');
      await node.command('CONFIG', 'REWRITE');
      rmSync(join(node.folder, 'appendonlydir'), { recursive: true });
    }
    await bed.servers[0]!.kill();
    const id = await bed.recover();
    await stack.approve(id, 'loss');
    expect((await stack.result(id)).status).toBe('recovered');
    expect(await bed.servers[0]!.command('EXISTS', 'lpr:1')).toBe(1);
  });

  test('whose replica does not keep up is fenced only as a failover, and people are told how much is missing', async () => {
    const bed = await linked();
    const [a, b] = bed.servers as [TestRedis, TestRedis];
    await b.command('REPLICAOF', '127.0.0.1', '1');
    await a.command('SET', 'only-a-has-it', 'x'.repeat(30_000));
    const id = await bed.recover({ reason: 'the machine of a has to go' });
    await stack.approve(id, 'fence');
    const gate = await stack.gate(id, 'loss');
    expect(gate.title.en).toMatch(/^b lacks the last 30\.\d kB that a wrote: they would be lost\.$/);
    await stack.decide(id, gate, 'ren', 'approve');
    const state = await stack.result(id);
    expect(state.status).toBe('recovered');
    expect(await a.command('EXISTS', 'only-a-has-it')).toBe(0);
    const kept = String(state.steps.find(({ name }) => name === 'bring back a')?.evidence?.['kept']);
    expect(readFileSync(join(stack.data, kept, 'dump.rdb')).includes('only-a-has-it')).toBe(true);
  });
});
