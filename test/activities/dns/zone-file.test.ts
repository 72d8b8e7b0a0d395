/** A zone in a file that a real BIND loads: one serial for each change that was meant, whoever dies between writing and loading. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { startNameServers, type NameServers } from '../../support/dns/servers.ts';
import { zoneActivities } from '../../support/dns/zone-activities.ts';

let names: NameServers;
const data = mkdtempSync(join(tmpdir(), 'okiagari-dns-records-'));
beforeAll(async () => {
  names = await startNameServers('bind', 'file');
});
afterAll(async () => {
  await names.stop();
  rmSync(data, { recursive: true, force: true });
});

const target = 'names';
/** As a worker that dies between writing and loading leaves it. */
const neverLoads = ['/bin/false'];
const activities = (reload = names.zoneFile.reload) =>
  zoneActivities(names, data, { provider: { kind: 'file', path: names.zoneFile.path, reload } });
const planned = async (side: 'home' | 'dr') => {
  const wish = { target, recovery: 'r', side, switches: ['api', 'www'], turn: 'switch', isLowered: false, force: false } as const;
  const { plan } = await activities().planDns(wish);
  return { target, plan: plan.ref, digest: plan.digest };
};
const apiNow = (): string => names.servers[0].dig('api.shodo.test', 'CNAME').join();
const text = (): string => readFileSync(names.zoneFile.path, 'utf8');
const inFile = (): number => Number(/hostmaster (\d+)/.exec(text())?.[1]);

test('a change that was written and not loaded is loaded by whoever comes next, under the one serial', async () => {
  const before = names.serial();
  const seen = await planned('dr');
  await expect(activities(neverLoads).applyDns(seen)).rejects.toMatchObject({ type: 'zone-not-loaded' });
  expect([apiNow(), names.serial(), inFile()]).toEqual(['prod-api.shodo.test.', before, before + 1]);
  expect(await activities().applyDns(seen)).toEqual({ already: false, serial: before + 1 });
  expect(await activities().applyDns(seen)).toEqual({ already: true, serial: before + 1 });
  expect(await activities().awaitDnsServers({ ...seen, serial: before + 1 })).toMatchObject({
    en: '2 of 2 authoritative answer anew.',
  });
  await expect(activities(neverLoads).undoDns(seen)).rejects.toThrow('/bin/false ended with 1');
  expect([apiNow(), inFile()]).toEqual(['dr-api.shodo.test.', before + 2]);
  expect(await activities().undoDns(seen)).toEqual({ restored: ['api', 'www'], kept: [] });
  expect(await activities().undoDns(seen)).toEqual({ restored: [], kept: [] });
  expect([apiNow(), names.serial(), inFile()]).toEqual(['prod-api.shodo.test.', before + 2, before + 2]);
});

test('what was written and never loaded is taken back in the file', async () => {
  const seen = await planned('dr');
  await expect(activities(neverLoads).applyDns(seen)).rejects.toThrow('/bin/false');
  expect(await activities().undoDns(seen)).toEqual({ restored: ['api', 'www'], kept: [] });
  expect([apiNow(), text().includes('CNAME dr-api')]).toEqual(['prod-api.shodo.test.', false]);
});

test('an edit that nobody loaded is not brought to users by a switch of the same name', async () => {
  const seen = await planned('dr');
  const before = text();
  writeFileSync(names.zoneFile.path, before.replace(/^api.*$/m, 'api 2 CNAME mail'));
  await expect(activities().applyDns(seen)).rejects.toThrow(
    'The zone file has mail.shodo.test. (2 s) at api.shodo.test. and ns1 serves prod-api.shodo.test. (2 s): somebody edited it and did not load it.',
  );
  expect(apiNow()).toBe('prod-api.shodo.test.');
  writeFileSync(names.zoneFile.path, before);
});

test('a file that could not be changed is a symptom and an item of the list', async () => {
  const ids = async () => (await activities().diagnoseDns({ target })).symptoms.map(({ id }) => id);
  const key = async () => (await activities().checkDnsServers({ target })).find(({ id }) => id === 'key');
  // What the tests before have changed may still be on its way to the secondary.
  await eventually(async () => [await ids(), await key()]).toMatchObject([[], { outcome: 'ok' }]);
  const before = text();
  writeFileSync(names.zoneFile.path, `$INCLUDE more\n${before}`);
  expect([await ids(), await key()]).toMatchObject([['zone-file-unusable'], { outcome: 'failed' }]);
  expect((await key())?.sentence.en).toBe('It would not: Line 1 of the zone file: $INCLUDE is not understood here.');
  writeFileSync(names.zoneFile.path, before);
});
