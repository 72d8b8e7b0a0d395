/** A whole service on real servers of two sides: home is lost or left, and everything works on the other one, or is as it was. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { childWorkflowId, leaseWorkflowId } from '../../domain/identity.ts';
import type { RecoveryState, Step } from '../../domain/recovery.ts';
import { eventually } from '../support/eventually.ts';
import { get } from '../support/haproxy/client.ts';
import { outcomesOf } from '../support/recovery-driver.ts';
import { startRegion, startWholeRegion, type RegionBed } from '../support/region/bed.ts';
import { startCluster } from '../support/postgres/cluster.ts';
import { declareCluster } from '../support/postgres/declare.ts';
import type { TestServer } from '../support/postgres/server.ts';
import { startPinnedWriters } from '../support/postgres/pinned-writers.ts';
import { startStoreStack, type StoreStack } from '../support/store-stack.ts';
import { openForFile } from '../support/open-for-file.ts';

let stack: StoreStack;

openForFile(async (server) => (stack = await startStoreStack(server)));

const scenario = 'region-failover';
const slow = { timeout: 180_000 };
const gatesOf = async (id: string): Promise<string[]> => [
  ...new Set((await stack.ledger(id)).flatMap((entry) => (entry.event === 'gate' ? [entry.gate] : []))),
];
const agree = async (id: string): Promise<void> => void (await stack.decide(id, await stack.gate(id, 'move'), 'ren', 'approve'));
const atHome = { names: Array(2).fill('prod-api.shodo.test.'), split: 'prod 100 ready, dr 0 ready' };
const away = { names: Array(2).fill('dr-api.shodo.test.'), split: expect.stringMatching(/^prod \d+ drain, dr 100 ready$/) };

async function light(options: Parameters<typeof startRegion>[1] = {}): Promise<RegionBed> {
  const bed = await startRegion(stack, options);
  onTestFinished(() => bed.stop());
  return bed;
}

test('home burns down: after one approval and what cannot be known before, all of it works on the other side', slow, async () => {
  const bed = await startWholeRegion(stack);
  onTestFinished(() => bed.stop());
  const serial = bed.names.serial();
  await bed.loseHome();
  const id = await bed.recover({ scenario });
  const gate = await stack.gate(id, 'move');
  expect(gate.title.en).toMatch(/is moved to dr: 4 of 4 members, as in an outage\. home does not answer well \(web /);
  expect(gate.plan?.changes.map(({ path }) => path.slice(0, 2))).toEqual(['1.', '1.', '2.', '3.']);
  await agree(id);
  // A dead master leaves a gap that nobody can measure.
  const loss = await stack.gate(id, 'move cache-of-');
  expect(loss.gate).toMatch(/\/loss$/);
  await stack.decide(id, loss, 'ren', 'approve');
  const state = await stack.result(id);
  await stack.record(id, scenario);
  expect(state.status).toBe('recovered');
  expect(await bed.whoWrites()).toEqual({ cluster: ['b'], cache: ['b'] });
  expect(await bed.whereUsersGo()).toMatchObject(away);
  expect(bed.names.serial()).toBe(serial + 1);
  expect(await gatesOf(id)).toEqual(['move', loss.gate]);
  // How much the cache lost is unknown, so nobody says that the whole lost nothing.
  expect(state.objectives).toMatchObject({ metRto: true, metRpo: false });
  expect(state.objectives.rpoAchieved).toBeUndefined();
});

test(
  'a planned move loses nothing that was acknowledged, holds every member from its start, and moves databases side by side',
  slow,
  async () => {
    const bed = await startWholeRegion(stack);
    onTestFinished(() => bed.stop());
    const writers = await startPinnedWriters(bed.cluster);
    onTestFinished(() => writers.stop());
    const id = await bed.recover({ scenario, input: { planned: true } });
    await stack.gate(id, 'move');
    const { id: recovery } = await stack.state(id);
    for (const { target } of membersOf(bed.id)) {
      const lease = await stack.client.workflow.getHandle(leaseWorkflowId(target)).describe();
      expect(lease.memo?.['holder']).toMatchObject({ id: recovery });
    }
    await agree(id);
    const state = await stack.result(id);
    await writers.stop();
    await stack.record(id, `${scenario}.planned`);
    expect([state.status, state.objectives.rpoAchieved]).toEqual(['recovered', 0]);
    expect(await bed.whoWrites()).toEqual({ cluster: ['b'], cache: ['b'] });
    expect(writers.windowsWithTwo()).toEqual([]);
    const missing = await writers.missing(bed.cluster.servers[1]!);
    expect([...missing.before, ...missing.after]).toEqual([]);
    expect(await gatesOf(id)).toEqual(['move']);
    const [first, second] = ['db-', 'cache-of-'].map((name) => spanOf(state, `move ${name}`)) as [Span, Span];
    expect(Math.max(first.from, second.from)).toBeLessThan(Math.min(first.to, second.to));
    // Requests follow as soon as a commit went through: home comes back as a standby meanwhile.
    const [served, home, requests] = [inside(state, 'first commit'), inside(state, 'rejoin a'), spanOf(state, 'move edge-')];
    expect(requests.from).toBeGreaterThanOrEqual(served.to);
    expect(requests.from).toBeLessThan(home.to);
  },
);

interface Span {
  readonly from: number;
  readonly to: number;
}
const spanOf = ({ steps }: RecoveryState, name: string): Span =>
  timesOf(steps.find((one) => one.path === '' && one.name.startsWith(name))!);
const inside = ({ steps }: RecoveryState, name: string): Span => timesOf(steps.find((one) => one.name === name)!);
const timesOf = ({ startedAt, endedAt }: Step): Span => ({ from: Date.parse(startedAt), to: Date.parse(endedAt!) });
const membersOf = (id: string): { target: string }[] => {
  const lines = readFileSync(stack.inventoryFile, 'utf8').split('\n');
  const from = lines.indexOf(`  - id: ${id}`);
  return JSON.parse(
    lines
      .slice(from)
      .find((line) => line.startsWith('    members: '))!
      .slice('    members: '.length),
  ) as {
    target: string;
  }[];
};

test('people say no: nothing was changed, and the command that made the side able is taken back', slow, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'okiagari-side-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'scaled-up');
  const bed = await light({
    dr: { activate: { run: ['touch', file], undo: ['rm', '-f', file] }, ready: [{ id: 'scaled', run: ['test', '-f', file] }] },
  });
  const id = await bed.recover({ scenario });
  const gate = await stack.gate(id, 'move');
  expect(readFileSync(file, 'utf8')).toBe('');
  expect(gate.title.en).toContain('home answers well. `planned: true` would lose nothing');
  await stack.decide(id, gate, 'ren', 'reject');
  const state = await stack.result(id);
  await stack.record(id, `${scenario}.rejected`);
  expect(state.status).toBe('stopped');
  expect(outcomesOf(state)).toContainEqual(['activate the side', 'undone']);
  expect(() => readFileSync(file)).toThrow('ENOENT');
  expect(await bed.whereUsersGo()).toEqual(atHome);
});

test(
  'none of its nodes is able: each is told with its reason, and another one that a person names is not what people agreed to',
  slow,
  async () => {
    const cluster = await startCluster({ standbys: 3 });
    onTestFinished(() => cluster.stop());
    const [a, , c, d] = cluster.servers as TestServer[];
    const db = declareCluster(stack, cluster);
    const bed = await startRegion(stack, {}, [{ target: db.id, tier: 1, leads: { home: ['a', 'b'], dr: ['c', 'd'] } }]);
    onTestFinished(() => bed.stop());
    await Promise.all([c!.kill(), d!.kill()]);
    const id = await bed.recover({ scenario });
    await agree(id);
    const refused = await stack.gate(id, `move ${db.id}/failed:fence`);
    expect(refused.error).toMatchObject({
      code: 'nobody-to-promote',
      sentence: { en: 'None of c, d can take over. c does not answer. d does not answer.' },
    });
    await stack.decide(id, refused, 'sora', 'amend', { input: { promote: 'b' } });
    const gate = await stack.gate(id, `move ${db.id}/fence`);
    expect(gate.title.en).toBe('a is kept from writing, then b takes over. a takes writes and will be stopped.');
    await stack.decide(id, gate, 'ren', 'reject');
    expect((await stack.result(id)).status).toBe('stopped');
    await stack.record(childWorkflowId(id, `move ${db.id}`), 'postgres-failover.amended-inside');
    expect(await a!.sql('select pg_is_in_recovery() as standby')).toEqual([{ standby: false }]);
  },
);

test('a side that is not able is refused before anybody is asked; two people may override', slow, async () => {
  const bed = await light({ dr: { ready: [{ id: 'secrets', run: ['false'] }] } });
  const id = await bed.recover({ scenario });
  const refused = await stack.gate(id, 'failed:prove the side');
  expect(refused).toMatchObject({ need: 2, breakGlass: true, error: { code: 'safety-refused' } });
  expect(refused.title.en).toContain('dr: secrets is not ready (exit 1).');
  await stack.decide(id, refused, 'sora', 'roll-back');
  expect((await stack.result(id)).status).toBe('stopped');
  await stack.record(id, `${scenario}.not-able`);
});

test('a command that cannot make the side able is a failed step; mended, it goes on', slow, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'okiagari-side-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'below', 'scaled-up');
  const bed = await light({ dr: { activate: { run: ['touch', file] } } });
  const id = await bed.recover({ scenario });
  const failed = await stack.gate(id, 'failed:activate the side');
  expect(failed.error).toMatchObject({
    code: 'side-not-activated',
    sentence: { en: expect.stringContaining('exit 1: touch: cannot touch') },
  });
  await stack.decide(id, failed, 'sora', 'roll-back');
  expect((await stack.result(id)).status).toBe('stopped');
  await stack.record(id, `${scenario}.not-activated`);
});

test('a later member that fails and is rolled back takes the earlier ones back with it', slow, async () => {
  const bed = await light();
  await bed.names.servers[1].stop();
  const id = await bed.recover({ scenario });
  await agree(id);
  const failed = await stack.gate(id, 'move names-of-');
  await stack.decide(id, failed, 'sora', 'roll-back');
  const state = await stack.result(id);
  await stack.record(id, `${scenario}.rolled-back`);
  expect(state.status).toBe('rolled-back');
  expect(await bed.proxies.proxies[0]!.split()).toBe(atHome.split);
});

test(
  'names follow the requests while a session of the side that is left still goes on, and the end waits for it',
  slow,
  async () => {
    const bed = await light({ edge: { drain: '60s' } });
    const held = get(bed.proxies.proxies[0]!, '/held');
    await eventually(() => bed.proxies.home.held).toBe(1);
    const id = await bed.recover({ scenario });
    await agree(id);
    const begun = await stack.until(id, (now) => ['drain', 'move names-of-'].every((name) => stepOf(now, name)));
    expect(stepOf(begun, 'drain')?.outcome).toBe('running');
    await stack.until(id, (now) => stepOf(now, 'move names-of-')?.outcome === 'done');
    bed.proxies.home.release();
    expect(await held).toMatchObject({ status: 200, by: 'home' });
    expect((await stack.result(id)).status).toBe('recovered');
  },
);

const stepOf = ({ steps }: RecoveryState, name: string) => steps.find((one) => one.name.startsWith(name));

test('the side that gained falls ill while it is watched: the step waits for a person, and is watched anew', slow, async () => {
  const bed = await light({ fields: { watch: '1s', misses: 1 } });
  const id = await bed.recover({ scenario });
  await agree(id);
  await stack.until(id, ({ steps }) => steps.some(({ name, outcome }) => name === 'watch the side' && outcome === 'running'));
  bed.proxies.dr.probe = 'fails';
  const failed = await stack.gate(id, 'failed:watch the side');
  expect(failed.error).toMatchObject({ code: 'side-does-not-bear', sentence: { en: expect.stringContaining('web status 500') } });
  bed.proxies.dr.probe = 'well';
  await stack.decide(id, failed, 'sora', 'retry');
  const state = await stack.result(id);
  await stack.record(id, `${scenario}.ill`);
  expect(state.status).toBe('recovered');
});

test('a dry run names every member and changes nothing', slow, async () => {
  const bed = await light();
  const id = await bed.recover({ scenario, mode: 'dry-run' });
  const state = await stack.result(id);
  await stack.record(id, `${scenario}.dry-run`);
  expect(state.status).toBe('planned');
  const own = outcomesOf(state).filter(([name]) => !name.includes('/'));
  expect(own.map(([name]) => name.replace(/\d+$/, ''))).toEqual([
    ...['assess', 'prove the side', 'agree to the move', 'move edge-of-', 'move names-of-', 'watch the side', 'verify'],
  ]);
  expect(await bed.whereUsersGo()).toEqual(atHome);
});
