/** A database node dies at each step of a way back to a moment: it ends recovered with exactly the rows of the moment, or waits with a sentence until the node is back. */
import { readdirSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { createMoments } from '../support/moments.ts';
import { outlive, playAll, type Death } from '../support/node-deaths.ts';
import { startBackedUp, type BackedUp } from '../support/postgres/backed-up.ts';
import { until } from '../support/postgres/cluster.ts';
import { declareBackedUp, type BackedUpTarget } from '../support/postgres/declare.ts';
import { killServer } from '../support/postgres/freeze.ts';
import type { TestServer } from '../support/postgres/server.ts';
import { isPrimary } from '../support/postgres/questions.ts';
import { startAgain } from '../support/postgres/start-again.ts';
import { startStoreStack, type StoreStack } from '../support/store-stack.ts';
import { openForFile } from '../support/open-for-file.ts';

type Round = Death<'primary' | 'standby'>;
const rounds: readonly Round[] = [
  { at: 'findPostgresMoment', dies: 'primary' },
  { at: 'restorePostgresBeside', dies: 'primary' },
  { at: 'comparePostgresBeside', dies: 'primary' },
  { at: 'comparePostgresBeside', dies: 'standby' },
  { at: 'applyPostgresCutOver', dies: 'primary' },
  { at: 'applyPostgresCutOver', dies: 'standby' },
  { at: 'start: after', dies: 'primary' },
  { at: 'settle: before', dies: 'primary' },
  { at: 'settle: after', dies: 'primary' },
  { at: 'commitPostgres', dies: 'primary' },
  { at: 'rejoinPostgres b', dies: 'primary' },
  { at: 'verifyPostgresFailover', dies: 'primary' },
  { at: 'verifyPostgresFailover', dies: 'standby' },
  { at: 'takePostgresBackup', dies: 'primary' },
];

let stack: StoreStack;
const moments = createMoments('Postgres', { dataExchange: ['settle'], nodeControl: ['start'] });

openForFile(async (server) => (stack = await startStoreStack(server, moments.worker(server.address))));

interface Lane {
  readonly bed: BackedUp;
  readonly db: BackedUpTarget;
  timeline: number;
}

const keptOf = ({ folder }: TestServer): number =>
  readdirSync(dirname(folder)).filter((name) => name.startsWith(`${basename(folder)}.okiagari-old-`)).length;

/** The backup that a round leaves behind is the one that the next goes back from. */
async function play(lane: Lane, round: Round): Promise<string> {
  const { bed, db } = lane;
  const [primary, standby] = bed.servers as [TestServer, TestServer];
  const kept = keptOf(primary);
  await primary.sql('truncate t');
  await primary.sql('insert into t select generate_series(1, 20)');
  const [{ moment }] = (await primary.sql('select clock_timestamp()::text as moment')) as [{ moment: string }];
  await primary.sql('delete from t where n > 10');
  await bed.caughtUp();

  const victim = round.dies === 'primary' ? primary : standby;
  const { what, tell } = await outlive(stack, moments, round, {
    target: db.id,
    ports: bed.nodes.map(({ port }) => port),
    recover: () => db.recover({ scenario: 'postgres-pitr', input: { at: moment } }),
    kill: () => killServer(victim),
    startAgain: () => startAgain(victim),
  });

  const [found] = await primary.sql('select count(*)::int as rows, max(n) as last from t');
  expect(found, what).toEqual({ rows: 20, last: 20 });
  const [row] = await primary.sql<{ timeline: string }>('select substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) as timeline');
  expect(Number.parseInt(row!.timeline, 16), `${what}: one promotion, one timeline`).toBe(++lane.timeline);
  await until(primary, `select exists (select from pg_stat_replication where application_name = 'b' and state = 'streaming')`);
  expect(await isPrimary(standby), what).toBe(false);
  expect(keptOf(primary), `${what}: the database of before is kept once`).toBe(kept + 1);
  // An attempt that a busy machine gave up on tidies up when it comes to that.
  await eventually(() => readdirSync(bed.scratch)).toEqual([]);
  return tell();
}

test('a node that dies, whichever and whenever', { timeout: 900_000 }, async () => {
  await using tidy = new AsyncDisposableStack();
  const open = async (): Promise<Lane> => {
    const bed = await startBackedUp('base-backup', { standbys: 1 });
    tidy.defer(() => bed.stop());
    await bed.primary.sql('create table t (n int primary key)');
    const db = declareBackedUp(stack, bed);
    await db.takeBackup();
    return { bed, db, timeline: 1 };
  };
  const lanes = [await open(), await open()];
  await playAll(rounds, lanes, play);
});
