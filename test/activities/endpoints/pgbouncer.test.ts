/** Clients that connect through PgBouncer reach the node that takes the writes, without knowing that there is more than one. */
import { chownSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { repoint } from '../../../activities/endpoints/repoint.ts';
import { createPorts } from '../../../adapters/ports.ts';
import type { EndpointSettings } from '../../../contracts/endpoint-settings.ts';
import { endpointText } from '../../../domain/endpoints/endpoint-text.ts';
import { eventually } from '../../support/eventually.ts';
import { startCluster, type TestCluster } from '../../support/postgres/cluster.ts';
import { startPgBouncer, type TestPgBouncer } from '../../support/postgres/pgbouncer.ts';
import { owner } from '../../support/postgres/server.ts';

const text = '[databases]\n* = host={host} port={port}\n';
let cluster: TestCluster;
let bouncer: TestPgBouncer;
beforeAll(async () => {
  cluster = await startCluster();
  await cluster.servers[0]!.sql('create table t (node text)');
  await cluster.servers[0]!.sql('grant insert on t to okiagari');
  await cluster.caughtUp();
  bouncer = await startPgBouncer('okiagari', cluster.password, endpointText({ text }, cluster.nodes[0]!));
});
afterAll(async () => {
  await bouncer?.stop();
  await cluster?.stop();
});

/** Port of the server that took a write of a new client. */
async function writerBehind(): Promise<number | string> {
  try {
    const [row] = await bouncer.sql<{ port: number }>('insert into t values (null) returning inet_server_port() as port');
    return row!.port;
  } catch (error) {
    return (error as Error).message;
  }
}

test('the next client after a failover writes to the new primary, and so does one that waited for it', async () => {
  const [a, b] = cluster.servers;
  if (owner) chownSync(bouncer.file, owner.uid, owner.gid);
  const endpoint: EndpointSettings = { id: 'pgbouncer', kind: 'file', path: bouncer.file, text, reload: [...bouncer.reload] };
  const ports = createPorts({ inventory: () => expect.unreachable(), data: cluster.folder, secret: () => undefined });
  const lead = (node: TestCluster['nodes'][number]) => repoint(ports, [endpoint], node);

  expect(await writerBehind()).toBe(a!.port);
  await a!.kill();
  const waiting = writerBehind();
  await b!.sql('select pg_promote(true, 30)');
  const before = readFileSync(bouncer.file, 'utf8');
  expect(await lead(cluster.nodes[1]!)).toEqual([{ endpoint: 'pgbouncer', outcome: 'changed', before }]);
  await eventually(writerBehind).toBe(b!.port);
  expect(await waiting).toBe(b!.port);
  expect(await lead(cluster.nodes[1]!), 'once more').toEqual([{ endpoint: 'pgbouncer', outcome: 'already' }]);
  expect(await writerBehind()).toBe(b!.port);
});
