/** The effects of a drill on real servers: when it does not begin, that what commands say is not believed, and that all of them may run twice. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ApplicationFailure } from '@temporalio/common';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { createDrillActivities } from '../../../activities/drill/create-drill-activities.ts';
import { createPorts } from '../../../adapters/ports.ts';
import { resolveSecret } from '../../../config/environment.ts';
import { inventorySchema, type Inventory } from '../../../contracts/inventory.ts';
import { startRegion, type RegionBed } from '../../support/region/bed.ts';

const folder = mkdtempSync(join(tmpdir(), 'okiagari-drill-'));
const targets: Record<string, unknown>[] = [];
let bed: RegionBed;
let declared: Inventory;
let inventory: Inventory;
let drill: ReturnType<typeof createDrillActivities>;
beforeAll(async () => {
  const declare = (id: string, fields: string) => {
    targets.push({ id, ...(parse(fields) as object) });
    return { id, recover: () => Promise.reject(new Error('there is no worker')) };
  };
  bed = await startRegion({ folder, declare }, { drill: { fields: { requests: 10 } } });
  const people = [{ id: 'hana', name: 'Hana', roles: ['operator'], token: { env: 'TOKEN' } }];
  declared = inventorySchema().parse({ version: 1, people, targets }) as Inventory;
  drill = createDrillActivities(createPorts({ inventory: () => inventory, data: folder, secret: resolveSecret }));
});
afterAll(async () => {
  await bed.stop();
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  inventory = declared;
});

/** The service, or with its id another target, as the inventory says it from now on. */
function redeclare(change: Readonly<Record<string, unknown>>, target = bed.id): void {
  inventory = { ...declared, targets: declared.targets.map((one) => (one.id === target ? { ...one, ...change } : one)) };
}
const commands = (run: string, undo: string) => ({
  drill: { isolate: { run: [run], undo: [undo], within: 300 }, requests: 10, tolerance: 0.1 },
});
async function refusal(work: Promise<unknown>): Promise<[string | null | undefined, string]> {
  const failure = await work.then(
    () => undefined,
    (error: unknown) => error as ApplicationFailure,
  );
  return [failure?.type, failure?.message ?? 'it was not refused'];
}
const target = () => ({ target: bed.id });

describe('a drill does not begin', () => {
  const prepare = () => refusal(drill.prepareDrill(target()));

  test('but on a sandbox that is well and at home', async () => {
    expect(await drill.prepareDrill(target())).toEqual({ home: 'home', to: 'dr', holdsData: false, tolerance: 0.1 });
  });
  test('where a member left the sandbox, and home is not cut off then either', async () => {
    const { id } = inventory.targets.find(({ kind }) => kind === 'traffic')!;
    redeclare({ sandbox: undefined }, id);
    const refused = ['drill-refused', expect.stringContaining(`${id} is not declared \`sandbox: true\``)];
    expect(await prepare()).toEqual(refused);
    expect(await refusal(drill.isolateHome(target()))).toEqual(refused);
    expect(bed.isolation!.cuts).toBe(0);
  });
  test('where home is ill already: that is an outage', async () => {
    bed.proxies.home.probe = 'fails';
    expect(await prepare()).toEqual(['drill-refused', expect.stringContaining('home does not answer well (web status 500)')]);
    bed.proxies.home.probe = 'well';
  });
  test('where a member is away', async () => {
    await bed.proxies.proxies[0]!.ask('set server be/prod weight 0; set server be/dr weight 100');
    expect(await prepare()).toEqual([
      'drill-refused',
      expect.stringMatching(/where all of it is at home: \d\. edge-of-\d+ is at dr/),
    ]);
    await bed.proxies.proxies[0]!.ask('set server be/prod weight 100; set server be/dr weight 0');
  });
});

test('home is cut off and let back, each twice, and is there between and after', async () => {
  for (const work of ['isolateHome', 'isolateHome', 'liftIsolation', 'liftIsolation'] as const) await drill[work](target());
  expect([bed.isolation!.isCut, bed.isolation!.cuts]).toEqual([false, 1]);
});

describe('the commands are not believed', () => {
  test.each([
    ['isolateHome', 'true', 'true', 'home is to be cut off, and still answers.'],
    ['isolateHome', 'false', 'true', 'false did not end well (exit 1).'],
    ['liftIsolation', 'true', 'false', 'false did not end well (exit 1).'],
  ] as const)('%s by %s and %s', async (work, run, undo, message) => {
    redeclare(commands(run, undo));
    expect(await refusal(drill[work](target()))).toEqual(['isolation-failed', expect.stringContaining(message)]);
  });

  test('home that is let back has to answer; whatever the inventory says of sandboxes by then, it is let back', async () => {
    await drill.isolateHome(target());
    redeclare(commands('true', 'true'));
    expect(await refusal(drill.liftIsolation(target()))).toEqual([
      'isolation-failed',
      expect.stringContaining('home is let back, and does not answer yet.'),
    ]);
    redeclare({ drill: undefined });
    expect((await refusal(drill.liftIsolation(target())))[0]).toBe('isolation-failed');
    redeclare({ sandbox: undefined });
    await drill.liftIsolation(target());
    expect(bed.isolation!.isCut).toBe(false);
  });
});

test('what is not answered well has no time', async () => {
  const side = 'dr';
  expect(await drill.measureSide({ ...target(), side })).toMatchObject({ requests: 10, failed: 0, medianMs: expect.any(Number) });
  bed.proxies.dr.probe = 'fails';
  expect(await drill.measureSide({ ...target(), side })).toEqual({ requests: 10, failed: 10 });
  bed.proxies.dr.probe = 'well';
});

test('verified is what works at one side alone, with home there and well', async () => {
  const failing = async (side: string) =>
    (await drill.verifyDrill({ ...target(), side })).filter(({ ok }) => !ok).map(({ id }) => id.replace(/\d+$/, ''));
  expect([await failing('home'), await failing('dr')]).toEqual([[], ['member-edge-of-', 'member-names-of-']]);
  await drill.isolateHome(target());
  expect(await failing('home')).toEqual(['probe-web', 'home-probe-web']);
  await drill.liftIsolation(target());
});
