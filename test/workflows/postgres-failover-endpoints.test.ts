/** How clients follow a failover, by each kind of endpoint: a pool's file, servers of a proxy, a name. */
import { chownSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { endpointText } from '../../domain/endpoints/endpoint-text.ts';
import { leaseWorkflowId } from '../../domain/identity.ts';
import { hasEnded, type RecoveryState } from '../../domain/recovery.ts';
import { startNameServers } from '../support/dns/servers.ts';
import { declareZone } from '../support/dns/stack.ts';
import { startProxies } from '../support/haproxy/proxy.ts';
import { startCluster } from '../support/postgres/cluster.ts';
import { declareCluster } from '../support/postgres/declare.ts';
import { startPgBouncer } from '../support/postgres/pgbouncer.ts';
import { owner, type TestServer } from '../support/postgres/server.ts';
import { startStoreStack, type StoreStack } from '../support/store-stack.ts';
import { openForFile } from '../support/open-for-file.ts';
import { sentenceOf } from '../support/recovery-driver.ts';

let stack: StoreStack;

openForFile(async (server) => (stack = await startStoreStack(server)));

const scenario = 'postgres-failover';
const slow = { timeout: 120_000 };

async function startNodes() {
  const cluster = await startCluster();
  onTestFinished(() => cluster.stop());
  const a = cluster.servers[0] as TestServer;
  // A database without a table would be found empty.
  await a.sql('create table t as select generate_series(1, 10) as n');
  await cluster.caughtUp();
  return { cluster, a };
}

/** Fails at once where people would be asked. */
async function unattended(id: string): Promise<RecoveryState> {
  const state = await stack.until(id, ({ status, waitingFor }) => hasEnded(status) || waitingFor.length > 0);
  expect(state.waitingFor.map(({ title, error }) => [title.en, error?.sentence.en])).toEqual([]);
  return stack.result(id);
}

test('clients are led to the new primary, and it is seen where they connect', slow, async () => {
  const { a, cluster } = await startNodes();
  const text = '[databases]\n* = host={host} port={port}\n';
  const bouncer = await startPgBouncer('okiagari', cluster.password, endpointText({ text }, cluster.nodes[0]!));
  onTestFinished(() => bouncer.stop());
  if (owner) chownSync(bouncer.file, owner.uid, owner.gid);
  const via = { host: '127.0.0.1', port: bouncer.port };
  const endpoint = { id: 'pool', kind: 'file', path: bouncer.file, text, reload: bouncer.reload, via };
  const db = declareCluster(stack, cluster, { more: `endpoints: ${JSON.stringify([endpoint])}` });
  await a.kill();
  const id = await db.recover({ scenario });
  const state = await unattended(id);
  await stack.record(id, 'postgres-failover.endpoints');
  expect(state.status).toBe('recovered');
  expect(sentenceOf(state, 'repoint')).toBe('pool leads to b; seen through pool.');
  const [row] = await bouncer.sql<{ port: number }>('select inet_server_port() as port');
  expect(row!.port).toBe(cluster.nodes[1]!.port);
});

test('clients are led through a proxy and by a name, which the failover holds', slow, async () => {
  const { a, cluster } = await startNodes();
  const [first, second] = cluster.nodes.map(({ port }) => port) as [number, number];
  const proxies = await startProxies({ mode: 'tcp', before: [first, second] });
  onTestFinished(() => proxies.stop());
  const names = await startNameServers();
  onTestFinished(() => names.stop());
  const zone = declareZone(stack, names, 'names');
  const [proxy] = proxies.proxies;
  const front = {
    ...{ id: 'front', kind: 'haproxy', backend: 'be', servers: { a: 'prod', b: 'dr' } },
    proxies: proxies.declared['proxies'],
    via: { host: '127.0.0.1', port: proxy!.port },
  };
  const name = { id: 'name', kind: 'dns', zone: zone.id, switch: 'api', sides: { a: 'home', b: 'dr' } };
  const db = declareCluster(stack, cluster, { more: `endpoints: ${JSON.stringify([front, name])}` });
  await a.kill();
  const id = await db.recover({ scenario });
  const state = await unattended(id);
  await stack.record(id, 'postgres-failover.proxy-and-name');
  expect(state.status).toBe('recovered');
  const lease = await stack.client.workflow.getHandle(leaseWorkflowId(zone.id)).describe();
  expect([lease.parentExecution?.workflowId, lease.status.name]).toEqual([id, 'COMPLETED']);
  expect(sentenceOf(state, 'repoint')).toBe('front, name leads to b; seen through front.');
  expect(await proxy!.split()).toBe('prod 100 maint, dr 1 ready');
  expect(names.servers.flatMap((one) => one.dig('api.shodo.test', 'CNAME'))).toEqual(Array(2).fill('dr-api.shodo.test.'));
});
