/** A whole region of real servers is looked at: what is wrong is found and named, with the move that would help; nothing on a clean one. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { parse } from 'yaml';
import { createServiceActivities } from '../../../activities/service/create-service-activities.ts';
import { createPorts } from '../../../adapters/ports.ts';
import { resolveSecret } from '../../../config/environment.ts';
import { inventorySchema, type Inventory } from '../../../contracts/inventory.ts';
import { eventually } from '../../support/eventually.ts';
import { startWholeRegion, type WholeRegionBed } from '../../support/region/bed.ts';

const folder = mkdtempSync(join(tmpdir(), 'okiagari-service-'));
let bed: WholeRegionBed;
let service: ReturnType<typeof createServiceActivities>;
beforeAll(async () => {
  const targets: object[] = [];
  const declare = (id: string, fields: string) => {
    targets.push({ id, ...(parse(fields) as object) });
    return { id, recover: () => Promise.reject(new Error('there is no worker')) };
  };
  bed = await startWholeRegion({ folder, declare });
  const people = [{ id: 'hana', name: 'Hana', roles: ['operator'], token: { env: 'TOKEN' } }];
  const inventory = inventorySchema().parse({ version: 1, people, targets }) as Inventory;
  service = createServiceActivities(createPorts({ inventory: () => inventory, data: folder, secret: resolveSecret }));
});
afterAll(async () => {
  await bed.stop();
  rmSync(folder, { recursive: true });
});

const split = (prod: number, dr: number): Promise<string> =>
  bed.proxies.proxies[0]!.ask(`set server be/prod weight ${prod}; set server be/dr weight ${dr}`);
beforeEach(async () => {
  await split(100, 0);
  [bed.proxies.home.probe, bed.proxies.dr.probe] = ['well', 'well'];
});

const look = () => service.diagnoseService({ target: bed.id });
const found = async (): Promise<string[]> => (await look()).symptoms.map(({ id }) => id);
const suggested = async () => (await look()).suggests.map(({ scenario, input }) => [scenario, input]);
const failing = async (): Promise<string[]> =>
  (await service.checkService({ target: bed.id })).filter(({ outcome }) => outcome !== 'ok').map(({ id }) => id);

test('at home and well, there is nothing to tell, and every member is known', async () => {
  expect([await found(), await suggested(), await failing()]).toEqual([[], [], []]);
  const { plan } = await service.planServiceMove({ target: bed.id, way: 'home', planned: true });
  expect(plan.changes.map(({ before }) => before)).toEqual(['home (a)', 'home (a)', 'home (home)', 'home (home)']);
});

test('a home that does not answer, with a side that does', async () => {
  bed.proxies.home.probe = 'fails';
  expect([await found(), await suggested()]).toEqual([['side-ill'], [['region-failover', { to: 'dr' }]]]);
  expect(await failing()).toEqual(['side-answers']);
  bed.proxies.dr.probe = 'fails';
  expect(await suggested()).toEqual([]);
});

test('requests on both sides, and on the other one alone', async () => {
  await split(50, 50);
  expect([await found(), await failing()]).toEqual([['member-nowhere'], ['one-side']]);
  await split(0, 100);
  expect([await found(), await failing()]).toEqual([['service-split'], ['one-side']]);
});

test('names that lead to no side, or to different ones', async () => {
  bed.names.nsupdate('update delete www.shodo.test. A', 'update add www.shodo.test. 2 A 203.0.113.1');
  await eventually(async () => (await look()).symptoms.map(({ sentence }) => sentence.en)).toEqual([
    expect.stringMatching(/^names-of-\d+ works on no side: home and none of the sides, not one side\.$/),
  ]);
});

test('a node that does not follow is not waited for where its database is at home already, nor on the way away', async () => {
  const b = bed.cluster.servers[1]!;
  await b.kill();
  const returning = async (way: 'home' | 'away') =>
    (await service.planServiceMove({ target: bed.id, way, planned: true })).waves
      .flat()
      .flatMap((member) => member.returning ?? []);
  expect([await returning('home'), await returning('away')]).toEqual([[], []]);
  await b.start();
  await bed.cluster.caughtUp();
});

test('databases that nobody writes to', async () => {
  await bed.loseHome();
  expect((await look()).symptoms.map(({ sentence }) => sentence.en)).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^db-\d+ works on no side: nobody takes writes\.$/),
      expect.stringMatching(/^cache-of-\d+ works on no side: nobody takes writes\.$/),
    ]),
  );
});
