/** redis-failover on real servers: whoever takes over, the old master takes no writes any more, and nothing is lost that nobody agreed to. */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { missingAt, rolesOf } from '../support/redis/questions.ts';
import type { TestRedis } from '../support/redis/server.ts';
import { startRedisStack, type RedisBed, type RedisStack } from '../support/redis/stack.ts';
import { startWriter } from '../support/redis/writer.ts';
import { outcomesOf } from '../support/recovery-driver.ts';
import { openForFile } from '../support/open-for-file.ts';

let stack: RedisStack;

openForFile(async (server) => (stack = await startRedisStack(server)));

const scenario = 'redis-failover';
const configOf = ({ control }: TestRedis): string => readFileSync(control.config, 'utf8');

/** Servers with 50 keys, which every replica has. */
async function filled(options?: Parameters<RedisStack['cache']>[0]): Promise<RedisBed> {
  const bed = await stack.cache(options);
  const [master, ...replicas] = bed.servers as [TestRedis, ...TestRedis[]];
  for (let n = 0; n < 50; n++) await master.command('SET', `lpr:${n}`, 'x');
  for (const replica of replicas) await eventually(() => replica.command('DBSIZE')).toBe(50);
  return bed;
}

describe('a master that does not answer', () => {
  test.each(['over TLS', 'over plain TCP'])(
    'was killed: it comes back as a replica with a copy of what it had, once people agreed to lose its last writes, %s',
    async (how) => {
      const isTls = how === 'over TLS';
      const clients = join(stack.folder, 'clients.env');
      const endpoints = [{ id: 'clients', kind: 'file', path: clients, text: 'REDIS={host}:{port}\n' }];
      const bed = await filled({ isTls, replicas: 2, declare: ({ controlled }) => ({ nodes: controlled, endpoints }) });
      const [a, b, c] = bed.servers as [TestRedis, TestRedis, TestRedis];
      await a.kill();
      const id = await bed.recover();
      const gate = await stack.gate(id, 'loss');
      expect(gate.title.en).toContain('nobody can say: a does not answer');
      expect(await rolesOf(bed.servers)).toEqual(['away', 'slave', 'slave']);
      await stack.decide(id, gate, 'ren', 'approve');
      const state = await stack.result(id);
      if (!isTls) await stack.record(id, scenario);
      expect(state.status).toBe('recovered');
      expect(outcomesOf(state)).toEqual(
        [
          ...['hold target', 'assess', 'fence', 'prove the fence', 'look at the loss', 'agree to the loss', 'promote', 'repoint'],
          ...['follow'],
          ...['bring back a', 'verify'],
        ].map((name) => [name, 'done']),
      );
      expect(await rolesOf(bed.servers)).toEqual(['slave', 'master', 'slave']);
      expect(readFileSync(clients, 'utf8')).toBe(`REDIS=127.0.0.1:${b.port}\n`);
      for (const node of [a, b, c]) await eventually(() => node.command('DBSIZE')).toBe(50);
    },
  );

  test('is frozen: it is killed, never woken, and whoever waits for its answer gets none', async () => {
    const bed = await filled();
    const [a, b] = bed.servers as [TestRedis, TestRedis];
    a.signal('SIGSTOP');
    const waiting = a.command('SET', 'too-late', 'x').then(
      () => 'acknowledged',
      () => 'refused',
    );
    const id = await bed.recover();
    await stack.approve(id, 'loss');
    const state = await stack.result(id);
    expect(state.status).toBe('recovered');
    expect(state.steps.find(({ name }) => name === 'fence')?.sentence.en).toBe('a takes no writes any more.');
    expect(await waiting).toBe('refused');
    expect(await rolesOf(bed.servers)).toEqual(['slave', 'master']);
    expect(await b.command('EXISTS', 'too-late')).toBe(0);
  });

  test('is frozen, and woken while people look at the plan: they are asked anew, and nothing is lost', async () => {
    const bed = await filled({ declare: ({ controlled }) => ({ nodes: controlled, approvals: { fence: { always: true } } }) });
    const [a, b] = bed.servers as [TestRedis, TestRedis];
    a.signal('SIGSTOP');
    const id = await bed.recover();
    const first = await stack.gate(id, 'fence');
    expect(first.title.en).toContain('a does not answer, and its process is there: it is killed.');
    a.signal('SIGCONT');
    await a.command('SET', 'woken', 'x');
    await stack.decide(id, first, 'ren', 'approve');
    await stack.until(id, ({ waitingFor }) => waitingFor[0] !== undefined && waitingFor[0].digest !== first.digest);
    const second = await stack.gate(id, 'fence');
    expect(second.title.en).toContain('a takes writes: it becomes a read-only replica of nobody.');
    await stack.decide(id, second, 'ren', 'approve');
    const state = await stack.result(id);
    expect([state.status, state.objectives.rpoAchieved]).toEqual(['recovered', 0]);
    expect(await rolesOf(bed.servers)).toEqual(['slave', 'master']);
    expect(await b.command('EXISTS', 'woken')).toBe(1);
  });

  test('and what it lacks is unknown: nobody agrees, and it serves again as before', async () => {
    const bed = await filled();
    const [a] = bed.servers as [TestRedis];
    const before = configOf(a);
    a.signal('SIGSTOP');
    const id = await bed.recover();
    const gate = await stack.gate(id, 'loss');
    expect(configOf(a)).toContain('replicaof 127.0.0.1 1');
    await stack.decide(id, gate, 'ren', 'reject');
    expect((await stack.result(id)).status).toBe('rolled-back');
    await stack.record(id, `${scenario}.rolled-back`);
    expect(await rolesOf(bed.servers)).toEqual(['master', 'slave']);
    expect(
      configOf(a)
        .split('\n')
        .filter((line) => line.startsWith('replicaof')),
    ).toEqual([]);
    expect(before).not.toContain('replicaof');
    expect(await a.command('DBSIZE')).toBe(50);
    await eventually(async () => (await bed.servers[1]!.command('INFO', 'replication')) as string).toContain(
      'master_link_status:up',
    );
  });
});

describe('a master that answers', () => {
  test('is stopped only after another person agreed; whoever is pinned to it is refused before anybody else takes writes', async () => {
    const bed = await filled();
    const [a, b] = bed.servers as [TestRedis, TestRedis];
    const pinned = [a, b].map((node) => startWriter(`pin:${node.id}`, [node], bed.password));
    const id = await bed.recover({ reason: 'its disk fails' });
    const gate = await stack.gate(id, 'fence');
    expect(gate.title.en).toContain('a answers: whoever writes to it is refused from then on.');
    await stack.decide(id, gate, 'ren', 'approve');
    const state = await stack.result(id);
    await stack.record(id, `${scenario}.answers`);
    await Promise.all(pinned.map((writer) => writer.stop()));
    expect([state.status, state.objectives.rpoAchieved]).toEqual(['recovered', 0]);
    const [atA, atB] = pinned.map(({ acknowledged }) => acknowledged) as [
      (typeof pinned)[0]['acknowledged'],
      (typeof pinned)[0]['acknowledged'],
    ];
    expect(atA.length).toBeGreaterThan(10);
    expect(atB.length).toBeGreaterThan(10);
    expect(atB[0]!.at).toBeGreaterThan(atA.at(-1)!.at);
    const keys = [...atA, ...atB].map(({ key }) => key);
    expect(await missingAt(b, keys)).toEqual([]);
  });

  test('goes on when that person says no', async () => {
    const bed = await filled();
    const before = bed.servers.map(configOf);
    const id = await bed.recover();
    await stack.decide(id, await stack.gate(id, 'fence'), 'ren', 'reject');
    expect((await stack.result(id)).status).toBe('stopped');
    await stack.record(id, `${scenario}.rejected`);
    expect(await rolesOf(bed.servers)).toEqual(['master', 'slave']);
    expect(bed.servers.map(configOf)).toEqual(before);
  });

  test('a dry run shows what would be done, and does none of it', async () => {
    const bed = await filled();
    const before = bed.servers.map(configOf);
    const id = await bed.recover({ mode: 'dry-run' });
    const state = await stack.result(id);
    await stack.record(id, `${scenario}.dry-run`);
    expect(state.status).toBe('planned');
    expect(state.steps.filter(({ outcome }) => outcome !== 'planned').map(({ name }) => name)).toEqual(['assess']);
    expect(await rolesOf(bed.servers)).toEqual(['master', 'slave']);
    expect(bed.servers.map(configOf)).toEqual(before);
  });
});

describe('a planned change', () => {
  test(
    'goes there and back three times under a writer: nobody is asked, and nothing that was acknowledged is missing',
    { timeout: 150_000 },
    async () => {
      const bed = await filled();
      const [a, b] = bed.servers as [TestRedis, TestRedis];
      const writer = startWriter('there-and-back', [a, b], bed.password);
      for (const promote of ['b', 'a', 'b', 'a', 'b', 'a']) {
        const id = await bed.recover({ input: { mode: 'switchover', promote }, acknowledgeCoolDown: true });
        const state = await stack.result(id);
        expect([state.status, state.objectives.rpoAchieved, state.timing.approvalMs]).toEqual(['recovered', 0, 0]);
        if (promote === 'b') await stack.record(id, `${scenario}.switchover`);
      }
      await writer.stop();
      expect(await rolesOf(bed.servers)).toEqual(['master', 'slave']);
      expect(new Set(writer.acknowledged.map(({ node }) => node))).toEqual(new Set(['a', 'b']));
      expect(
        await missingAt(
          a,
          writer.acknowledged.map(({ key }) => key),
        ),
      ).toEqual([]);
    },
  );

  test('whose replica stops listening while people decide: the master goes on taking writes, and a retry goes through', async () => {
    const approvals = { fence: { always: true } };
    const bed = await filled({ declare: ({ controlled }) => ({ nodes: controlled, approvals }) });
    const [a, b] = bed.servers as [TestRedis, TestRedis];
    const id = await bed.recover({ input: { mode: 'switchover' } });
    const gate = await stack.gate(id, 'fence');
    b.signal('SIGSTOP');
    await stack.decide(id, gate, 'ren', 'approve');
    const failed = await stack.gate(id, 'failed:fence');
    expect(failed.error?.code).toBe('database-refused');
    expect(failed.error?.sentence.en).toBe('b said: no answer within 2.5 s');
    expect(await a.command('SET', 'meanwhile', 'x')).toBe('OK');
    b.signal('SIGCONT');
    await stack.decide(id, failed, 'sora', 'retry');
    const state = await stack.result(id);
    expect([state.status, state.objectives.rpoAchieved]).toEqual(['recovered', 0]);
    expect(await b.command('EXISTS', 'meanwhile')).toBe(1);
  });

  test('whose replica falls behind while people decide is refused, with writes going on at once', async () => {
    const approvals = { fence: { always: true } };
    const bed = await filled({ replicas: 2, declare: ({ controlled }) => ({ nodes: controlled, approvals }) });
    const [a, b] = bed.servers as [TestRedis, TestRedis];
    const id = await bed.recover({ input: { mode: 'switchover', promote: 'b' } });
    const gate = await stack.gate(id, 'fence');
    await b.command('REPLICAOF', '127.0.0.1', '1');
    await a.command('SET', 'meanwhile', 'x');
    await stack.decide(id, gate, 'ren', 'approve');
    const failed = await stack.gate(id, 'failed:fence');
    expect(failed.error?.code).toBe('replica-behind');
    expect(failed.error?.sentence.en).toMatch(/^b still lacks \d+ bytes of a after 1 s without writes\.$/);
    expect(await a.command('SET', 'at-once', 'x')).toBe('OK');
    await stack.decide(id, failed, 'sora', 'roll-back');
    expect((await stack.result(id)).status).toBe('rolled-back');
    expect(await rolesOf(bed.servers)).toEqual(['master', 'slave', 'slave']);
  });

  test('is refused where not all is well, and changes nothing', async () => {
    const bed = await filled();
    await bed.servers[1]!.command('REPLICAOF', '127.0.0.1', '1');
    const id = await bed.recover({ input: { mode: 'switchover' } });
    const gate = await stack.gate(id, 'failed:assess');
    expect(gate.error?.sentence.en).toBe('Not all is well, and a planned change can wait: b has no link to its master.');
    await stack.decide(id, gate, 'sora', 'roll-back');
    expect((await stack.result(id)).status).toBe('stopped');
    expect(await rolesOf(bed.servers)).toEqual(['master', 'slave']);
  });
});

test('what the copy of an old master holds is what its disk held, though it comes up empty by itself', async () => {
  const bed = await filled();
  const [a] = bed.servers as [TestRedis];
  // The trap: the append-only file is switched on while its folder is missing, so that the snapshot is not read.
  await a.command('CONFIG', 'SET', 'appendonly', 'no');
  await a.command('SAVE');
  rmSync(join(a.folder, 'appendonlydir'), { recursive: true });
  const snapshot = readFileSync(join(a.folder, 'dump.rdb'));
  await a.kill();
  const id = await bed.recover();
  await stack.approve(id, 'loss');
  const state = await stack.result(id);
  expect(state.status).toBe('recovered');
  const kept = String(state.steps.find(({ name }) => name === 'bring back a')?.evidence?.['kept']);
  expect(readFileSync(join(stack.data, kept, 'dump.rdb'))).toEqual(snapshot);
  expect(await a.command('DBSIZE')).toBe(50);
});
