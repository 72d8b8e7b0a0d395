/** A lost region by hand: what the runbook does on the other side, as fast as a script can. */
import { setTimeout as delay } from 'node:timers/promises';
import type { TestServer } from '../../test/support/postgres/server.ts';
import type { WholeRegionBed } from '../../test/support/region/bed.ts';
import { followByHand } from './by-hand.ts';

/** As the inventory of the bed has them. */
const steps = [10, 50, 100];
const everyMs = 10;

/**
 * Databases side by side, then requests, then names until every server and the resolver say so, then the watch. Nothing is
 * fenced. Users ask the resolver all the time, also just before the names are changed: what it has kept runs out after the TTL.
 */
export async function moveByHand(
  bed: WholeRegionBed,
  { dwellMs, watchMs }: { readonly dwellMs: number; readonly watchMs: number },
): Promise<void> {
  await Promise.all([promoteCluster(bed), promoteCache(bed)]);
  const [proxy] = bed.proxies.proxies;
  for (const share of steps) {
    await proxy!.ask(`set server be/dr weight ${share}; set server be/prod weight ${100 - share}`);
    await delay(dwellMs);
  }
  bed.names.resolver.dig('api.shodo.test', 'CNAME');
  bed.names.nsupdate(
    ...['update delete api.shodo.test. CNAME', 'update add api.shodo.test. 2 CNAME dr-api.shodo.test.'],
    ...['update delete www.shodo.test. A', 'update add www.shodo.test. 2 A 198.51.100.10'],
  );
  for (const server of [...bed.names.servers, bed.names.resolver]) {
    while (server.dig('api.shodo.test', 'CNAME')[0] !== 'dr-api.shodo.test.') await delay(everyMs);
  }
  await delay(watchMs);
}

/** Promoted, written to, and the old primary behind it again. */
async function promoteCluster({ cluster }: WholeRegionBed): Promise<void> {
  const b = cluster.servers[1] as TestServer;
  await b.sql('select pg_promote(true, 30)');
  await b.sql('create table by_hand (n int)');
  await followByHand(cluster);
}

async function promoteCache({ cache: { servers } }: WholeRegionBed): Promise<void> {
  const [a, b] = servers;
  await b!.command('REPLICAOF', 'NO', 'ONE');
  await b!.command('SET', 'by-hand', '1');
  await a!.start();
  await a!.command('REPLICAOF', '127.0.0.1', String(b!.port));
  while (!String(await a!.command('INFO', 'replication')).includes('master_link_status:up')) await delay(everyMs);
}
