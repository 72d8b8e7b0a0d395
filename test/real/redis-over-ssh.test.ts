/** Redis servers as production has them: machines that are reached by ssh alone, services that systemd starts again whoever ends them. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { createRedisActivities } from '../../activities/redis/create-redis-activities.ts';
import { createRedisFailoverActivities } from '../../activities/redis/failover/create-redis-failover-activities.ts';
import { createPorts } from '../../adapters/ports.ts';
import { inventorySchema, type Inventory } from '../../contracts/inventory.ts';
import { eventually } from '../support/eventually.ts';
import { rolesOf } from '../support/redis/questions.ts';
import type { TestRedis, TestRedisServers } from '../support/redis/server.ts';
import { handOver, killForGood } from '../support/redis/service.ts';
import { startRedisStack, type RedisBed, type RedisStack } from '../support/redis/stack.ts';
import { createDriver } from '../support/recovery-driver.ts';
import { startSshd, type TestSshd } from '../support/sshd.ts';
import { startMachine, type TestMachine } from '../support/systemd/machine.ts';
import { openForFile } from '../support/open-for-file.ts';
import { freePort } from '../support/temporal-server.ts';

let machine: TestMachine;
let ssh: TestSshd;
let stack: RedisStack;
openForFile(async (server, tidy) => {
  machine = await startMachine();
  tidy.defer(() => machine.stop());
  ssh = await startSshd(machine);
  tidy.defer(() => ssh.clear());
  return (stack = await startRedisStack(server));
});

const slow = { timeout: 180_000 };
/** A login and the start of a Node for each thing that is asked of a machine. */
const gateOf = (id: string, name: string) => createDriver(stack.client, () => '', 150_000).gate(id, name);
const unitOf = ({ port }: Pick<TestRedis, 'port'>): string => `redis-server@${port}`;

interface Way {
  readonly run: string[];
  /** The machines of all nodes by that command, not of the master alone. */
  readonly isAll?: boolean;
  /** The inventory says how services are stopped. */
  readonly stops?: boolean;
}

const by = ({ run, isAll = false, stops = false }: Way, { controlled }: Pick<TestRedisServers, 'controlled'>) =>
  controlled.map((node, n) => {
    const [start, stop] = ['start', 'stop'].map((verb) => ['systemctl', verb, unitOf(node)]);
    const control = { ...node.control, kind: 'command', run, start, ...(stops && { stop }) };
    return isAll || n === 0 ? { ...node, control } : node;
  });
const configOf = ({ control }: TestRedis): string => readFileSync(control.config, 'utf8');

async function filled(way: Way): Promise<RedisBed> {
  const bed = await stack.cache({ declare: (servers) => ({ nodes: by(way, servers) }) });
  const [a, b] = bed.servers as [TestRedis, TestRedis];
  for (const one of way.isAll ? [a, b] : [a]) await handOver(one, machine, unitOf(one));
  await a.command('SET', 'lpr:1', 'x');
  await eventually(() => b.command('DBSIZE')).toBe(1);
  return bed;
}

/** The old master is written to by nobody any more when people are asked for the loss. */
async function failedOver(bed: RedisBed) {
  const before = ssh.calls().length;
  const id = await bed.recover();
  const gate = await gateOf(id, 'loss');
  const [a] = bed.servers as [TestRedis];
  expect(await rolesOf(bed.servers)).toEqual(['away', 'slave']);
  expect(configOf(a)).toContain('\nreplicaof 127.0.0.1 1\n');
  await stack.decide(id, gate, 'ren', 'approve');
  const state = await stack.result(id);
  expect(state.status).toBe('recovered');
  expect(await rolesOf(bed.servers)).toEqual(['slave', 'master']);
  expect(ssh.calls().length - before).toBeGreaterThan(5);
  const serves = /^process_id:(\d+)/m.exec(String(await a.command('INFO', 'server')))![1];
  expect(machine.service(unitOf(a))).toEqual({ state: 'active', serves: Number(serves) });
  return state;
}

test(
  'a master that died is proven gone, held, started again and made to follow by ssh; what it had lies beside its data',
  slow,
  async () => {
    const bed = await filled({ run: ssh.run(), isAll: true });
    const [a, b] = bed.servers as [TestRedis, TestRedis];
    await a.command('SET', 'only-a-has-it', 'x'.repeat(100));
    await a.command('SAVE');
    await killForGood(a, machine, unitOf(a));
    const snapshot = readFileSync(join(a.folder, 'dump.rdb'));
    const state = await failedOver(bed);
    const { evidence, sentence } = state.steps.find(({ name }) => name === 'bring back a')!;
    const kept = String(evidence?.['kept']);
    expect(kept).toMatch(new RegExp(`^127\\.0\\.0\\.1:${a.folder}\\.okiagari-kept/[^/]+/a$`));
    expect(sentence.en).toContain(kept);
    expect(readFileSync(join(kept.slice(kept.indexOf(':') + 1), 'dump.rdb'))).toEqual(snapshot);
    await b.command('SET', 'since', 'x');
    await eventually(() => a.command('EXISTS', 'since')).toBe(1);
  },
);

test('a master that is frozen is killed by ssh without being woken, and systemd is told to leave it', slow, async () => {
  const bed = await filled({ run: ssh.run(), stops: true });
  const [a, b] = bed.servers as [TestRedis, TestRedis];
  a.signal('SIGSTOP');
  const waiting = a.command('SET', 'too-late', 'x').then(
    () => 'acknowledged',
    () => 'refused',
  );
  const state = await failedOver(bed);
  expect(state.steps.find(({ name }) => name === 'fence')?.sentence.en).toBe('a takes no writes any more.');
  expect([await waiting, await b.command('EXISTS', 'too-late')]).toEqual(['refused', 0]);
});

test('a master that systemd starts again, because nobody says how its service is stopped, follows nobody', slow, async () => {
  const run = ssh.run();
  const bed = await filled({ run });
  const [a] = bed.servers as [TestRedis];
  const act = activitiesOf(bed, run, 'data-again');
  a.signal('SIGSTOP');
  const asked = { target: 'cache', recovery: 'cache~again', mode: 'failover' as const, successor: 'b' };
  const { plan } = await act.planRedisFence(asked);
  const order = { target: 'cache', plan: plan.ref, digest: plan.digest };
  await act.applyRedisFence(order);
  await eventually(() => rolesOf(bed.servers)).toEqual(['slave', 'slave']);
  const checks = await act.proveRedisFence(order);
  expect(checks.map(({ ok, sentence }) => [ok, sentence.en])).toContainEqual([true, 'a answers as a read-only replica.']);
});

test(
  'a machine that ssh does not get to proves nothing, and why is said: while all is well, and where the fence is to be proven',
  slow,
  async () => {
    const port = await freePort();
    const silent = createServer().listen(port, '127.0.0.1');
    const changed = ssh.run({ knownHosts: ssh.known('known_before', `${ssh.makeKey('host_before')}.pub`) });
    const ways = [
      { run: changed, why: 'ssh gave no answer: .*Host key verification failed' },
      { run: ssh.run({ key: ssh.makeKey('refused') }), why: String.raw`ssh gave no answer: .*Permission denied \(publickey\)` },
      { run: ssh.run({ port: await freePort() }), why: 'ssh gave no answer: .*Connection refused' },
      { run: ssh.run({ port }), why: 'ssh gave no answer within 5 s' },
    ];
    try {
      const bed = await filled({ run: changed });
      const [a] = bed.servers as [TestRedis];
      const worlds = ways.map((way, n) => ({ ...way, act: activitiesOf(bed, way.run, `data-${n}`) }));
      for (const { act, why } of worlds) {
        const symptoms = async () => (await act.diagnoseRedis({ target: 'cache' })).symptoms.map(({ sentence }) => sentence.en);
        await eventually(symptoms).toEqual([expect.stringMatching(`^The machine of a cannot be asked.*: ${why}`)]);
      }
      const [{ act: cut }] = worlds as [(typeof worlds)[0]];
      const sentence = { en: '', ja: '' };
      const assessed = { successor: 'a', isMaster: true, sentence, keys: 1, silent: [], symptoms: [] };
      const checks = await cut.verifyRedisFailover({ target: 'cache', assessed, leftOut: [] });
      expect(checks.filter(({ ok }) => !ok).map(({ id }) => id)).toEqual(['files']);
      await killForGood(a, machine, unitOf(a));
      for (const { act, why } of worlds) {
        const fence = { target: 'cache', recovery: 'cache~test', mode: 'failover' as const, successor: 'b' };
        const { plan } = await act.planRedisFence(fence);
        expect(plan.size.items).toBe(0);
        const [proof] = await act.proveRedisFence({ target: 'cache', plan: plan.ref });
        expect(proof).toMatchObject({ id: 'fence-a', ok: false });
        expect(proof!.sentence.en).toMatch(`The fence is not proven: nobody can say whether a is gone (ssh gave no answer`);
        expect(proof!.sentence.en).toMatch(new RegExp(why));
      }
      // Cut only when the plan was made: what is not done is said.
      const well = activitiesOf(bed, ssh.run(), 'data-0');
      const asked = { target: 'cache', recovery: 'cache~cut', mode: 'failover' as const, successor: 'b' };
      await eventually(async () => (await well.planRedisFence(asked)).plan.size.items).toBe(1);
      const { plan } = await well.planRedisFence(asked);
      const order = { target: 'cache', plan: plan.ref, digest: plan.digest };
      await expect(cut.applyRedisFence(order)).rejects.toMatchObject({
        type: 'fence-failed',
        message: expect.stringMatching(ways[0]!.why) as string,
      });
      const id = await bed.recover();
      const gate = await gateOf(id, 'failed:prove the fence');
      expect(gate.error?.code).toBe('safety-refused');
      expect(gate.error?.sentence.en).toMatch(new RegExp(ways[0]!.why));
      await stack.decide(id, gate, 'sora', 'roll-back');
      expect((await stack.result(id)).status).not.toBe('recovered');
      expect(await rolesOf(bed.servers)).toEqual(['away', 'slave']);
    } finally {
      silent.close();
    }
  },
);

function activitiesOf(bed: RedisBed, run: string[], data: string) {
  const inventory = inventorySchema().parse({
    version: 1,
    people: [{ id: 'hana', name: 'Hana', roles: ['operator'], token: { env: 'TOKEN' } }],
    targets: [{ id: 'cache', kind: 'redis', nodes: by({ run }, bed), login: { password: { env: 'REDIS' } } }],
  }) as Inventory;
  const folder = join(dirname(bed.servers[0]!.folder), data);
  const ports = createPorts({ inventory: () => inventory, data: folder, secret: () => bed.password });
  return { ...createRedisActivities(ports), ...createRedisFailoverActivities(ports) };
}
