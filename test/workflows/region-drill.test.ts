/** Drills on real servers of two sides: home is really cut off, every criterion gets its verdict, and home is let back however it ends. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { cancelUpdate } from '../../domain/messages.ts';
import type { RecoveryState } from '../../domain/recovery.ts';
import { scoreDrill } from '../../domain/drill/score.ts';
import { eventually } from '../support/eventually.ts';
import { until } from '../support/postgres/cluster.ts';
import { startPinnedWriters } from '../support/postgres/pinned-writers.ts';
import type { TestServer } from '../support/postgres/server.ts';
import { outcomesOf } from '../support/recovery-driver.ts';
import { startRegion, startWholeRegion, type RegionBed, type WholeRegionBed } from '../support/region/bed.ts';
import { startStoreStack, type StoreStack } from '../support/store-stack.ts';
import { openForFile } from '../support/open-for-file.ts';

let stack: StoreStack;

openForFile(async (server) => (stack = await startStoreStack(server)));

const scenario = 'region-drill';
const slow = { timeout: 180_000 };
/** A side that is slow here is hundreds of times as slow; one that is not, on a busy machine, a few times. */
const tolerance = 50;
const atHome = { names: Array(2).fill('prod-api.shodo.test.'), split: expect.stringMatching(/^prod 100 ready, dr \d+ \w+$/) };
const away = { names: Array(2).fill('dr-api.shodo.test.'), split: expect.stringMatching(/^prod \d+ drain, dr 100 ready$/) };

async function sandbox(fields: Readonly<Record<string, unknown>> = {}): Promise<RegionBed> {
  const bed = await startRegion(stack, { drill: { fields: { tolerance, ...fields } } });
  onTestFinished(() => bed.stop());
  return bed;
}

/** Whether anybody at home answers. */
const answers = ({ proxies }: RegionBed): Promise<boolean> =>
  fetch(`http://127.0.0.1:${proxies.home.port}/probe`).then(
    () => true,
    () => false,
  );

/** Agrees to everything that is asked. */
async function through(id: string): Promise<RecoveryState> {
  for (;;) {
    const { waitingFor } = await stack.until(id, (now) => now.waitingFor.length > 0 || now.endedAt !== undefined, 90_000);
    const [gate] = waitingFor;
    if (gate === undefined) return stack.result(id);
    await stack.decide(id, gate, 'ren', gate.kind === 'approval' ? 'approve' : 'retry');
    await stack.until(id, (now) => !now.waitingFor.some(({ digest }) => digest === gate.digest));
  }
}

const verdictsOf = (state: RecoveryState): [string, boolean | null][] =>
  scoreDrill(state).criteria.map(({ id, met }) => [id, met]);
const all = ['switched', 'data', 'rto', 'rpo', 'checks', 'performance', 'way-home'] as const;
const allBut = (...missed: (typeof all)[number][]): [string, boolean][] => all.map((id) => [id, !missed.includes(id)]);

test(
  'home is cut off, all of it moves, home is let back, the way home is planned, and every criterion is met',
  slow,
  async () => {
    const bed = await sandbox();
    const id = await bed.recover({ scenario });
    const gate = await stack.gate(id, 'fail over/move');
    expect(gate.title.en).toContain('home does not answer well (web refused)');
    expect([bed.isolation!.isCut, await answers(bed)]).toEqual([true, false]);
    await stack.decide(id, gate, 'ren', 'approve');
    const state = await stack.result(id);
    await stack.record(id, scenario);
    expect(state.status).toBe('recovered');
    expect(scoreDrill(state)).toMatchObject({ passed: true, sentence: { en: 'Passed.' } });
    expect(verdictsOf(state)).toEqual(allBut());
    expect(await bed.whereUsersGo()).toMatchObject(away);
    expect([bed.isolation!.isCut, bed.isolation!.cuts, await answers(bed)]).toEqual([false, 1, true]);
    const planned = state.steps.find(({ name }) => name === 'plan the way home')!;
    expect(planned.sentence.en).toMatch(/is moved to home: 2 of 2 members, planned\./);
    const kept = join(stack.data, 'records', planned.evidence!['ref'] as string);
    expect(existsSync(kept), kept).toBe(true);
  },
);

test('a side that answers much later misses performance, and nothing else', slow, async () => {
  const bed = await sandbox({ requests: 10 });
  const id = await bed.recover({ scenario });
  const gate = await stack.gate(id, 'fail over/move');
  bed.proxies.dr.probe = 'slow';
  await stack.decide(id, gate, 'ren', 'approve');
  const state = await stack.result(id);
  await stack.record(id, `${scenario}.slow`);
  expect(state.status).toBe('recovered');
  expect(verdictsOf(state)).toEqual(allBut('performance'));
  expect(scoreDrill(state)).toMatchObject({ passed: false, sentence: { en: 'Failed: performance.' } });
});

test(
  'a primary that dies with commits that its standby never got: the score tells so many as are missing, and misses nothing else',
  slow,
  async () => {
    const also = {
      async cut() {
        const [a, b] = bed.cluster.servers as [TestServer, TestServer];
        await b.sql("alter system set primary_conninfo = ''");
        await b.sql('select pg_reload_conf()');
        await until(b, 'select count(*) = 0 from pg_stat_wal_receiver');
        const before = writers.acknowledged('a').length;
        await eventually(() => writers.acknowledged('a').length).toBeGreaterThan(before + 3);
        await a.kill();
      },
      mend: () => bed.cluster.servers[0]!.start(),
    };
    const bed: WholeRegionBed = await startWholeRegion(stack, { drill: { fields: { tolerance }, also } });
    onTestFinished(() => bed.stop());
    const writers = await startPinnedWriters(bed.cluster);
    onTestFinished(() => writers.stop());
    const id = await bed.recover({ scenario });
    const state = await through(id);
    await writers.stop();
    await stack.record(id, `${scenario}.whole`);
    expect(state.status).toBe('recovered');
    expect(await bed.whoWrites()).toEqual({ cluster: ['b'], cache: ['b'] });
    expect(writers.windowsWithTwo()).toEqual([]);
    const missing = await writers.missing(bed.cluster.servers[1]!);
    const lost = [...missing.before, ...missing.after].length;
    expect(lost).toBeGreaterThan(3);
    expect(verdictsOf(state)).toEqual(allBut('data'));
    const { sentence } = scoreDrill(state).criteria.find((one) => one.id === 'data')!;
    // The last one may be in the log, and its writer have died of it before he heard.
    expect([lost, lost + 1]).toContain(Number(/^(\d+) commits/.exec(sentence.en)?.[1]));
  },
);

test('on what is no sandbox it does not begin: nothing is cut off, and it names who would be touched', slow, async () => {
  const file = join(stack.folder, 'production-is-cut-off');
  const isolate = { run: ['touch', file], undo: ['rm', '-f', file] };
  const bed = await startRegion(stack, { fields: { sandbox: true, drill: { isolate } } });
  onTestFinished(() => bed.stop());
  const id = await bed.recover({ scenario });
  const { error } = await stack.gate(id, 'failed:prepare the drill');
  expect(error?.code).toBe('drill-refused');
  expect(error?.sentence.en).toMatch(/^Production is never touched: edge-of-\d+ is not declared .*; names-of-\d+ is not/);
  await stack.decide(id, (await stack.state(id)).waitingFor[0]!, 'sora', 'roll-back');
  expect((await stack.result(id)).status).toBe('stopped');
  await stack.record(id, `${scenario}.no-sandbox`);
  expect(existsSync(file)).toBe(false);
});

test('cancelled while the other side is watched: all of it is at home again, and home is let back', slow, async () => {
  const bed = await startRegion(stack, { fields: { watch: '3s' }, drill: {} });
  onTestFinished(() => bed.stop());
  const id = await bed.recover({ scenario });
  await stack.decide(id, await stack.gate(id, 'fail over/move'), 'ren', 'approve');
  await stack.until(id, ({ steps }) => steps.some(({ name, outcome }) => name === 'watch the side' && outcome === 'running'));
  expect([await answers(bed), await bed.whereUsersGo()]).toEqual([false, expect.objectContaining(away)]);
  const cancel = { by: 'sora', reason: 'enough' };
  await stack.client.workflow.getHandle(id).executeUpdate(cancelUpdate, { args: [cancel] });
  const state = await stack.result(id);
  await stack.record(id, `${scenario}.cancelled`);
  expect([state.status, scoreDrill(state).passed]).toEqual(['rolled-back', false]);
  expect(outcomesOf(state)).toContainEqual(['isolate home', 'undone']);
  expect([bed.isolation!.isCut, await answers(bed)]).toEqual([false, true]);
  expect(await bed.whereUsersGo()).toMatchObject(atHome);
});

test(
  'terminated while home is cut off: the next one lets home back before it begins, and people who say no have it back at once',
  slow,
  async () => {
    const bed = await sandbox();
    const lost = await bed.recover({ scenario });
    await stack.gate(lost, 'fail over/move');
    await stack.client.workflow.getHandle(lost).terminate('by force');
    expect(await answers(bed)).toBe(false);
    const id = await bed.recover({ scenario });
    const gate = await stack.gate(id, 'fail over/move');
    expect(outcomesOf(await stack.state(id))).toContainEqual(['settle open change', 'done']);
    expect(bed.isolation!.cuts).toBe(2);
    await stack.decide(id, gate, 'ren', 'reject');
    expect((await stack.result(id)).status).toBe('stopped');
    await stack.record(id, `${scenario}.rejected`);
    expect([await answers(bed), await bed.whereUsersGo()]).toEqual([true, expect.objectContaining(atHome)]);
  },
);

test('a command that does not cut home off is a failed step: nothing is moved from a side that still serves', slow, async () => {
  const bed = await sandbox({ isolate: { run: ['true'], undo: ['true'], within: '1s' } });
  const id = await bed.recover({ scenario });
  const failed = await stack.gate(id, 'failed:isolate home');
  expect(failed.error).toMatchObject({ code: 'isolation-failed', sentence: { en: 'home is to be cut off, and still answers.' } });
  await stack.decide(id, failed, 'sora', 'roll-back');
  expect((await stack.result(id)).status).toBe('stopped');
  await stack.record(id, `${scenario}.not-isolated`);
  expect(await bed.whereUsersGo()).toMatchObject(atHome);
});

test('a dry run measures and plans, cuts nothing off, and has no score', slow, async () => {
  const bed = await sandbox();
  const id = await bed.recover({ scenario, mode: 'dry-run' });
  const state = await stack.result(id);
  await stack.record(id, `${scenario}.dry-run`);
  expect([state.status, scoreDrill(state).passed]).toEqual(['planned', null]);
  expect([bed.isolation!.cuts, await answers(bed), await bed.whereUsersGo()]).toEqual([0, true, expect.objectContaining(atHome)]);
});
