/** postgres-failover where the primary is a pod of Kubernetes: real servers, as the machine of a small cluster starts and ends them. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { hasEnded, type RecoveryState } from '../../domain/recovery.ts';
import { startSmall } from '../support/kubernetes/cluster.ts';
import { startServerSet, waits } from '../support/kubernetes/server-set.ts';
import { startCluster } from '../support/postgres/cluster.ts';
import { declareCluster } from '../support/postgres/declare.ts';
import { postgresBin, runAsPostgres, type TestServer } from '../support/postgres/server.ts';
import { startStoreStack, type StoreStack } from '../support/store-stack.ts';
import { startTemporalServer, type TemporalServer } from '../support/temporal-server.ts';

let server: TemporalServer;
let stack: StoreStack;

beforeAll(async () => {
  server = await startTemporalServer();
  stack = await startStoreStack(server);
});
afterAll(async () => {
  await stack.stop();
  await server.stop();
});

const scenario = 'postgres-failover';
const slow = { timeout: 180_000 };
const sentence = ({ steps }: RecoveryState, step: string) => steps.find(({ name }) => name === step)?.sentence.en;
const isPrimary = async (node: TestServer): Promise<boolean> =>
  (await node.sql<{ is: boolean }>('select not pg_is_in_recovery() as is'))[0]!.is;

/** `a` is a pod, `b` its standby on a machine of its own. */
async function startAsPod() {
  const cluster = await startCluster();
  onTestFinished(() => cluster.stop());
  const [a, b] = cluster.servers as [TestServer, TestServer];
  await a.sql('create table t as select generate_series(1, 10) as n');
  await cluster.caughtUp();
  const happened: string[] = [];
  const pods = await startSmall({
    start: (pod) => a.start().then(() => void happened.push(`start ${pod}`)),
    end: (pod) => a.stop().then(() => void happened.push(`end ${pod}`)),
  });
  onTestFinished(() => pods.stop());
  const set = await startServerSet(pods);
  const token = join(stack.folder, set.control.statefulSet);
  writeFileSync(token, pods.token, { mode: 0o600 });
  const [first, second] = cluster.nodes;
  const nodes = [{ ...first!, control: { ...set.control, token: { file: token } } }, second!];
  const file = join(stack.folder, `${set.control.statefulSet}.env`);
  const endpoint = { id: 'app', kind: 'file', path: file, text: '{host}:{port}\n' };
  const db = declareCluster(stack, cluster, { nodes, more: `endpoints: ${JSON.stringify([endpoint])}` });
  const pod = `${set.control.statefulSet}-0`;
  /** As a pod that has the volume would: what it held goes, a copy of the new primary comes. */
  const remake = async (): Promise<void> => {
    const { user, password } = cluster.roles.replication;
    const source = `host=127.0.0.1 port=${second!.port} user=${user} application_name=a password=${cluster.secret(password)}`;
    rmSync(a.folder, { recursive: true });
    const args = ['-D', a.folder, '-d', source, '-X', 'stream', '-C', '-S', 'slot_a', '-R', '-c', 'fast'];
    await runAsPostgres(`${postgresBin()}/pg_basebackup`, args);
    a.set({ port: String(first!.port), primary_conninfo: source });
  };
  return { a, b, db, set, file, remake, happened, started: `start ${pod}`, ended: `end ${pod}`, port: second!.port };
}

test('its pod is kept from running before the standby takes over, its loss is agreed to, and it is left', slow, async () => {
  const { a, b, db, set, file, happened, started, ended, port } = await startAsPod();
  // Its container died; whether its machine starts it again in a moment nobody knows.
  await a.kill();
  const id = await db.recover({ scenario, input: { bringBack: 'may' } });
  const loss = await stack.gate(id, 'loss');
  expect(loss.plan?.summary.en).toMatch(
    /^b takes over\. What would be lost is unknown: no commit from before 20[\d:.TZ-]+, perhaps any after it\.$/,
  );
  expect([await isPrimary(b), existsSync(file)]).toEqual([false, false]);
  expect(happened).toEqual([started, ended]);
  await stack.decide(id, loss, 'ren', 'approve');
  const state = await stack.until(id, ({ status }) => hasEnded(status));
  expect(state.status).toBe('recovered');
  expect(sentence(state, 'fence')).toBe('a has no process any more: whoever starts it, it takes no writes.');
  expect(sentence(state, 'rejoin a')).toContain(
    `a is left as it is: a does not follow b, and its volume is not written from here: have it made a standby of b there, then take the fence, where one stands, out of the StatefulSet default/${set.control.statefulSet}`,
  );
  expect([await isPrimary(b), readFileSync(file, 'utf8')]).toEqual([true, `127.0.0.1:${port}\n`]);
  expect(waits(await set.pod())).toBe(true);
  expect(happened, 'never again').toEqual([started, ended]);
});

test('it is back once a person has made its volume anew and has taken the fence out', slow, async () => {
  const { a, b, db, set, remake } = await startAsPod();
  await a.kill();
  const id = await db.recover({ scenario });
  await stack.decide(id, await stack.gate(id, 'loss'), 'ren', 'approve');
  const left = await stack.gate(id, 'failed:rejoin a');
  await remake();
  await set.takeFenceOut();
  await expect.poll(() => isPrimary(a).catch(() => true)).toBe(false);
  await stack.decide(id, left, 'ren', 'retry');
  const state = await stack.until(id, ({ status, waitingFor }) => hasEnded(status) || waitingFor.length > 0);
  expect(state.status).toBe('recovered');
  expect(sentence(state, 'rejoin a')).toBe('a is a standby of b and receives its log (followed by itself).');
  expect(await isPrimary(b)).toBe(true);
});

test('on a machine that nobody hears it is not proven gone; once it is, an undo has it run as before', slow, async () => {
  const { a, b, db, set, happened, started, ended } = await startAsPod();
  const find = await set.loseMachine();
  await a.kill();
  const id = await db.recover({ scenario });
  const refused = await stack.gate(id, 'failed:prove the fence');
  expect(refused.error?.sentence.en).toContain('The fence of a is not proven: its processes run.');
  expect(refused).toMatchObject({ need: 2, breakGlass: true });
  expect(sentence(await stack.state(id), 'fence')).toBe('Nobody could be stopped from here. a is beyond reach.');
  await find();
  await set.until(waits);
  await stack.decide(id, refused, 'ren', 'retry');
  const loss = await stack.gate(id, 'loss');
  expect(happened).toEqual([started, ended]);
  await stack.decide(id, loss, 'ren', 'reject');
  const state = await stack.result(id);
  expect(state.status).toBe('rolled-back');
  expect([await isPrimary(a), await isPrimary(b)]).toEqual([true, false]);
  expect(happened).toEqual([started, ended, started]);
});

test('a planned move is refused before anything is stopped', slow, async () => {
  const { a, b, db, happened, started } = await startAsPod();
  const id = await db.recover({ scenario, input: { mode: 'switchover' } });
  const refused = await stack.gate(id, 'failed:fence');
  expect(refused.error?.code).toBe('switchover-refused');
  expect(refused.error?.sentence.en).toContain('The log of a cannot be read once it is stopped');
  await stack.decide(id, refused, 'hana', 'roll-back');
  await stack.result(id);
  expect([await isPrimary(a), await isPrimary(b), happened]).toEqual([true, false, [started]]);
});
