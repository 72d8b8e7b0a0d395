/** The PostgreSQL runbook by hand: promote, and bring the old primary back by pg_rewind. */
import { setTimeout as delay } from 'node:timers/promises';
import { startCluster, until, type TestCluster } from '../../test/support/postgres/cluster.ts';
import { killServer } from '../../test/support/postgres/freeze.ts';
import { runPostgres, type TestServer } from '../../test/support/postgres/server.ts';
import { timed } from '../side-by-side.ts';

type Fill = (primary: TestServer) => Promise<void>;

/** A cluster of its own, its primary dead. */
async function deadPrimary(fill?: Fill): Promise<{ cluster: TestCluster; a: TestServer; b: TestServer }> {
  const cluster = await startCluster();
  const [a, b] = cluster.servers as [TestServer, TestServer];
  await a.sql('create table by_hand (n int)');
  await fill?.(a);
  await cluster.caughtUp();
  killServer(a);
  await a.stop();
  return { cluster, a, b };
}

/** Milliseconds from the order to promote to the first commit. */
export async function promoteByHand(): Promise<number> {
  const { cluster, b } = await deadPrimary();
  try {
    return await timed(async () => {
      await b.sql('select pg_promote(true, 30)');
      await b.sql('insert into by_hand values (1)');
    });
  } finally {
    await cluster.stop();
  }
}

/** Milliseconds until the old primary streams from the new one. */
export async function rewindByHand(fill: Fill): Promise<number> {
  const { cluster, b } = await deadPrimary(fill);
  try {
    await b.sql('select pg_promote(true, 30)');
    await b.sql('insert into by_hand select generate_series(1, 1000)');
    return await timed(() => followByHand(cluster));
  } finally {
    await cluster.stop();
  }
}

/** The old primary, which died, streams from the new one again. */
export async function followByHand(cluster: TestCluster): Promise<void> {
  const [a, b] = cluster.servers as [TestServer, TestServer];
  await b.sql('checkpoint');
  // Crash recovery, and a clean end.
  await a.start();
  await a.stop();
  const password = cluster.secret(cluster.roles.replication.password)!;
  const source = `host=127.0.0.1 port=${b.port} user=repl dbname=postgres`;
  runPostgres('pg_rewind', ['-D', a.folder, `--source-server=${source}`, '-R'], { PGPASSWORD: password });
  a.set({
    port: String(a.port),
    primary_conninfo: `${source} password=${password} application_name=a`,
    primary_slot_name: 'slot_a',
  });
  await b.sql(`select pg_create_physical_replication_slot('slot_a', true)`);
  await a.start();
  await until(b, `select exists (select from pg_stat_replication where application_name = 'a' and state = 'streaming')`);
}

/** What a watch on the primary costs until it raises an alarm: a connection each half second, two that fail in a row. */
export async function untilMissed(server: TestServer): Promise<void> {
  for (let missed = 0; missed < 2;) {
    missed = await server.sql('select 1').then(
      () => 0,
      () => missed + 1,
    );
    if (missed < 2) await delay(500);
  }
}
