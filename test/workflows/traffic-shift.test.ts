/** traffic-shift on real proxies with users who ask the whole time: shifted step by step, back by itself where the new side errs, and exactly undone. */
import { expect, onTestFinished, test } from 'vitest';
import { cancelUpdate } from '../../domain/messages.ts';
import { startCdnBefore } from '../support/dns/cdn.ts';
import { countBy, get, startUsers } from '../support/haproxy/client.ts';
import type { TestProxy } from '../support/haproxy/proxy.ts';
import { startTrafficStack, type TrafficStack } from '../support/haproxy/stack.ts';
import { eventually } from '../support/eventually.ts';
import { outcomesOf, sentenceOf } from '../support/recovery-driver.ts';
import { openForFile } from '../support/open-for-file.ts';

let stack: TrafficStack;

openForFile(async (server) => (stack = await startTrafficStack(server)));

const scenario = 'traffic-shift';
const approve = (id: string) => stack.approve(id, 'shift');
/** Milliseconds from the wish to its end. */
async function cancelled(id: string): Promise<number> {
  const began = performance.now();
  await stack.client.workflow.getHandle(id).executeUpdate(cancelUpdate, { args: [{ by: 'hana', reason: 'not today' }] });
  await stack.result(id);
  return performance.now() - began;
}
const atHome = 'prod 100 ready, dr 0 ready';
const atDr = 'prod 0 drain, dr 100 ready';
const steps = ['hold target', 'assess', 'prove the side', 'shift', 'at 50 %', 'at 100 %', 'drain', 'verify'];

test('from home to dr in steps, and nobody noticed; a restart of a proxy keeps it; and home again', async () => {
  const bed = await stack.traffic({ proxies: 2 });
  const users = startUsers(bed.proxies);
  const id = await bed.shift();
  const gate = await stack.gate(id, 'shift');
  expect(gate.plan?.summary.en).toBe(
    'home 100 % / dr 0 % becomes home 0 % / dr 100 %, by way of 10, 50, 100 %, each watched for 0.4 s.',
  );
  expect(gate.plan?.changes).toContainEqual({
    action: 'overwrite',
    path: 'prod at a',
    before: 'weight 100',
    after: 'weight 0, drain',
  });
  expect(await bed.splits()).toEqual([atHome, atHome]);
  await stack.decide(id, gate, 'ren', 'approve');
  const state = await stack.unattended(id);
  await users.stop();
  await stack.record(id, scenario);
  expect(state.status).toBe('recovered');
  expect(outcomesOf(state)).toEqual(steps.map((name) => [name, 'done']));
  expect(sentenceOf(state, 'at 50 %')).toMatch(/^dr has 50 %: \d+ requests, 0 failed, \d+ ms each\.$/);
  expect(await bed.splits()).toEqual([atDr, atDr]);
  expect(users.lost).toEqual([]);
  expect(users.answers.length).toBeGreaterThan(50);
  const [a] = bed.proxies as [TestProxy];
  await a.kill();
  await a.start();
  expect([await a.split(), (await get(a)).by]).toEqual([atDr, 'dr']);

  const back = await bed.shift({ input: { side: 'home', steps: [100] } });
  await approve(back);
  const second = await stack.unattended(back);
  await stack.record(back, 'traffic-shift.back');
  expect(second.status).toBe('recovered');
  expect(await bed.splits()).toEqual(['prod 100 ready, dr 0 drain', 'prod 100 ready, dr 0 drain']);
  expect((await get(a)).by).toBe('home');
});

test('a part of it, divided as set; asked again there is nothing to do, and less is no shift', async () => {
  const bed = await stack.traffic();
  const [a] = bed.proxies as [TestProxy];
  const input = { side: 'dr', share: 25 };
  const id = await bed.shift({ input });
  await approve(id);
  const state = await stack.unattended(id);
  await stack.record(id, 'traffic-shift.part');
  expect([state.status, await a.split()]).toEqual(['recovered', 'prod 75 ready, dr 25 ready']);
  expect(state.steps.map(({ name }) => name)).not.toContain('drain');
  const answers = [];
  for (let n = 0; n < 40; n++) answers.push(await get(a));
  const { dr } = countBy(answers);
  expect([dr! >= 9, dr! <= 11]).toEqual([true, true]);

  const again = await stack.unattended(await bed.shift({ input }));
  expect([again.status, outcomesOf(again).find(([name]) => name === 'shift')]).toEqual(['recovered', ['shift', 'already-done']]);
  const less = await bed.shift({ input: { side: 'dr', share: 10 } });
  const refused = await stack.gate(less, 'failed:assess');
  expect(refused.error?.sentence.en).toContain('name the side that gains');
  await stack.decide(less, refused, 'hana', 'amend', { input: { side: 'home' } });
  await approve(less);
  expect([(await stack.unattended(less)).status, await a.split()]).toEqual(['recovered', 'prod 100 ready, dr 0 drain']);
});

test('the new side answers 500 at 50 %: the old split again by itself, the lost requests told; retried it begins anew', async () => {
  const bed = await stack.traffic({ fields: { dwell: '1500ms' } });
  const [a] = bed.proxies as [TestProxy];
  const users = startUsers([a], { each: 4 });
  const id = await bed.shift();
  await approve(id);
  await eventually(() => a.split()).toContain('dr 50');
  bed.dr.mode = 'fails';
  const began = performance.now();
  await eventually(() => a.split()).toBe(atHome);
  console.log(`the new side errs → the old split again: ${Math.round(performance.now() - began)} ms`);
  const failed = await stack.gate(id, 'failed:at 50 %');
  expect(await a.split()).toBe(atHome);
  bed.dr.mode = 'well';
  const lost = users.lost.length;
  expect(lost).toBeGreaterThan(0);
  expect(failed.error?.code).toBe('side-errs');
  expect(failed.error?.sentence.en).toMatch(
    /^\d+ of the last \d+ requests of dr failed\. The split is home 100 % \/ dr 0 % again; /,
  );
  expect(failed.error?.sentence.en).toContain(`; ${lost} requests were lost.`);
  expect(failed.choices).toEqual(['retry', 'roll-back']);

  await stack.decide(id, failed, 'hana', 'retry');
  await eventually(() => a.split()).toContain('dr 10');
  const state = await stack.unattended(id);
  await users.stop();
  await stack.record(id, 'traffic-shift.reverted');
  expect([state.status, await a.split(), users.lost.length]).toEqual(['recovered', atDr, lost]);
});

test('a side that is slow, and one whose probe fails: back, and rolled back it is exactly as before', async () => {
  const bed = await stack.traffic({ fields: { dwell: '5s', thresholds: { latency: '300ms' } } });
  const [a] = bed.proxies as [TestProxy];
  await a.ask('set server be/prod weight 77');
  const id = await bed.shift();
  await approve(id);
  await eventually(() => a.split()).toContain('dr 10');
  bed.dr.probe = 'slow';
  const slow = await stack.gate(id, 'failed:shift');
  expect(slow.error?.sentence.en).toMatch(/^dr takes \d+ ms to answer; up to 300 ms are well\./);
  expect(await a.split()).toBe('prod 77 ready, dr 0 ready');
  bed.dr.probe = 'well';
  await stack.decide(id, slow, 'hana', 'retry');
  await eventually(() => a.split()).toContain('dr 10');
  bed.dr.probe = 'fails';
  const failing = await stack.until(id, ({ waitingFor }) => waitingFor.some(({ digest }) => digest === 'shift#2'));
  expect(failing.waitingFor[0]!.title.en).toMatch(/^The probe of dr failed twice: status 500\. The split is home 100 %/);
  expect(bed.dr.hosts).toEqual(new Set(['shop.example.jp']));
  await stack.decide(id, failing.waitingFor[0]!, 'hana', 'roll-back');
  const state = await stack.result(id);
  await stack.record(id, 'traffic-shift.rolled-back');
  expect([state.status, await a.split()]).toEqual(['rolled-back', 'prod 77 ready, dr 0 ready']);
});

test('one of two proxies is gone in the middle: not done; rolled back both are exactly as before', async () => {
  const bed = await stack.traffic({ proxies: 2 });
  const [a, b] = bed.proxies as [TestProxy, TestProxy];
  const id = await bed.shift();
  const gate = await stack.gate(id, 'shift');
  await b.kill();
  await stack.decide(id, gate, 'ren', 'approve');
  const failed = await stack.gate(id, 'failed:shift');
  expect(failed.error?.sentence.en).toMatch(/^1 of 2 proxies: b: /);
  expect(await a.split()).toBe(atHome);
  await b.start();
  await stack.decide(id, failed, 'hana', 'retry');
  await eventually(() => bed.splits()).toEqual(Array(2).fill('prod 50 ready, dr 50 ready'));
  await b.kill();
  const again = await stack.gate(id, 'failed:at');
  await stack.decide(id, again, 'hana', 'roll-back');
  const undoing = await stack.gate(id, 'failed:undo:shift');
  expect(undoing.error?.sentence.en).toMatch(/^1 of 2 proxies: b: /);
  expect(await a.split()).toBe(atHome);
  await b.start();
  expect(await b.split()).not.toBe(atHome);
  await stack.decide(id, undoing, 'hana', 'retry');
  const state = await stack.result(id);
  await stack.record(id, 'traffic-shift.one-away');
  expect([state.status, await bed.splits()]).toEqual(['rolled-back', [atHome, atHome]]);
});

test('a long request on the old side ends in peace; one that takes longer than the bound goes on', async () => {
  const bed = await stack.traffic({ fields: { drain: '1s' } });
  const [a] = bed.proxies as [TestProxy];
  const held = get(a, '/held');
  await eventually(() => bed.home.held).toBe(1);
  const id = await bed.shift();
  await approve(id);
  const state = await stack.unattended(id);
  expect(state.status).toBe('recovered');
  expect(sentenceOf(state, 'drain')).toContain('1 sessions are still under way there, and go on.');
  bed.home.release();
  expect(await held).toMatchObject({ status: 200, by: 'home' });

  const other = get(a, '/held');
  await eventually(() => bed.dr.held).toBe(1);
  const back = await bed.shift({ input: { side: 'home', steps: [100] } });
  await approve(back);
  await eventually(() => a.split()).toContain('dr 0 drain');
  bed.dr.release();
  expect([(await other).status, (await stack.unattended(back)).status]).toEqual([200, 'recovered']);
});

test('rejected and as a dry run nothing was touched', async () => {
  const bed = await stack.traffic();
  const id = await bed.shift();
  await stack.decide(id, await stack.gate(id, 'shift'), 'ren', 'reject');
  const state = await stack.result(id);
  await stack.record(id, 'traffic-shift.rejected');
  const dry = await bed.shift({ mode: 'dry-run' });
  const planned = await stack.result(dry);
  await stack.record(dry, 'traffic-shift.dry-run');
  expect([state.status, planned.status, await bed.splits()]).toEqual(['stopped', 'planned', [atHome]]);
  expect(sentenceOf(planned, 'shift')).toMatch(/^Would: home 100 % \/ dr 0 % becomes /);
});

test('a side that is not able is refused, and where it would serve nobody two people cannot override that', async () => {
  const bed = await stack.traffic();
  const [a] = bed.proxies as [TestProxy];
  await a.ask('set server be/dr state maint');
  const id = await bed.shift();
  const refused = await stack.gate(id, 'failed:prove the side');
  expect(refused.error?.sentence.en).toContain('a does not see dr up.');
  for (const person of ['ren', 'mio']) await stack.decide(id, refused, person, 'skip');
  const never = await stack.gate(id, 'failed:shift');
  expect(never.error?.code).toBe('side-not-able');
  await stack.decide(id, never, 'hana', 'roll-back');
  expect([(await stack.result(id)).status, await a.split()]).toEqual(['stopped', 'prod 100 ready, dr 0 maint']);
});

test('two people override a probe that fails: then it counts no more, and the plan says so', async () => {
  const bed = await stack.traffic();
  bed.dr.probe = 'fails';
  const id = await bed.shift();
  const refused = await stack.gate(id, 'failed:prove the side');
  expect(refused.error?.sentence.en).toContain('The probe of dr failed: status 500.');
  for (const person of ['ren', 'mio']) await stack.decide(id, refused, person, 'skip');
  const gate = await stack.gate(id, 'shift');
  expect(gate.plan?.summary.en).toContain('Our own probe of dr fails and will not count.');
  await stack.decide(id, gate, 'ren', 'approve');
  expect([(await stack.unattended(id)).status, await bed.splits()]).toEqual(['recovered', [atDr]]);
});

test('somebody sets a proxy while a step is watched: told, and his setting is left when rolled back', async () => {
  const bed = await stack.traffic({ fields: { dwell: '10s', steps: [10, 100] } });
  const [a] = bed.proxies as [TestProxy];
  const id = await bed.shift();
  await approve(id);
  await eventually(() => a.split()).toContain('dr 10');
  await a.ask('set server be/prod weight 33');
  const gate = await stack.until(id, ({ waitingFor }) =>
    waitingFor.some(({ plan }) => plan?.changes.some(({ before }) => before === 'weight 33')),
  );
  await stack.decide(id, gate.waitingFor[0]!, 'ren', 'reject');
  const state = await stack.result(id);
  expect(state.status).toBe('rolled-back');
  expect(sentenceOf(state, 'shift')).toBe('Undone: restored a, left prod at a.');
  expect(await a.split()).toBe('prod 33 ready, dr 0 ready');
});

test('a cancel is heard while a step is watched for a minute, and while sessions are waited for: exactly as before within 10 s', async () => {
  const bed = await stack.traffic({ proxies: 2, fields: { dwell: '60s' } });
  const id = await bed.shift();
  await approve(id);
  await eventually(() => bed.splits()).toEqual(Array(2).fill('prod 90 ready, dr 10 ready'));
  await eventually(() => bed.dr.hosts.size).toBe(1);
  expect(await cancelled(id)).toBeLessThan(10_000);
  const state = await stack.result(id);
  await stack.record(id, 'traffic-shift.cancelled');
  expect([state.status, await bed.splits()]).toEqual(['rolled-back', [atHome, atHome]]);
  expect(sentenceOf(state, 'shift')).toBe('Undone: restored a, b.');

  const other = await stack.traffic({ fields: { drain: '60s' } });
  const [a] = other.proxies as [TestProxy];
  const held = get(a, '/held');
  await eventually(() => other.home.held).toBe(1);
  const draining = await other.shift({ input: { side: 'dr', steps: [100] } });
  await approve(draining);
  await eventually(() => a.split()).toBe(atDr);
  expect(await cancelled(draining)).toBeLessThan(10_000);
  expect([(await stack.result(draining)).status, await a.split()]).toEqual(['rolled-back', atHome]);
  other.home.release();
  expect(await held).toMatchObject({ status: 200, by: 'home' });
});

test('a CDN before the sides forgets what it has of the one that was left, and on the way back too', async () => {
  let ask = (): Promise<string> => Promise.resolve('nobody');
  const { cdn, declared } = await startCdnBefore(stack.folder, { home: 'home', dr: 'dr' }, () => ask());
  onTestFinished(() => cdn.stop());
  const bed = await stack.traffic({ fields: { cdn: declared, steps: [100] } });
  ask = async () => (await get(bed.proxies[0]!)).by;
  expect(await cdn.seen()).toBe('home');
  const part = await bed.shift({ input: { side: 'dr', share: 50 } });
  await approve(part);
  expect([(await stack.unattended(part)).status, cdn.purges]).toEqual(['recovered', []]);
  const id = await bed.shift();
  await approve(id);
  const state = await stack.unattended(id);
  await stack.record(id, 'traffic-shift.cdn');
  expect([state.status, sentenceOf(state, 'purge the CDN')]).toEqual(['recovered', `${cdn.url} answers from dr.`]);
  expect(state.steps.find(({ name }) => name === 'verify')?.evidence?.['checks']).toContain('cdn');
  expect([cdn.purges, await cdn.seen()]).toEqual([[`${state.id}/${bed.id}/purge/1`], 'dr']);

  cdn.isDeaf = true;
  const back = await bed.shift({ input: { side: 'home' } });
  await approve(back);
  const stale = await stack.gate(back, 'failed:purge the CDN');
  expect(stale.error?.code).toBe('cdn-stale');
  cdn.forget();
  cdn.isDeaf = false;
  expect(await cdn.seen()).toBe('home');
  await stack.decide(back, stale, 'hana', 'roll-back');
  const undone = await stack.result(back);
  expect([undone.status, cdn.purges.at(-1), await cdn.seen()]).toEqual([
    'rolled-back',
    `${undone.id}/${bed.id}/purge/back`,
    'dr',
  ]);
});

test('a state that cannot be saved holds no step up, and is no success', async () => {
  const bed = await stack.traffic({ stateFolder: '/nowhere' });
  const [a] = bed.proxies as [TestProxy];
  const id = await bed.shift({ input: { side: 'dr', steps: [100] } });
  await approve(id);
  const failed = await stack.gate(id, 'failed:verify');
  expect(failed.error?.sentence.en).toContain('A restart of a would change the split.');
  const shifted = await stack.state(id);
  expect(sentenceOf(shifted, 'shift')).toMatch(/Not saved: a said: \/nowhere\/state cannot be written \(ENOENT\)$/);
  expect(await a.split()).toBe(atDr);
  await stack.decide(id, failed, 'hana', 'roll-back');
  expect([(await stack.result(id)).status, await a.split()]).toEqual(['rolled-back', atHome]);
});
