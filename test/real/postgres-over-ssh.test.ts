/** A cluster as production has it: servers that speak TLS alone, machines that are reached by ssh alone. */
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { hasEnded } from '../../domain/recovery.ts';
import { failoverOf } from '../activities/postgres/failover/world.ts';
import { startCluster, type TestCluster } from '../support/postgres/cluster.ts';
import { declareCluster } from '../support/postgres/declare.ts';
import { owner, postgresBin, type TestServer } from '../support/postgres/server.ts';
import { startSshd, type TestSshd } from '../support/sshd.ts';
import { createDriver } from '../support/recovery-driver.ts';
import { startStoreStack } from '../support/store-stack.ts';
import { freePort, startTemporalServer } from '../support/temporal-server.ts';

let ssh: TestSshd;
let cluster: TestCluster;
beforeAll(async () => {
  ssh = await startSshd();
});
afterAll(() => ssh.stop());
afterEach(() => cluster.stop());

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

/** Does what the service manager of the other machine would: systemd does not run where tests do. */
function standInForSystemd(server: TestServer): { readonly start: string[]; readonly said: string } {
  const [program, said] = [join(ssh.folder, 'systemctl'), join(ssh.folder, 'systemctl.said')];
  const asOwner = owner ? `setpriv --reuid=${owner.uid} --regid=${owner.gid} --clear-groups ` : '';
  const start = `${asOwner}${postgresBin()}/pg_ctl -D ${server.folder} -w -s -l ${server.folder}/service.log start`;
  writeFileSync(program, `#!/bin/sh\necho "$*" >> ${said}\ncd / && exec ${start}\n`);
  chmodSync(program, 0o755);
  return { start: [program, 'start', 'postgresql@15-main'], said };
}

test('a primary that died is fenced, set up anew and started again over ssh, and every connection is by TLS', slow, async () => {
  cluster = await startCluster({ isTls: true });
  const [a, b] = cluster.servers as [TestServer, TestServer];
  await a.sql('create table t as select generate_series(1, 1000) as n');
  await cluster.caughtUp();
  const systemd = standInForSystemd(a);
  const declared = by(ssh.run(), { start: systemd.start });
  await expect.poll(() => symptomsOf(declared), { timeout: 30_000 }).toEqual([]);
  await a.kill();
  const server = await startTemporalServer();
  const stack = await startStoreStack(server);
  try {
    const id = await declareCluster(stack, declared).recover({ scenario: 'postgres-failover' });
    // A login and the start of a Node for each thing that is asked of a machine.
    const patient = createDriver(stack.client, () => '', 150_000);
    const now = await patient.until(id, ({ status, waitingFor }) => hasEnded(status) || waitingFor.length > 0);
    expect(now.waitingFor.map(({ title }) => title.en)).toEqual([]);
    const state = await stack.result(id);
    expect(state.status).toBe('recovered');
    expect(state.steps.find(({ name }) => name === 'rejoin a')?.sentence.en).toBe(
      'a is a standby of b and receives its log (was rewound).',
    );
  } finally {
    await stack.stop();
    await server.stop();
  }
  expect(ssh.calls().length).toBeGreaterThan(5);
  expect(readFileSync(systemd.said, 'utf8')).toBe('start postgresql@15-main\n');
  await b.sql('insert into t values (0)');
  await expect.poll(async () => (await a.sql('select from t')).length).toBe(1_001);
  expect(await b.sql('select ssl from pg_stat_ssl join pg_stat_replication using (pid)')).toEqual([{ ssl: true }]);
});

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
