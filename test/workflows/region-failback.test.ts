/** There and back on real servers: home comes back to life, follows, and gets everything again without a loss. */
import { expect, onTestFinished, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import type { RecoveryState } from '../../domain/recovery.ts';
import { startPinnedWriters } from '../support/postgres/pinned-writers.ts';
import type { TestServer } from '../support/postgres/server.ts';
import type { TestRedis } from '../support/redis/server.ts';
import { startRegion, startWholeRegion, type RegionBed, type WholeRegionBed } from '../support/region/bed.ts';
import { startStoreStack, type StoreStack } from '../support/store-stack.ts';
import { openForFile } from '../support/open-for-file.ts';

let stack: StoreStack;

openForFile(async (server) => (stack = await startStoreStack(server)));

const scenario = 'region-failback';
/** CI goes once; a longer run goes as often as it is told. */
const rounds = Number(process.env['ROUND_TRIPS'] ?? 1);
const slow = { timeout: 120_000 * (1 + rounds) };

/** Agrees to everything that is asked; what failed on a busy machine is tried again. */
async function through(id: string): Promise<Awaited<ReturnType<StoreStack['result']>>> {
  for (;;) {
    const { status, waitingFor } = await stack.until(id, (now) => now.waitingFor.length > 0 || now.endedAt !== undefined, 90_000);
    const [gate] = waitingFor;
    if (gate === undefined) {
      expect(status).toBe('recovered');
      return stack.result(id);
    }
    await stack.decide(id, gate, 'ren', gate.kind === 'approval' ? 'approve' : 'retry');
    await stack.until(id, (now) => !now.waitingFor.some(({ digest }) => digest === gate.digest));
  }
}

test('home burns down and is rebuilt: it follows, gets everything back without a loss, and can be left again', slow, async () => {
  const bed = await startWholeRegion(stack);
  onTestFinished(() => bed.stop());
  for (let round = 1; round <= rounds; round++) {
    await bed.loseHome();
    await through(await bed.recover({ scenario: 'region-failover', acknowledgeCoolDown: true }));
    expect(await bed.whoWrites()).toEqual({ cluster: ['b'], cache: ['b'] });
    // As the machines come up again: everybody believes to be what he was.
    await Promise.all([bed.cluster.servers[0]!.start(), bed.cache.servers[0]!.start(), bed.proxies.home.start()]);
    if (round === 1) {
      expect(movesOf(await rehearse(bed))).toEqual(Array(4).fill(expect.stringMatching(/ is through\.$/)));
      await Promise.all([bed.cluster.servers[0]!.kill(), bed.cache.servers[0]!.kill()]);
      const first = 'Would first make a follow b; the move to a is planned once that is so.';
      expect(movesOf(await rehearse(bed)).slice(0, 2)).toEqual([first, first]);
    }
    const writers = await startPinnedWriters(bed.cluster);
    const id = await bed.recover({ scenario, acknowledgeCoolDown: true });
    const state = await through(id);
    await writers.stop();
    if (round === 1) await stack.record(id, scenario);
    expect(state.objectives.rpoAchieved).toBe(0);
    expect(await bed.whoWrites()).toEqual({ cluster: ['a'], cache: ['a'] });
    expect(writers.windowsWithTwo()).toEqual([]);
    const missing = await writers.missing(bed.cluster.servers[0]!);
    expect([...missing.before, ...missing.after]).toEqual([]);
    expect((await bed.whereUsersGo()).names).toEqual(Array(2).fill('prod-api.shodo.test.'));
    expect((await bed.whereUsersGo()).split).toMatch(/^prod 100 ready, dr \d+ drain$/);
  }
});

test(
  'two nodes on each side: the one that has most takes over there, and any of home here; all others follow',
  slow,
  async () => {
    const bed = await startWholeRegion(stack, { isPaired: true });
    onTestFinished(() => bed.stop());
    const [a, b, c, d] = bed.cluster.servers as TestServer[];
    const [first, second, third, fourth] = bed.cache.servers as TestRedis[];
    // Of each database c receives nothing any more, and d alone has what is written then.
    c!.set({ primary_conninfo: '' });
    await c!.sql('select pg_reload_conf()');
    await eventually(() => c!.sql('select from pg_stat_wal_receiver')).toEqual([]);
    await third!.command('REPLICAOF', '127.0.0.1', '1');
    await a!.sql('insert into t select generate_series(1, 10000)');
    await eventually(async () => (await d!.sql('select count(*)::int as rows from t'))[0]).toEqual({ rows: 10_010 });
    await first!.command('SET', 'only-d-has-it', 'x'.repeat(20_000));
    await eventually(() => fourth!.command('EXISTS', 'only-d-has-it')).toBe(1);
    await bed.loseHome();
    const away = await bed.recover({ scenario: 'region-failover' });
    const { plan } = await stack.gate(away, 'move');
    expect(plan!.changes.slice(0, 2).map(({ after }) => after)).toEqual(Array(2).fill('dr (one of c, d)'));
    const moved = await through(away);
    await stack.record(away, 'region-failover.paired');
    const said = (name: string, state = moved) =>
      state.steps.filter((one) => one.name === name).map(({ sentence }) => sentence.en);
    expect(said('choose the successor')[0]).toMatch(/^d takes over\. d has \d+\.\d [kM]B more of the log than c\. /);
    expect(said('assess')).toContainEqual(expect.stringMatching(/^d may be promoted.* d has 2\d\.\d kB more than c\.$/));
    expect(await bed.whoWrites()).toEqual({ cluster: ['d'], cache: ['d'] });

    await Promise.all([...[a!, b!, first!, second!].map((one) => one.start()), bed.proxies.home.start()]);
    const writers = await startPinnedWriters(bed.cluster);
    const state = await through(await bed.recover({ scenario, acknowledgeCoolDown: true }));
    await writers.stop();
    expect(state.objectives.rpoAchieved).toBe(0);
    const { cluster, cache } = await bed.whoWrites();
    for (const writes of [cluster, cache]) expect(writes).toEqual([expect.stringMatching(/^[ab]$/)]);
    expect(writers.windowsWithTwo()).toEqual([]);
    const primary = bed.cluster.servers.find(({ id }) => id === cluster[0])!;
    const missing = await writers.missing(primary);
    expect([...missing.before, ...missing.after]).toEqual([]);
    // Nobody is left behind, on either side.
    await eventually(() => primary.sql('select count(*)::int as standbys from pg_stat_replication')).toEqual([{ standbys: 3 }]);
    const master = bed.cache.servers.find(({ id }) => id === cache[0])!;
    await eventually(async () => ((await master.command('ROLE')) as unknown[][])[2]).toHaveLength(3);
  },
);

/** What it says about each member, waves one after the other. */
const movesOf = ({ steps }: RecoveryState): string[] =>
  steps.filter(({ path, name }) => path === '' && name.startsWith('move ')).map(({ sentence }) => sentence.en);

/** The way home as a plan. */
async function rehearse(bed: WholeRegionBed): Promise<RecoveryState> {
  const before = await bed.whoWrites();
  const id = await bed.recover({ scenario, mode: 'dry-run' });
  const state = await stack.result(id);
  const { status, steps } = state;
  expect([status, steps.filter(({ outcome }) => outcome === 'failed').map(({ name, sentence }) => [name, sentence.en])]).toEqual([
    'planned',
    [],
  ]);
  await stack.record(id, `${scenario}.dry-run`);
  expect(await bed.whoWrites()).toEqual(before);
  return state;
}

async function light(): Promise<RegionBed> {
  const bed = await startRegion(stack);
  onTestFinished(() => bed.stop());
  return bed;
}

test('home is not able yet: it is refused before anybody is asked', slow, async () => {
  const bed = await light();
  await through(await bed.recover({ scenario: 'region-failover' }));
  bed.proxies.home.probe = 'fails';
  const id = await bed.recover({ scenario });
  const refused = await stack.gate(id, 'failed:prove the side');
  expect(refused.title.en).toContain('web of home does not answer well (status 500).');
  await stack.decide(id, refused, 'sora', 'roll-back');
  expect((await stack.result(id)).status).toBe('stopped');
  await stack.record(id, `${scenario}.not-able`);
  expect((await bed.whereUsersGo()).names).toEqual(Array(2).fill('dr-api.shodo.test.'));
});

test('people say no: it stays where it is', slow, async () => {
  const bed = await light();
  await through(await bed.recover({ scenario: 'region-failover' }));
  const before = await bed.whereUsersGo();
  const id = await bed.recover({ scenario });
  await stack.decide(id, await stack.gate(id, 'move'), 'ren', 'reject');
  expect((await stack.result(id)).status).toBe('stopped');
  await stack.record(id, `${scenario}.rejected`);
  expect(await bed.whereUsersGo()).toEqual(before);
});

test('everything is at home already: nobody is asked, and it is verified', slow, async () => {
  const bed = await light();
  const id = await bed.recover({ scenario });
  const state = await stack.result(id);
  await stack.record(id, `${scenario}.already`);
  expect(state.status).toBe('recovered');
  expect((await stack.ledger(id)).filter(({ event }) => event === 'gate')).toEqual([]);
});
