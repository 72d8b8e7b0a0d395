/** ddos-mitigation on real proxies under a real flood: limited and denied in stages, nobody locked out who must not be, lowered to exactly what was before. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { cancelUpdate } from '../../domain/messages.ts';
import { eventually } from '../support/eventually.ts';
import { startFlood, type Flood } from '../support/haproxy/flood.ts';
import { filesOf, guardsOf } from '../support/haproxy/guards.ts';
import { operator } from '../support/haproxy/protection.ts';
import type { TestProxy } from '../support/haproxy/proxy.ts';
import { startTrafficStack, type TrafficStack } from '../support/haproxy/stack.ts';
import { outcomesOf, sentenceOf } from '../support/recovery-driver.ts';
import { openForFile } from '../support/open-for-file.ts';
import { isGenuine, startWebhookReceiver, type WebhookReceiver } from '../support/webhook-receiver.ts';

let stack: TrafficStack;
let provider: WebhookReceiver;
const floods: Flood[] = [];

openForFile(async (server, tidy) => {
  provider = await startWebhookReceiver();
  tidy.defer(() => provider.stop());
  return (stack = await startTrafficStack(server));
});
afterAll(() => Promise.all(floods.map((one) => one.stop())));

const scenario = 'ddos-mitigation';
const attackers = ['127.0.0.11', '127.0.0.12', '127.0.0.13'];
const before = 'others 5 | 198.51.100.7';
function flood(proxies: readonly TestProxy[], options: Parameters<typeof startFlood>[1]): Flood {
  const started = startFlood(proxies, options);
  floods.push(started);
  return started;
}
/** Until the tables know whom to fear. */
const attack = async (proxies: readonly TestProxy[], from = attackers): Promise<Flood> => {
  const started = flood(proxies, { from });
  await eventually(() => started.count(200)).toBeGreaterThan(60 * from.length * proxies.length);
  return started;
};

test('limits are not enough, the worst are denied too; an operator who sends as much never is; when it is over everything is as before', async () => {
  const bed = await stack.traffic({
    proxies: 2,
    protection: true,
    guard: { stages: [{ limit: 100_000 }, { limit: 20, deny: 5 }], bears: 100 },
  });
  const files = filesOf(bed);
  const people = flood(bed.proxies, { from: ['127.0.0.20'], everyMs: 300 });
  const boss = flood(bed.proxies, { from: [operator], everyMs: 40 });
  const attacking = await attack(bed.proxies);
  const id = await bed.mitigate();
  await eventually(() => guardsOf(bed)).toEqual(
    Array(2).fill(`others 5, requests 20 | 127.0.0.11, 127.0.0.12, 127.0.0.13, 198.51.100.7`),
  );
  await stack.until(id, ({ steps }) => steps.some(({ name }) => name === 'hold'));
  await eventually(() => attacking.count(403)).toBeGreaterThan(50);
  const [kept, added] = filesOf(bed).split(/(?<=198\.51\.100\.7\n)/) as [string, string];
  expect(kept).toBe('# name, requests within 2 s\nothers 5\nrequests 20\n# denied for years\n198.51.100.7\n');
  expect(added.split('\n').toSorted()).toEqual(['', ...attackers]);
  const [a] = bed.proxies as [TestProxy];
  await a.kill();
  await a.start();
  expect((await guardsOf(bed))[0]).toContain('requests 20 | 127.0.0.11');
  await attacking.stop();

  const state = await stack.unattended(id);
  await Promise.all([people, boss].map((one) => one.stop()));
  await stack.record(id, scenario);
  expect(state.status).toBe('recovered');
  expect(outcomesOf(state).map(([name]) => name)).toEqual([
    ...['hold target', 'assess', 'raise stage 1', 'watch stage 1', 'raise stage 2', 'watch stage 2'],
    ...['prove the protection', 'hold', 'lower', 'verify'],
  ]);
  expect(sentenceOf(state, 'assess')).toMatch(/; [34] sources send as attackers do \(127\.0\.0\.\d+: \d+, /);
  expect(sentenceOf(state, 'watch stage 1')).toMatch(/^\d+ requests a second get through; 100 are borne\.$/);
  expect(sentenceOf(state, 'hold')).toMatch(/^It is over\. /);
  // The clock stopped when users were served.
  const held = state.steps.find(({ name }) => name === 'hold')!;
  expect(Date.parse(state.startedAt) + state.timing.totalMs).toBeLessThanOrEqual(Date.parse(held.startedAt));
  expect([await guardsOf(bed), filesOf(bed)]).toEqual([[before, before], files]);
  for (const one of [people, boss]) expect([one.count(200) > 0, one.count(403), one.count(429)]).toEqual([true, 0, 0]);
});

test('a source that must never be denied is told and spared, and refused where somebody names it', async () => {
  const bed = await stack.traffic({
    protection: true,
    guard: { stages: [{ limit: 30, deny: 5 }], never: ['127.0.0.1', '127.0.0.8/30'] },
  });
  writeFileSync(bed.files.allowList, '127.0.0.0/28\n');
  const [a] = bed.proxies as [TestProxy];
  await a.ask(`add acl ${bed.files.allowList} 127.0.0.8/30`);
  const attacking = await attack(bed.proxies, [operator, '127.0.0.11', '127.0.0.30']);
  const id = await bed.mitigate({ input: { deny: ['203.0.113.0/24', '127.0.0.0/8'] } });
  const refused = await stack.gate(id, 'failed:assess');
  expect(refused.error?.sentence.en).toMatch(/^Never to be denied: 127\.0\.0\.0\/8 \(127\.0\.0\.\S+\)\.$/);
  await stack.decide(id, refused, 'hana', 'amend', { input: { deny: ['203.0.113.0/24'] } });
  await eventually(() => guardsOf(bed)).toEqual(['others 5, requests 30 | 127.0.0.30, 198.51.100.7, 203.0.113.0/24']);
  await attacking.stop();
  const state = await stack.unattended(id);
  expect([state.status, await guardsOf(bed)]).toEqual(['recovered', [before]]);
  expect(sentenceOf(state, 'raise stage 1')).toMatch(
    /Never denied, though they send much: 127\.0\.0\.\d+ \(127\.0\.0\.8\/30\), 127/,
  );
});

test('many to deny are asked about: refused and as a dry run nothing was touched; terminated, the next one lowers it first; cancelled, it is lowered at once', async () => {
  const bed = await stack.traffic({ protection: true, guard: { stages: [{ limit: 20, deny: 5 }], askAbove: 2 } });
  const files = filesOf(bed);
  const attacking = await attack(bed.proxies);
  const id = await bed.mitigate();
  const gate = await stack.gate(id, 'protect');
  expect(gate.title.en).toContain('3 sources would be denied, more than 2.');
  expect(gate.plan?.changes).toContainEqual({ action: 'add', path: 'limit at a', before: 'none', after: '20' });
  await stack.decide(id, gate, 'ren', 'reject');
  const state = await stack.result(id);
  const dry = await bed.mitigate({ mode: 'dry-run' });
  const planned = await stack.result(dry);
  await stack.record(dry, `${scenario}.dry-run`);
  expect([state.status, planned.status, await guardsOf(bed), filesOf(bed)]).toEqual(['stopped', 'planned', [before], files]);
  expect(sentenceOf(planned, 'raise stage 1')).toMatch(/^Would: Stage 1: at most 20 requests a source, and 3 denied \(127/);

  const lost = await bed.mitigate();
  await stack.decide(lost, await stack.gate(lost, 'protect'), 'ren', 'approve');
  await stack.until(lost, ({ steps }) => steps.some(({ name }) => name === 'hold'));
  await stack.client.workflow.getHandle(lost).terminate('by force');
  expect(await guardsOf(bed)).not.toEqual([before]);
  const held = await bed.mitigate();
  const asked = await stack.gate(held, 'protect');
  expect(await guardsOf(bed)).toEqual([before]);
  await stack.decide(held, asked, 'ren', 'approve');
  await stack.until(held, ({ steps }) => steps.some(({ name }) => name === 'hold'));
  await stack.client.workflow.getHandle(held).executeUpdate(cancelUpdate, { args: [{ by: 'ren', reason: 'false alarm' }] });
  const back = await stack.result(held);
  await stack.record(held, `${scenario}.cancelled`);
  await attacking.stop();
  expect([back.status, await guardsOf(bed), filesOf(bed)]).toEqual(['rolled-back', [before], files]);
});

test('cancelled while a stage is watched for minutes, it is heard at once and everything is lowered', async () => {
  const watch = { window: '500ms', within: '10m' };
  const bed = await stack.traffic({ protection: true, guard: { stages: [{ limit: 100_000 }], bears: 1, watch } });
  const attacking = await attack(bed.proxies);
  const id = await bed.mitigate();
  await stack.until(id, ({ steps }) => steps.some(({ name }) => name === 'watch stage 1'));
  await stack.client.workflow.getHandle(id).executeUpdate(cancelUpdate, { args: [{ by: 'ren', reason: 'false alarm' }] });
  const state = await stack.result(id);
  await attacking.stop();
  expect([state.status, await guardsOf(bed)]).toEqual(['rolled-back', [before]]);
});

test('a proxy that is not prepared is refused with the lines that it needs', async () => {
  const bed = await stack.traffic({ protection: 'bare' });
  const id = await bed.mitigate();
  const refused = await stack.gate(id, 'failed:assess');
  expect(refused.error?.code).toBe('proxy-not-prepared');
  expect(refused.error?.sentence.en).toContain('a has no table sources of addresses with http_req_rate, no map ');
  expect(refused.error?.sentence.en).toContain(
    `\`http-request deny deny_status 403 if !never { src -f ${bed.files.denyList} }\``,
  );
  await stack.decide(id, refused, 'hana', 'roll-back');
  expect((await stack.result(id)).status).toBe('stopped');
});

test('the provider refuses, is asked again, and is told once to raise and once to lower; the proxies protect meanwhile', async () => {
  const secret = join(stack.folder, 'hook-secret');
  writeFileSync(secret, 'the secret of the provider');
  writeFileSync(join(stack.folder, 'hook-url'), `${provider.url}/waf`);
  const hook = { url: { file: join(stack.folder, 'hook-url') }, secret: { file: secret } };
  const bed = await stack.traffic({ protection: true, guard: { hook } });
  const attacking = await attack(bed.proxies);
  provider.statuses.set('/waf', 403);
  const id = await bed.mitigate();
  const failed = await stack.gate(id, 'failed:tell the provider, stage 1');
  expect(failed.error).toMatchObject({
    code: 'hook-refused',
    sentence: { en: 'The provider was not told to raise: it answers 403.' },
  });
  expect(await guardsOf(bed)).toEqual(['others 5, requests 30 | 198.51.100.7']);
  provider.statuses.delete('/waf');
  await stack.decide(id, failed, 'hana', 'retry');
  await stack.until(id, ({ steps }) => steps.some(({ name }) => name === 'hold'));
  await attacking.stop();
  const state = await stack.unattended(id);
  await stack.record(id, `${scenario}.provider`);
  expect([state.status, await guardsOf(bed)]).toEqual(['recovered', [before]]);
  const told = provider.posts.map((post) => ({ ...(JSON.parse(post.body) as { action: string; event: string }), post }));
  expect(told.map(({ action }) => action)).toEqual(['raise', 'lower']);
  for (const { event, post } of told) {
    expect([post.headers['idempotency-key'], isGenuine(post, 'the secret of the provider')]).toEqual([event, true]);
  }
});

test('with every stage raised it is not enough: asked, and rolled back it is exactly as before', async () => {
  const bed = await stack.traffic({
    protection: true,
    guard: { stages: [{ limit: 100_000 }], watch: { window: '300ms', within: '600ms' }, bears: 30 },
  });
  const attacking = await attack(bed.proxies);
  const id = await bed.mitigate();
  const failed = await stack.gate(id, 'failed:watch stage 1');
  expect(failed.error?.code).toBe('still-too-much');
  expect(await guardsOf(bed)).toEqual(['others 5, requests 100000 | 198.51.100.7']);
  await stack.decide(id, failed, 'hana', 'roll-back');
  const state = await stack.result(id);
  await attacking.stop();
  expect([state.status, await guardsOf(bed)]).toEqual(['rolled-back', [before]]);
});

test('it begins anew while it is held: the next stage; what somebody has set meanwhile is left', async () => {
  const bed = await stack.traffic({
    protection: true,
    guard: { lowerAfter: '1500ms', stages: [{ limit: 30 }, { limit: 10 }], bears: 40 },
  });
  const [a] = bed.proxies as [TestProxy];
  const id = await bed.mitigate();
  await stack.until(id, ({ steps }) => steps.some(({ name }) => name === 'hold'));
  // Each stays below the limit, and all together are too much.
  const many = flood(bed.proxies, { from: Array.from({ length: 12 }, (_, n) => `127.0.0.${40 + n}`), everyMs: 80 });
  await eventually(() => guardsOf(bed)).toEqual(['others 5, requests 10 | 198.51.100.7']);
  await stack.until(id, ({ steps }) => {
    const [watched, proven] = ['watch stage 2', 'prove the protection'].map((one) => steps.find(({ name }) => name === one));
    return (watched?.endedAt ?? 'z') < (proven?.endedAt ?? '');
  });
  await a.ask(`set map ${bed.files.limits} requests 7`);
  await many.stop();
  const state = await stack.unattended(id);
  await stack.record(id, `${scenario}.further`);
  expect([state.status, await guardsOf(bed)]).toEqual(['recovered', ['others 5, requests 7 | 198.51.100.7']]);
  expect(sentenceOf(state, 'lower')).toContain('Left, as somebody else has set it: the limit 7 at a.');
});
