/** redis-restore on real servers: the keys of a backup are there again, on the master and its replicas, and what was there before leads back. */
import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { RecoveryState } from '../../domain/recovery.ts';
import { eventually } from '../support/eventually.ts';
import { rolesOf } from '../support/redis/questions.ts';
import type { TestRedis } from '../support/redis/server.ts';
import { startRedisStack, type RedisStack } from '../support/redis/stack.ts';
import { evidenceOf, outcomesOf } from '../support/recovery-driver.ts';
import { openForFile } from '../support/open-for-file.ts';

let stack: RedisStack;

openForFile(async (server) => (stack = await startRedisStack(server)));

const scenario = 'redis-restore';
const approved = async (id: string): Promise<RecoveryState> => {
  await stack.approve(id, 'restore');
  return stack.unattended(id);
};

/** 30 keys and a backup of them; then half of them are gone and one is wrong. */
async function spoiled(options: Parameters<RedisStack['cache']>[0] = {}) {
  const bed = await stack.cache({ isBackedUp: true, ...options });
  const [a, b] = bed.servers as [TestRedis, TestRedis];
  for (let n = 0; n < 30; n++) await a.command('SET', `lpr:${n}`, 'right');
  const backup = await bed.takeBackup();
  for (let n = 0; n < 15; n++) await a.command('DEL', `lpr:${n}`);
  await a.command('SET', 'lpr:20', 'wrong');
  await a.command('SET', 'later', 'x');
  await eventually(() => b.command('DBSIZE')).toBe(16);
  return { bed, backup, a, b };
}

test.each(['over TLS', 'over plain TCP'])(
  'all data is that of the backup, also at the replicas and after a restart, %s',
  async (how) => {
    const isTls = how === 'over TLS';
    const { bed, backup, a, b } = await spoiled({ isTls });
    const id = await bed.recover({ scenario });
    const gate = await stack.gate(id, 'restore');
    expect(gate.plan?.changes).toEqual([
      { action: 'overwrite', path: 'database 0', before: '16 keys', after: '30 keys (append-only)' },
    ]);
    expect(await a.command('DBSIZE')).toBe(16);
    await stack.decide(id, gate, 'ren', 'approve');
    const state = await stack.unattended(id);
    if (!isTls) await stack.record(id, scenario);
    expect(state.status).toBe('recovered');
    expect(outcomesOf(state)).toEqual(
      ['hold target', 'choose the backup', 'back up first', 'restore', 'verify'].map((name) => [name, 'done']),
    );
    expect(evidenceOf(state, 'choose the backup')).toMatchObject({ backup: backup.id, source: 'append-only', keys: 30 });
    expect(await rolesOf(bed.servers)).toEqual(['master', 'slave']);
    for (const node of [a, b]) {
      expect(await node.command('DBSIZE')).toBe(30);
      expect(await node.command('GET', 'lpr:20')).toBe('right');
    }
    expect(readdirSync(bed.scratch)).toEqual([]);
    await a.kill();
    await a.start();
    await eventually(() => rolesOf(bed.servers)).toEqual(['master', 'slave']);
    await eventually(() => a.command('DBSIZE')).toBe(30);
  },
);

test('the snapshot alone is enough; and what was there before is there again from its own backup', async () => {
  const { bed, a } = await spoiled();
  const first = await approved(await bed.recover({ scenario, input: { source: 'snapshot' } }));
  expect([first.status, await a.command('DBSIZE')]).toEqual(['recovered', 30]);
  const id = await bed.recover({ scenario, input: { backup: evidenceOf(first, 'back up first')?.['backup'] } });
  const second = await approved(id);
  expect([second.status, await a.command('DBSIZE'), await a.command('GET', 'lpr:20')]).toEqual(['recovered', 16, 'wrong']);
});

test('rejected, nothing was touched', async () => {
  const { bed, a } = await spoiled();
  const id = await bed.recover({ scenario });
  await stack.decide(id, await stack.gate(id, 'restore'), 'ren', 'reject');
  const state = await stack.result(id);
  await stack.record(id, 'redis-restore.rejected');
  expect([state.status, await a.command('DBSIZE'), await a.command('GET', 'later')]).toEqual(['stopped', 16, 'x']);
});

test('taken back behind it, what was there before is there again', async () => {
  const expectedKeys = [{ pattern: 'never:*', atLeast: 1 }];
  const { bed, a, b } = await spoiled({ declare: ({ controlled }) => ({ nodes: controlled, expectedKeys }) });
  const id = await bed.recover({ scenario });
  await stack.approve(id, 'restore');
  const refused = await stack.gate(id, 'failed:verify');
  expect(refused.error?.sentence.en).toContain('never:*');
  expect(refused.error?.sentence.en).toContain('never:*');
  expect(await a.command('DBSIZE')).toBe(30);
  await stack.decide(id, refused, 'hana', 'roll-back');
  const state = await stack.result(id);
  await stack.record(id, 'redis-restore.rolled-back');
  expect(state.status).toBe('rolled-back');
  for (const node of [a, b]) await eventually(() => node.command('GET', 'later')).toBe('x');
  expect([await a.command('DBSIZE'), await rolesOf(bed.servers)]).toEqual([16, ['master', 'slave']]);
});

test('without a backup that comes up there is nothing to restore', async () => {
  const bed = await stack.cache({ isBackedUp: true });
  const id = await bed.recover({ scenario });
  const refused = await stack.gate(id, 'failed:choose the backup');
  expect(refused.error?.code).toBe('no-backup');
  await stack.decide(id, refused, 'hana', 'roll-back');
  expect((await stack.result(id)).status).toBe('stopped');
});
