/** The activities of a protection on real proxies, one by one: what is refused before anything is touched, and what is repeated. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createProtectionActivities } from '../../../activities/protection/create-protection-activities.ts';
import { createTrafficActivities } from '../../../activities/traffic/create-traffic-activities.ts';
import { createPorts } from '../../../adapters/ports.ts';
import { inventorySchema, type Inventory } from '../../../contracts/inventory.ts';
import { eventually } from '../../support/eventually.ts';
import { startFlood } from '../../support/haproxy/flood.ts';
import { guardsOf } from '../../support/haproxy/guards.ts';
import { startProxies, type TestProxies, type TestProxy } from '../../support/haproxy/proxy.ts';

let bed: TestProxies;
let [a, b]: TestProxy[] = [];
let data: string;
beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), 'okiagari-data-'));
  bed = await startProxies({ proxies: 2, protection: true });
  [a, b] = bed.proxies as [TestProxy, TestProxy];
});
afterAll(async () => {
  await bed.stop();
  rmSync(data, { recursive: true, force: true });
});

const target = 'edge';
const before = 'others 5 | 198.51.100.7';
beforeEach(async () => {
  for (const proxy of bed.proxies) {
    await proxy.ask(
      `del map ${bed.files.limits} requests; clear acl ${bed.files.denyList}; add acl ${bed.files.denyList} 198.51.100.7`,
    );
    await proxy.ask('clear table sources');
  }
  writeFileSync(bed.files.denyList, '198.51.100.7\n');
  writeFileSync(bed.files.limits, 'others 5\n');
});

function ports(guard: object = {}, fields: object = {}) {
  const declared = bed.declared as { protection: object };
  const protection = { ...declared.protection, ...guard };
  const inventory = inventorySchema().parse({
    version: 1,
    people: [{ id: 'hana', name: 'Hana', roles: ['operator'], token: { env: 'TOKEN' } }],
    targets: [{ id: target, kind: 'traffic', ...declared, protection, ...fields }],
  }) as Inventory;
  return createPorts({ inventory: () => inventory, data, secret: () => undefined });
}
const activities = (guard?: object) => createProtectionActivities(ports(guard));
const planned = async (deny: string[] = [], guard = {}, stage = 1): Promise<string> =>
  (await activities(guard).planProtection({ target, recovery: 'r', deny, stage })).ref;

test('each may run twice, in stages and back', async () => {
  const first = await planned(['203.0.113.1']);
  const apply = (plans: string[]) => activities().applyProtection({ target, plans });
  expect(await apply([first])).toEqual({ changed: 2, unsaved: [] });
  expect(await apply([first])).toEqual({ changed: 0, unsaved: [] });
  const second = await planned(['203.0.113.2'], {}, 2);
  const plans = [first, second];
  await apply(plans);
  expect(await guardsOf(bed)).toEqual(Array(2).fill('others 5, requests 20 | 198.51.100.7, 203.0.113.1, 203.0.113.2'));
  for (let n = 0; n < 2; n++) {
    expect(await activities().undoProtection({ target, plan: second, plans })).toEqual({ restored: ['a', 'b'] });
    expect(await guardsOf(bed)).toEqual(Array(2).fill('others 5, requests 30 | 198.51.100.7, 203.0.113.1'));
  }
  await apply(plans);
  for (let n = 0; n < 2; n++) {
    expect(await activities().undoProtection({ target, plan: first, plans })).toEqual({ restored: ['a', 'b'] });
  }
  expect(await guardsOf(bed)).toEqual([before, before]);
  // What the last stage would be taken back to is gone already.
  expect(await activities().undoProtection({ target, plan: second, plans })).toEqual({ restored: ['a', 'b'] });
  expect(await guardsOf(bed)).toEqual([before, before]);
});

test('one proxy that is away keeps all of them as they are; and a way back goes as far as it can', async () => {
  const plans = [await planned(['203.0.113.1'])];
  b!.signal('SIGSTOP');
  await expect(activities().applyProtection({ target, plans })).rejects.toThrow('1 of 2 proxies: b:');
  b!.signal('SIGCONT');
  expect(await guardsOf(bed)).toEqual([before, before]);
  await activities().applyProtection({ target, plans });
  b!.signal('SIGSTOP');
  await expect(activities().undoProtection({ target, plan: plans[0], plans })).rejects.toThrow('1 of 2 proxies: b:');
  b!.signal('SIGCONT');
  const [atA, atB] = await guardsOf(bed);
  expect([atA, atB]).toEqual([before, 'others 5, requests 30 | 198.51.100.7, 203.0.113.1']);
  await activities().undoProtection({ target, plan: plans[0], plans });
  expect(await guardsOf(bed)).toEqual([before, before]);
});

test('a limit that somebody has set since is neither overrun nor taken back; a stricter one is well', async () => {
  const plans = [await planned()];
  await a!.ask(`add map ${bed.files.limits} requests 500`);
  await expect(activities().applyProtection({ target, plans })).rejects.toMatchObject({
    type: 'plan-changed',
    message: 'It is no longer as it was planned: somebody else has set the limit: 500 at a.',
  });
  expect((await guardsOf(bed))[1]).toBe(before);
  await a!.ask(`set map ${bed.files.limits} requests 3`);
  await activities().applyProtection({ target, plans });
  expect(await activities().undoProtection({ target, plan: plans[0], plans })).toEqual({
    restored: ['a', 'b'],
    left: ['the limit 3 at a'],
  });
  expect(await guardsOf(bed)).toEqual(['others 5, requests 3 | 198.51.100.7', before]);
});

test('a network that never may be denied is neither planned, nor set when it became so since', async () => {
  for (const deny of ['127.0.0.0/8', '127.0.0.9', '::ffff:127.0.0.9', '0.0.0.0/0', '127.0.0.1']) {
    await expect(planned([deny])).rejects.toMatchObject({ type: 'invalid-input' });
  }
  const plans = [await planned(['127.0.0.12'])];
  const later = activities({ never: ['127.0.0.1', '127.0.0.9', '127.0.0.12'] });
  await expect(later.applyProtection({ target, plans })).rejects.toThrow(
    'It is no longer as it was planned: never to be denied: 127.0.0.12.',
  );
  expect(await guardsOf(bed)).toEqual([before, before]);
});

test('a file that cannot be written holds nothing up, and is no success', async () => {
  const plans = [await planned()];
  const elsewhere = ports();
  const unsaved = { ...elsewhere, protection: { ...elsewhere.protection, save: () => Promise.reject(new Error('no room')) } };
  expect(await createProtectionActivities(unsaved).applyProtection({ target, plans })).toEqual({
    changed: 2,
    unsaved: ['no room', 'no room'],
  });
  const checks = await activities().checkProtection({ target, plans });
  expect(checks.filter(({ ok }) => !ok).map(({ id }) => id)).toEqual(['saved-a', 'saved-b']);
});

test('the diagnosis finds a protection that could not be raised, one a restart would change, and a flood', async () => {
  const found = async (guard: object = {}) =>
    (await createTrafficActivities(ports(guard)).diagnoseTraffic({ target })).symptoms
      .map(({ id, sentence }) => [id, sentence.en] as const)
      .filter(([id]) => /^(protection|too-many)/.test(id));
  expect(await found()).toEqual([]);
  expect((await found({ never: ['127.0.0.1', '192.0.2.0/24'] }))[0]).toEqual([
    'protection-missing',
    `a would limit 192.0.2.0/24: put them into ${bed.files.allowList} and reload it.`,
  ]);
  expect((await found({ table: 'nope' })).map(([id]) => id)).toEqual(['protection-missing', 'protection-missing']);
  await a!.ask(`add map ${bed.files.limits} requests 3`);
  expect((await found()).map(([id]) => id)).toEqual(['protection-not-saved']);
  const checked = await createTrafficActivities(ports()).checkTraffic({ target });
  expect(checked.find(({ id }) => id === 'protection-ready')?.outcome).toBe('failed');
  await a!.ask(`del map ${bed.files.limits} requests`);
  const flood = startFlood([a!], { from: ['127.0.0.11', '127.0.0.12'] });
  await eventually(async () => (await found({ bears: 20 })).map(([id]) => id)).toEqual(['too-many-requests']);
  const { suggests } = await createTrafficActivities(ports({ bears: 20 })).diagnoseTraffic({ target });
  await flood.stop();
  expect(suggests).toMatchObject([{ scenario: 'ddos-mitigation', input: {} }]);
});

test('nothing is declared: nothing is raised', async () => {
  const none = createProtectionActivities(ports({}, { protection: undefined }));
  await expect(none.assessProtection({ target, deny: [], stage: 1 })).rejects.toMatchObject({ type: 'proxy-not-prepared' });
  await expect(activities().assessProtection({ target, deny: [], stage: 3 })).rejects.toMatchObject({ type: 'invalid-input' });
});
