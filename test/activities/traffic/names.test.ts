/** A weighted name as a place of a traffic target, on real PowerDNS servers: what would make a shift fail is found and named, and each effect may run twice. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createTrafficActivities } from '../../../activities/traffic/create-traffic-activities.ts';
import { createPorts } from '../../../adapters/ports.ts';
import { inventorySchema, type Inventory } from '../../../contracts/inventory.ts';
import { alone, drAddress, split, startWeightedNames, type WeightedNames } from '../../support/powerdns/names.ts';

let bed: WeightedNames;
let key: string | undefined;
let data: string;
beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), 'okiagari-data-'));
  bed = await startWeightedNames({ secondary: true });
});
afterAll(async () => {
  await bed.stop();
  rmSync(data, { recursive: true, force: true });
});

const target = 'edge';
function activities(fields: object = {}) {
  const inventory = inventorySchema().parse({
    version: 1,
    people: [{ id: 'hana', name: 'Hana', roles: ['operator'], token: { env: 'TOKEN' } }],
    targets: [{ id: target, kind: 'traffic', dwell: '1s', ...bed.declared, ...fields }],
  }) as Inventory;
  return createTrafficActivities(createPorts({ inventory: () => inventory, data, secret: () => key }));
}
const planned = async (): Promise<string> =>
  (await activities().planTrafficShift({ target, recovery: 'r', side: 'dr', share: 100 })).plan.ref;
const content = async () => (await bed.servers[0].contents()).join();

beforeEach(async () => {
  key = bed.key;
  Object.assign(bed.home, { probe: 'well' });
  await bed.servers[0].edit([split(50, 50)]);
  const plan = (await activities().planTrafficShift({ target, recovery: 'r', side: 'home', share: 100 })).plan.ref;
  await activities().setTraffic({ target, plan, to: 100 });
});

describe('a diagnosis', () => {
  const look = (fields?: object) => activities(fields).diagnoseTraffic({ target });
  const found = async (fields?: object) => (await look(fields)).symptoms.map(({ id }) => id);
  const failing = async (fields?: object) =>
    (await activities(fields).checkTraffic({ target })).filter(({ outcome }) => outcome === 'failed').map(({ id }) => id);
  const sentences = async () => (await look()).symptoms.map(({ sentence }) => sentence.en);

  test('of a name that is well finds nothing: a zone keeps what is set', async () => {
    expect([await found(), await failing(), await content()]).toEqual([[], [], `1 ${split(100, 0)}`]);
  });
  test('of a side that a shift left behind finds nothing', async () => {
    await activities().drainTraffic({ target, plan: await planned() });
    expect([await content(), await found()]).toEqual([`1 ${alone(drAddress)}`, []]);
  });
  test('finds a key that is refused, a record that is not ours, and one that is not there', async () => {
    key = 'another one';
    expect(await sentences()).toEqual([`names refuses our login: ns1: it refuses ${bed.keyFile}`]);
    expect([await found(), await failing()]).toEqual([['proxy-login-refused'], ['proxies-answer']]);
    key = bed.key;
    await bed.servers[0].edit(['A "pickrandom({\'192.0.2.1\'})"']);
    expect(await sentences()).toEqual([
      'names gave no usable answer: ns1: www.shop.test. is not as we write it: A "pickrandom({\'192.0.2.1\'})"',
    ]);
    await bed.servers[0].edit([]);
    expect(await sentences()).toEqual(['names gave no usable answer: ns1: it has no LUA record www.shop.test.']);
  });
  test('finds a server that is silent, and one that serves something else', async () => {
    const [, second] = bed.servers;
    await second!.kill();
    expect(await sentences()).toEqual(['ns2 cannot be reached: no answer (ECONNREFUSED)']);
    expect([await found(), await failing()]).toEqual([['proxy-unreachable'], ['proxies-answer']]);
    await second!.start();
    await second!.edit([split(99, 1)]);
    expect(await sentences()).toEqual(['ns2 does not serve what the primary of names has.']);
    expect([await found(), await failing()]).toEqual([['proxies-disagree'], ['one-split']]);
  });
  test('finds a split in the middle, an entry that is missing beside those that serve, and nobody who serves', async () => {
    const servers = {
      sides: {
        ...(bed.declared['sides'] as object),
        home: { servers: ['prod', 'prod-2'], probe: { url: 'http://127.0.0.1:1/' } },
      },
    };
    const entries = { ...(bed.place['entries'] as object), 'prod-2': { A: '192.0.2.2' } };
    const more = { ...servers, names: [{ ...bed.place, servers: (bed.place['servers'] as object[]).slice(0, 1), entries }] };
    expect(await found(more)).toEqual(['server-drain', 'probe-failed']);
    const single = { names: [{ ...bed.place, servers: (bed.place['servers'] as object[]).slice(0, 1) }] };
    await bed.servers[0].edit([split(90, 10)]);
    expect([await found(single), await failing(single)]).toEqual([['split-in-the-middle'], ['one-split']]);
    await bed.servers[0].edit([split(0, 0)]);
    expect([await found(single), await failing(single)]).toEqual([['no-side-serves'], ['one-split']]);
  });
  test('finds an answer that is kept for longer than a step is watched', async () => {
    expect([await found({ dwell: '900ms' }), await failing({ dwell: '900ms' })]).toEqual([['ttl-too-long'], ['ttl']]);
  });
  test('suggests a shift where the probe of the side that is led to fails, and that of the other does not', async () => {
    bed.home.probe = 'fails';
    expect(await look()).toMatchObject({
      symptoms: [{ id: 'probe-failed' }],
      suggests: [{ scenario: 'traffic-shift', input: { side: 'dr', steps: [100] } }],
    });
  });
});

test('each effect may run twice, and the way back is the same bytes', async () => {
  const before = await content();
  const plan = await planned();
  const since = await activities().sampleTraffic({ target });
  expect(await activities().setTraffic({ target, plan, to: 10 })).toEqual({ changed: 2, unsaved: [] });
  expect(await activities().setTraffic({ target, plan, to: 10 })).toEqual({ changed: 0, unsaved: [] });
  for (let n = 0; n < 2; n++) {
    expect(await activities().revertTraffic({ target, plan, since })).toEqual({ isBack: true, keptMs: 1_000 });
  }
  expect(await content()).toBe(before);
  for (let n = 0; n < 2; n++) {
    expect(await activities().drainTraffic({ target, plan })).toMatchObject({ sessions: 0, keptMs: 1_000, waitMs: 1_000 });
  }
  for (let n = 0; n < 2; n++) expect(await activities().undoTrafficShift({ target, plan })).toEqual({ restored: ['names'] });
  expect(await content()).toBe(before);
});

test('a TTL that somebody lowered since the plan is not what old answers are kept for', async () => {
  await bed.servers[0].edit([split(100, 0)], { ttl: 40 });
  const plan = await planned();
  await bed.servers[0].edit([split(100, 0)], { ttl: 1 });
  expect(await activities().drainTraffic({ target, plan })).toMatchObject({ keptMs: 40_000, waitMs: 40_000 });
});

test('a server that an attempt died before is given it by the next, though nothing else has to be changed', async () => {
  const plan = await planned();
  const [, second] = bed.servers;
  await bed.servers[0].edit([split(50, 50)]);
  expect(await second!.contents()).toEqual([`1 ${split(100, 0)}`]);
  expect(await activities().setTraffic({ target, plan, to: 50 })).toEqual({ changed: 0, unsaved: [] });
  expect(await second!.contents()).toEqual([`1 ${split(50, 50)}`]);
});

test('somebody edits the record while a step is watched: told, and not overrun', async () => {
  const plan = await planned();
  const since = await activities().sampleTraffic({ target });
  await activities().setTraffic({ target, plan, to: 10 });
  await bed.servers[0].edit([split(33, 10)]);
  await expect(activities().watchTraffic({ target, plan, to: 10, since })).rejects.toMatchObject({ type: 'plan-changed' });
  await expect(activities().setTraffic({ target, plan, to: 50 })).rejects.toThrow(
    'Somebody else has set prod at names since the plan was made.',
  );
  expect(await content()).toBe(`1 ${split(33, 10)}`);
});

test('a server that falls back to something else while a step is watched is no split as planned, nor is it verified', async () => {
  const plan = await planned();
  const since = await activities().sampleTraffic({ target });
  await activities().setTraffic({ target, plan, to: 100 });
  await bed.servers[1]!.edit([split(99, 1)]);
  await expect(activities().watchTraffic({ target, plan, to: 100, since })).rejects.toMatchObject({ type: 'plan-changed' });
  await bed.servers[0].edit([alone(drAddress)]);
  const checks = await activities().verifyTrafficShift({ target, plan });
  expect(checks.filter(({ ok }) => !ok).map(({ sentence }) => sentence.en)).toEqual(['names has ns2 otherwise.']);
});
