/** The effects of a shift on real proxies, one by one: what is refused before anything is touched, and a way back that would help nobody. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTrafficActivities } from '../../../activities/traffic/create-traffic-activities.ts';
import { createPorts } from '../../../adapters/ports.ts';
import { inventorySchema, type Inventory } from '../../../contracts/inventory.ts';
import { eventually } from '../../support/eventually.ts';
import { get } from '../../support/haproxy/client.ts';
import { startProxies, type TestProxies, type TestProxy } from '../../support/haproxy/proxy.ts';

let bed: TestProxies;
let [a, b]: TestProxy[] = [];
let data: string;
beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), 'okiagari-data-'));
  bed = await startProxies({ proxies: 2 });
  [a, b] = bed.proxies as [TestProxy, TestProxy];
});
afterAll(async () => {
  await bed.stop();
  rmSync(data, { recursive: true, force: true });
});

const target = 'edge';
const clean =
  'set server be/prod weight 100; set server be/prod state ready; set server be/dr weight 0; set server be/dr state ready';
beforeEach(async () => {
  for (const proxy of bed.proxies) await proxy.ask(clean);
});
const splits = () => Promise.all(bed.proxies.map((proxy) => proxy.split()));

function activities(fields: object = {}) {
  const inventory = inventorySchema().parse({
    version: 1,
    people: [{ id: 'hana', name: 'Hana', roles: ['operator'], token: { env: 'TOKEN' } }],
    targets: [{ id: target, kind: 'traffic', ...bed.declared, dwell: '1s', ...fields }],
  }) as Inventory;
  return createTrafficActivities(createPorts({ inventory: () => inventory, data, secret: () => undefined }));
}
const planned = async (share = 100): Promise<string> =>
  (await activities().planTrafficShift({ target, recovery: 'r', side: 'dr', share })).plan.ref;

test('a proxy that lets us only look, lacks a server, or does not answer is named before anything is touched', async () => {
  const wish = { target, side: 'dr', share: 100 };
  const looking = bed.proxies.map(({ id, operatorPort }) => ({ id, host: '127.0.0.1', port: operatorPort }));
  await expect(activities({ proxies: looking }).assessTraffic(wish)).rejects.toThrow(
    '0 of 2 proxies: a: our level is operator, not admin; b: our level is operator, not admin',
  );
  const { sides } = bed.declared as { sides: { dr: object } };
  const wrong = { sides: { ...sides, dr: { ...sides.dr, servers: ['gone'] } } };
  await expect(activities(wrong).assessTraffic(wish)).rejects.toThrow('a: it has no server gone');
  await expect(activities().assessTraffic({ ...wish, side: 'moon' })).rejects.toMatchObject({ type: 'invalid-input' });
  b!.signal('SIGSTOP');
  const refused = activities().assessTraffic(wish);
  await expect(refused).rejects.toThrow('1 of 2 proxies: b: no answer within 2 s');
  await expect(refused).rejects.toMatchObject({ type: 'proxy-refused' });
  b!.signal('SIGCONT');
});

test('one proxy that is away keeps all of them where they are; and a way back goes as far as it can', async () => {
  const plan = await planned();
  const since = await activities().sampleTraffic({ target });
  b!.signal('SIGSTOP');
  await expect(activities().setTraffic({ target, plan, to: 50 })).rejects.toThrow('1 of 2 proxies: b:');
  b!.signal('SIGCONT');
  await eventually(splits).toEqual(Array(2).fill('prod 100 ready, dr 0 ready'));
  await activities().setTraffic({ target, plan, to: 50 });
  b!.signal('SIGSTOP');
  await expect(activities().revertTraffic({ target, plan, since })).rejects.toThrow('1 of 2 proxies: b:');
  expect(await a!.split()).toBe('prod 100 ready, dr 0 ready');
  b!.signal('SIGCONT');
  expect(await activities().revertTraffic({ target, plan, since })).toEqual({ isBack: true, lost: 0 });
  expect(await b!.split()).toBe('prod 100 ready, dr 0 ready');
});

test('each may run twice, and a step that is set already changes nothing', async () => {
  const plan = await planned();
  expect(await activities().setTraffic({ target, plan, to: 10 })).toEqual({ changed: 4, unsaved: [] });
  expect(await activities().setTraffic({ target, plan, to: 10 })).toEqual({ changed: 0, unsaved: [] });
  for (let n = 0; n < 2; n++) expect(await activities().drainTraffic({ target, plan })).toMatchObject({ sessions: 0 });
  expect(await splits()).toEqual(Array(2).fill('prod 0 drain, dr 100 ready'));
  for (let n = 0; n < 2; n++) expect(await activities().undoTrafficShift({ target, plan })).toEqual({ restored: ['a', 'b'] });
  expect(await splits()).toEqual(Array(2).fill('prod 100 ready, dr 0 ready'));
});

test('what somebody has set since is not overrun', async () => {
  const plan = await planned();
  await a!.ask('set server be/prod weight 42');
  await expect(activities().setTraffic({ target, plan, to: 10 })).rejects.toMatchObject({
    type: 'plan-changed',
    message: 'Somebody else has set prod at a since the plan was made.',
  });
  expect(await splits()).toEqual(['prod 42 ready, dr 0 ready', 'prod 100 ready, dr 0 ready']);
});

test('a side that dies takes nothing more: neither planned nor set', async () => {
  const plan = await planned();
  await activities().setTraffic({ target, plan, to: 50 });
  bed.dr.health = 'fails';
  await eventually(async () => (await activities().proveTrafficSide({ target, side: 'dr' })).map(({ ok }) => ok)).toEqual([
    false,
    false,
    true,
  ]);
  await expect(activities().setTraffic({ target, plan, to: 100 })).rejects.toMatchObject({ type: 'side-not-able' });
  await expect(planned()).rejects.toMatchObject({ type: 'side-not-able' });
  expect((await get(a!)).status).toBe(200);
  const since = await activities().sampleTraffic({ target });
  const watched = await activities().watchTraffic({ target, plan, to: 50, since });
  expect(watched.over?.en).toMatch(/^No server of dr is up at [ab]\.$/);
  bed.dr.health = 'well';
  await eventually(async () => (await activities().proveTrafficSide({ target, side: 'dr' })).every(({ ok }) => ok)).toBe(true);
});

test('where home is dead the new side keeps what it has, however badly it does', async () => {
  bed.home.health = 'fails';
  await eventually(async () => (await activities().proveTrafficSide({ target, side: 'home' }))[0]!.ok).toBe(false);
  await eventually(async () => (await activities().proveTrafficSide({ target, side: 'home' }))[1]!.ok).toBe(false);
  const plan = await planned();
  const since = await activities().sampleTraffic({ target });
  await activities().setTraffic({ target, plan, to: 100 });
  bed.dr.mode = 'fails';
  for (let n = 0; n < 5; n++) await get(a!);
  expect(await activities().revertTraffic({ target, plan, since })).toEqual({ isBack: false, lost: 5 });
  expect(await splits()).toEqual(Array(2).fill('prod 0 ready, dr 100 ready'));
  Object.assign(bed.dr, { mode: 'well' });
  Object.assign(bed.home, { health: 'well' });
});
