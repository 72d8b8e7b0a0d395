/** A cluster as production has it: servers that speak TLS alone, machines that are reached by ssh alone, services that systemd runs. */
import { createServer } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { readPidFile } from '../../adapters/postgres/server-processes.ts';
import { hasEnded } from '../../domain/recovery.ts';
import type { RecoveryState } from '../../domain/recovery.ts';
import { failoverOf } from '../activities/postgres/failover/world.ts';
import { startCluster, type TestCluster } from '../support/postgres/cluster.ts';
import { declareCluster } from '../support/postgres/declare.ts';
import type { TestServer } from '../support/postgres/server.ts';
import { debianUnit, handOver, restartingUnit, signalAll } from '../support/postgres/service.ts';
import { startSshd, type TestSshd } from '../support/sshd.ts';
import { startMachine, type TestMachine } from '../support/systemd/machine.ts';
import { createDriver } from '../support/recovery-driver.ts';
import { startStoreStack, type StoreStack } from '../support/store-stack.ts';
import { openForFile } from '../support/open-for-file.ts';
import { freePort } from '../support/temporal-server.ts';

let machine: TestMachine;
let ssh: TestSshd;
let stack: StoreStack;
let cluster: TestCluster;
openForFile(async (server, tidy) => {
  machine = await startMachine();
  tidy.defer(() => machine.stop());
  ssh = await startSshd(machine);
  tidy.defer(() => ssh.clear());
  return (stack = await startStoreStack(server));
});
afterEach(async () => {
  machine.run('systemctl', 'stop', 'postgresql@*');
  await cluster.stop();
});

const slow = { timeout: 180_000 };
const symptomsOf = async (of: TestCluster): Promise<string[]> => {
  const { symptoms } = await failoverOf(of).act.diagnosePostgres({ target: 'db' });
  return symptoms.map(({ id, sentence }) => `${id}: ${sentence.en}`);
};
/** The machine of the first node by that command, the others' as they are. */
const by = (run: string[], more: object = {}): TestCluster => ({
  ...cluster,
  nodes: cluster.nodes.map((node, n) =>
    n === 0 ? { ...node, control: { ...node.control!, kind: 'command', run, ...more } } : node,
  ),
});

const unit = 'postgresql@15-main';
const start = ['systemctl', 'start', unit];
const stop = ['systemctl', 'stop', unit];

/** A failover to its end, for which nobody is asked. */
async function recover(declared: TestCluster): Promise<RecoveryState> {
  const id = await declareCluster(stack, declared).recover({ scenario: 'postgres-failover' });
  // A login and the start of a Node for each thing that is asked of a machine.
  const patient = createDriver(stack.client, () => '', 150_000);
  const now = await patient.until(id, ({ status, waitingFor }) => hasEnded(status) || waitingFor.length > 0);
  expect(now.waitingFor.map(({ title }) => title.en)).toEqual([]);
  const state = await stack.result(id);
  expect(state.status).toBe('recovered');
  return state;
}

/** It runs, and systemd knows by which process: one that it started itself. */
async function expectService({ folder }: TestServer): Promise<void> {
  expect(machine.service(unit)).toEqual({ state: 'active', serves: (await readPidFile(folder))!.pid });
}

test('a primary that died is fenced, set up anew and started again over ssh, and every connection is by TLS', slow, async () => {
  cluster = await startCluster({ isTls: true });
  const [a, b] = cluster.servers as [TestServer, TestServer];
  await handOver(a, machine, unit, debianUnit(a));
  await a.sql('create table t as select generate_series(1, 1000) as n');
  await cluster.caughtUp();
  const declared = by(ssh.run(), { start });
  await expect.poll(() => symptomsOf(declared), { timeout: 30_000 }).toEqual([]);
  await signalAll(a, 'SIGKILL');
  await expect.poll(() => machine.service(unit)).toEqual({ state: 'failed', serves: 0 });
  const state = await recover(declared);
  expect(state.steps.find(({ name }) => name === 'rejoin a')?.sentence.en).toBe(
    'a is a standby of b and receives its log (was rewound).',
  );
  expect(ssh.calls().length).toBeGreaterThan(5);
  await expectService(a);
  await b.sql('insert into t values (0)');
  await expect.poll(async () => (await a.sql('select from t')).length).toBe(1_001);
  expect(await b.sql('select ssl from pg_stat_ssl join pg_stat_replication using (pid)')).toEqual([{ ssl: true }]);
});

test(
  'a primary that is frozen is killed; systemd, which would start it again, is told not to, and nothing is lost',
  slow,
  async () => {
    cluster = await startCluster();
    const [a, b] = cluster.servers as [TestServer, TestServer];
    await handOver(a, machine, unit, restartingUnit(a));
    await a.sql('create table t as select generate_series(1, 1000) as n');
    await cluster.caughtUp();
    await signalAll(a, 'SIGSTOP');
    const state = await recover(by(ssh.run(), { start, stop }));
    expect(state.steps.map(({ sentence }) => sentence.en)).toEqual(
      expect.arrayContaining([
        'a has no process any more: whoever starts it, it takes no writes.',
        'b takes over. No commit is lost.',
        'a is a standby of b and receives its log (was rewound).',
      ]),
    );
    await expectService(a);
    await b.sql('insert into t values (0)');
    await expect.poll(async () => (await a.sql('select from t')).length).toBe(1_001);
  },
);

test(
  'a machine that ssh does not get to proves nothing: why is said while all is well, and where the fence is to be proven',
  slow,
  async () => {
    cluster = await startCluster();
    const [a] = cluster.servers as [TestServer];
    const port = await freePort();
    const silent = createServer().listen(port, '127.0.0.1');
    const known = ssh.known('known_before', `${ssh.makeKey('host_before')}.pub`);
    const ways = [
      { way: ssh.run({ key: ssh.makeKey('refused') }), why: /ssh gave no answer: .*Permission denied \(publickey\)/ },
      { way: ssh.run({ knownHosts: known }), why: /ssh gave no answer: .*Host key verification failed/ },
      { way: ssh.run({ port }), why: /ssh gave no answer within 5 s/ },
    ];
    try {
      for (const { way, why } of ways) {
        const found = await symptomsOf(by(way));
        expect(found).toEqual([expect.stringMatching(/^machine-unreachable: The machine of a cannot be asked/)]);
        expect(found[0]).toMatch(why);
      }
      await a.kill();
      for (const { way, why } of ways) {
        const db = failoverOf(by(way));
        const plan = await db.plan();
        expect(await db.fence(plan)).toEqual({ fenced: [], beyondReach: ['a'] });
        const [proof] = await db.prove(plan);
        expect(proof).toMatchObject({ id: 'fence-a', ok: false });
        expect(proof!.sentence.en).toMatch(
          /^The fence of a is not proven: it does not answer, and nobody can say whether it is gone \(/,
        );
        expect(proof!.sentence.en).toMatch(why);
      }
    } finally {
      silent.close();
    }
  },
);
