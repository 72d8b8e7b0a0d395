/** A failover step by step on a real cluster: fence, proof, price, promotion, and the old primary back. */
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { readConnectionText, readSetting } from '../../../../adapters/postgres/connection-words.ts';
import { startCluster, type TestCluster } from '../../../support/postgres/cluster.ts';
import { giveToOwner } from '../../../support/postgres/server.ts';
import { failoverOf } from './world.ts';

let cluster: TestCluster;
afterEach(() => cluster.stop());

function makeEmptyLogFile(path: string): void {
  writeFileSync(path, '');
  truncateSync(path, 16 * 1024 * 1024);
  giveToOwner(path);
}

const count = async (server: TestCluster['servers'][number]): Promise<number> =>
  Number((await server.sql<{ count: string }>('select count(*) from t'))[0]!.count);

/** As a worker on another machine reaches it: by ssh there, by nothing here. */
const main = fileURLToPath(new URL('../../../../cli/main.ts', import.meta.url));
const byCommand = ({ nodes }: TestCluster): TestCluster['nodes'] =>
  nodes.map((node) => ({ ...node, control: { ...node.control!, kind: 'command', run: [process.execPath, main, 'node'] } }));

test.each(['here', 'by a command', 'here over TLS'] as const)(
  'a killed primary is fenced, its standby takes over without a loss, and it comes back by a rewind, controlled %s',
  { timeout: 240_000 },
  async (control) => {
    cluster = await startCluster({ isTls: control === 'here over TLS' });
    if (control === 'by a command') cluster = { ...cluster, nodes: byCommand(cluster) };
    const [a, b] = cluster.servers;
    await a!.sql('create table t (n int)');
    await a!.sql('insert into t select generate_series(1, 1000)');
    await cluster.caughtUp();
    const db = failoverOf(cluster);
    await a!.kill();
    const plan = await db.plan();
    expect(plan.summary.en).toBe('a is kept from writing, then b takes over.');
    expect(plan.needsPeople).toBeUndefined();
    expect(await db.fence(plan)).toEqual({ fenced: ['a'], beyondReach: [] });
    expect(await db.fence(plan), 'twice').toEqual({ fenced: ['a'], beyondReach: [] });
    expect(await db.prove(plan)).toEqual([expect.objectContaining({ id: 'fence-a', ok: true })]);
    expect(readFileSync(join(a!.folder, 'standby.signal'), 'utf8')).toBe('Fenced by Okiagari for db~test\n');
    const chosen = await db.choose(plan);
    expect(chosen).toMatchObject({ node: 'b', timeline: 1, isPrimary: false, loss: { isWithin: true, lostMs: 0 } });
    expect(await db.promote(plan, chosen)).toEqual({ timeline: 2, already: false });
    expect(await db.promote(plan, chosen), 'twice').toEqual({ timeline: 2, already: true });
    expect(await db.act.commitPostgres({ target: 'db', node: 'b' })).toMatchObject({ ms: expect.any(Number) as number });
    await b!.sql('insert into t select generate_series(1, 50)');
    expect(await db.rejoin('a', 'b', 2)).toEqual({ how: 'rewound' });
    expect(await db.rejoin('a', 'b', 2), 'twice').toEqual({ how: 'already' });
    await expect.poll(() => count(a!)).toBe(1_050);
    const checks = await db.verify('b', 2);
    expect(checks.filter(({ ok }) => !ok)).toEqual([]);
    expect(readFileSync(join(a!.folder, 'postgresql.auto.conf'), 'utf8')).not.toContain('canary');
    expect(existsSync(`${a!.folder}.okiagari`)).toBe(false);
    if (control !== 'here over TLS') return;
    // What its files tell it is as strict as we are.
    const words = readConnectionText(
      readSetting(readFileSync(join(a!.folder, 'postgresql.auto.conf'), 'utf8'), 'primary_conninfo')!,
    );
    expect(words).toMatchObject({
      host: 'b.db.test',
      hostaddr: '127.0.0.1',
      sslmode: 'verify-full',
      sslrootcert: cluster.tls!.ca.file,
    });
    const streams = 'select ssl from pg_stat_ssl join pg_stat_replication using (pid)';
    expect(await b!.sql(streams)).toEqual([{ ssl: true }]);
  },
);

test('a machine that could not be asked at first is told to stop its node, and by the second look it is proven', async () => {
  cluster = await startCluster();
  const [a] = cluster.servers;
  const away = `${cluster.folder}/away`;
  const busy = `${cluster.folder}/busy`;
  const unlessAway = `if rm ${busy} || test -e ${away}; then exit 1; fi; exec ${process.execPath} ${main} node`;
  const [first, ...others] = cluster.nodes;
  const run = ['sh', '-c', unlessAway];
  cluster = { ...cluster, nodes: [{ ...first!, control: { ...first!.control!, kind: 'command', run } }, ...others] };
  const db = failoverOf(cluster);
  await a!.kill();
  writeFileSync(away, '');
  const plan = await db.plan();
  expect(plan.changes[0]).toMatchObject({ path: 'fence of a', after: 'as it is: nobody can stop it from here' });
  expect(await db.fence(plan)).toEqual({ fenced: [], beyondReach: ['a'] });
  rmSync(away);
  expect(await db.fence(plan)).toEqual({ fenced: ['a'], beyondReach: [] });
  writeFileSync(busy, '');
  expect(await db.prove(plan)).toEqual([expect.objectContaining({ id: 'fence-a', ok: true })]);
  expect(existsSync(busy)).toBe(false);
  expect(await db.unfence(plan)).toEqual({ started: ['a'], stays: [] });
  expect(existsSync(join(a!.folder, 'standby.signal'))).toBe(false);
});

test(
  'a lost log is kept, and a node that cannot be rewound is copied anew, by a command and over TLS as well',
  { timeout: 240_000 },
  async () => {
    cluster = await startCluster({ isTls: true });
    cluster = { ...cluster, nodes: byCommand(cluster) };
    const [a, b] = cluster.servers;
    await a!.sql('create table t (n int)');
    await cluster.caughtUp();
    await b!.stop();
    await a!.sql('insert into t select generate_series(1, 10)');
    await a!.kill();
    await b!.start();
    // A server makes files ahead, and nothing is in them.
    for (let n = 0x40; n < 0x60; n++) {
      makeEmptyLogFile(`${a!.folder}/pg_wal/0000000100000000000000${n.toString(16).toUpperCase()}`);
    }
    const db = failoverOf(cluster);
    const plan = await db.plan();
    await db.fence(plan);
    const chosen = await db.choose(plan);
    expect(chosen.tail).toMatchObject({ commits: 1, rows: 10 });
    await db.promote(plan, chosen);
    // What a worker that died in the middle of a rewind leaves.
    mkdirSync(`${a!.folder}.okiagari`, { mode: 0o700 });
    giveToOwner(`${a!.folder}.okiagari`);
    for (const own of ['postgresql.auto.conf', 'server.crt', 'server.key']) {
      copyFileSync(join(a!.folder, own), join(`${a!.folder}.okiagari`, own));
    }
    writeFileSync(`${a!.folder}.okiagari/progress`, 'rewinding\n');
    const { how, keptFiles } = await db.rejoin('a', 'b', 2);
    expect([how, existsSync(join(keptFiles!, 'PG_VERSION'))]).toEqual(['rebuilt', true]);
    expect(await count(a!)).toBe(0);
    const into = await db.ports.nodeControl.keepLog(
      { ...cluster.nodes[0]!, control: { ...cluster.nodes[0]!.control!, data: keptFiles! } },
      1,
      chosen.position!,
      'test',
    );
    expect(readdirSync(into).every((name) => name.startsWith('00000001'))).toBe(true);
    expect(readdirSync(into).length).toBeGreaterThan(0);
  },
);

test('a command that reaches nobody proves nothing, and says why where something was to be done', async () => {
  cluster = await startCluster({ standbys: 0 });
  const [node] = cluster.nodes;
  const { nodeControl } = failoverOf(cluster).ports;
  const away = {
    ...node!,
    control: { ...node!.control!, kind: 'command' as const, run: ['/bin/sh', '-c', 'echo no route >&2; exit 255'] },
  };
  await expect(nodeControl.state(away)).rejects.toThrow('/bin/sh gave no answer: no route');
  const wrong = { ...away, port: 1, control: { ...away.control, run: [process.execPath, main, 'node'] } };
  await expect(nodeControl.fence(wrong, 'db~1')).rejects.toThrow(/has port \d+, not 1$/);
});
