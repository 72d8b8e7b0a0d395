/** Real proxies are looked at: each thing that would make a shift fail, or be forgotten, is found and named, none on clean ones, and its item of the checklist fails alone. */
import { writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createTrafficActivities } from '../../../activities/traffic/create-traffic-activities.ts';
import { createHaproxy } from '../../../adapters/haproxy/haproxy.ts';
import { createPorts } from '../../../adapters/ports.ts';
import { inventorySchema, type Inventory } from '../../../contracts/inventory.ts';
import { eventually } from '../../support/eventually.ts';
import { startProxies, type TestProxies, type TestProxy } from '../../support/haproxy/proxy.ts';

let bed: TestProxies;
let [a, b]: TestProxy[] = [];
beforeAll(async () => {
  bed = await startProxies({ proxies: 2 });
  [a, b] = bed.proxies as [TestProxy, TestProxy];
});
afterAll(() => bed.stop());

const clean =
  'set server be/prod weight 100; set server be/prod state ready; set server be/dr weight 0; set server be/dr state ready';
const save = async (): Promise<void> => {
  for (const proxy of bed.proxies) await createHaproxy().save(proxy);
};
beforeEach(async () => {
  for (const proxy of bed.proxies) await proxy.ask(clean);
  await save();
});
afterEach(async () => {
  for (const service of [bed.home, bed.dr]) Object.assign(service, { probe: 'well', health: 'well', mode: 'well' });
  await eventually(() => found()).toEqual([]);
});

function activities(fields: object = {}) {
  const inventory = inventorySchema().parse({
    version: 1,
    people: [{ id: 'hana', name: 'Hana', roles: ['operator'], token: { env: 'TOKEN' } }],
    targets: [{ id: 'edge', kind: 'traffic', ...bed.declared, ...fields }],
  }) as Inventory;
  return createTrafficActivities(createPorts({ inventory: () => inventory, data: '/nowhere', secret: () => undefined }));
}
const look = (fields?: object) => activities(fields).diagnoseTraffic({ target: 'edge' });
const found = async (fields?: object): Promise<string[]> => (await look(fields)).symptoms.map(({ id }) => id);
const failing = async (): Promise<string[]> =>
  (await activities().checkTraffic({ target: 'edge' })).filter(({ outcome }) => outcome === 'failed').map(({ id }) => id);
const both = async (line: string): Promise<void> => {
  for (const proxy of bed.proxies) await proxy.ask(line);
};

test('well, there is nothing to tell, everything passes, and nothing is changed', async () => {
  expect([await found(), await failing(), await a!.split()]).toEqual([[], [], 'prod 100 ready, dr 0 ready']);
});

test('a side that a shift left behind drained is well', async () => {
  await both('set server be/dr weight 100; set server be/prod weight 0; set server be/prod state drain');
  await save();
  expect(await found()).toEqual([]);
});

describe('found is', () => {
  test('a proxy that does not answer', async () => {
    a!.signal('SIGSTOP');
    const symptoms = await found();
    a!.signal('SIGCONT');
    expect(symptoms).toEqual(['proxy-unreachable']);
  });
  test('a shift that was left in the middle, a restart that would forget it, and proxies that differ', async () => {
    await both('set server be/dr weight 100');
    expect(await found()).toEqual(['weights-not-saved', 'weights-not-saved', 'split-in-the-middle']);
    expect(await failing()).toEqual(['one-split', 'state-saved']);
    await save();
    expect(await found()).toEqual(['split-in-the-middle']);
    await b!.ask(clean);
    await save();
    expect((await look()).symptoms.map(({ sentence }) => sentence.en)).toEqual([
      'The proxies differ: a: home 50 % / dr 50 %; b: home 100 % / dr 0 %.',
    ]);
    await a!.ask(clean);
    await save();
  });
  test('nobody who serves', async () => {
    await both('set server be/prod weight 0');
    await save();
    expect(await found()).toEqual(['no-side-serves']);
    expect(await failing()).toEqual(['one-split']);
    await both(clean);
    await save();
  });
  test('a server in maintenance, and one that is drained beside one that serves', async () => {
    await both('set server be/dr state maint');
    await save();
    expect([await found(), await failing()]).toEqual([['server-maint', 'server-maint'], ['servers-up']]);
    await both(clean);
    await save();
  });
  test('a side that is down, and what to do about it', async () => {
    bed.home.health = 'fails';
    await eventually(() => found()).toEqual(['server-down', 'server-down']);
    expect(await failing()).toEqual(['servers-up']);
    expect((await look()).suggests).toMatchObject([{ scenario: 'traffic-shift', input: { side: 'dr', steps: [100] } }]);
    bed.dr.health = 'fails';
    await eventually(async () => (await look()).suggests).toEqual([]);
  });
  test('a probe that fails', async () => {
    bed.dr.probe = 'fails';
    expect([await found(), await failing()]).toEqual([['probe-failed'], ['probes-well']]);
  });
  test('a right that is missing, a state that nobody keeps, a file that says otherwise', async () => {
    const remote = bed.proxies.map(({ id, operatorPort }) => ({ id, host: '127.0.0.1', port: operatorPort }));
    expect(await found({ proxies: remote.slice(0, 1) })).toEqual(['no-admin-level', 'state-not-kept']);
    writeFileSync(a!.stateFile, '');
    expect(await found()).toEqual(['weights-not-saved']);
    await save();
  });
  test('a server that is not there, one of no side, a backend that nobody has', async () => {
    const { sides } = bed.declared as { sides: { home: object; dr: object } };
    const wrong = { ...sides, dr: { ...sides.dr, servers: ['gone'] } };
    await both('set server be/dr weight 1');
    await save();
    expect(new Set(await found({ sides: wrong }))).toEqual(new Set(['server-missing', 'server-of-no-side']));
    expect(await found({ backend: 'nope' })).toEqual(['proxy-failed', 'proxy-failed']);
    await both(clean);
    await save();
  });
});
