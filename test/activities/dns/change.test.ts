/** Changes of names on real servers: done once however often they are asked for, refused where they would not be what was planned. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startNameServers, type NameServers } from '../../support/dns/servers.ts';
import { zoneActivities } from '../../support/dns/zone-activities.ts';

let names: NameServers;
const data = mkdtempSync(join(tmpdir(), 'okiagari-dns-records-'));
beforeAll(async () => {
  names = await startNameServers();
});
afterAll(async () => {
  await names.stop();
  rmSync(data, { recursive: true, force: true });
});

const target = 'names';
const wish = (side: 'home' | 'dr', switches = ['api', 'www']) =>
  ({ target, recovery: 'r', side, switches, turn: 'switch', isLowered: false, force: false }) as const;
const apiNow = (): string => names.servers[0].dig('api.shodo.test', 'CNAME').join();
const put = (...lines: readonly string[]): void =>
  names.nsupdate('update delete api.shodo.test. CNAME', ...lines.map((line) => `update add api.shodo.test. ${line}`));
const atHome = '2 CNAME prod-api.shodo.test.';

test('applied twice and taken back twice, the zone is changed once each', async () => {
  const dns = zoneActivities(names, data);
  const before = names.serial();
  const { plan, keptMs } = await dns.planDns(wish('dr'));
  expect(keptMs).toBe(2_000);
  const seen = { target, plan: plan.ref };
  expect(await dns.applyDns({ ...seen, digest: plan.digest })).toEqual({ already: false, serial: before + 1 });
  expect(await dns.applyDns({ ...seen, digest: plan.digest })).toEqual({ already: true, serial: before + 1 });
  expect([apiNow(), names.serial()]).toEqual(['dr-api.shodo.test.', before + 1]);
  expect(await dns.undoDns(seen)).toEqual({ restored: ['api', 'www'], kept: [] });
  expect(await dns.undoDns(seen)).toEqual({ restored: [], kept: [] });
  expect([apiNow(), names.serial()]).toEqual(['prod-api.shodo.test.', before + 2]);
  await expect(dns.awaitDnsServers({ ...seen, serial: before + 9 })).rejects.toMatchObject({ type: 'not-everywhere' });
});

test('a plan is followed only as it was approved, and only where all of it still stands', async () => {
  const dns = zoneActivities(names, data);
  const { plan } = await dns.planDns(wish('dr'));
  const apply = (digest = plan.digest) => dns.applyDns({ target, plan: plan.ref, digest });
  await expect(apply('0'.repeat(64))).rejects.toMatchObject({ type: 'plan-changed' });
  put('7 CNAME prod-api.shodo.test.');
  await expect(apply()).rejects.toThrow('Since the plan was made, something changed: api.shodo.test..');
  put('2 CNAME dr-api.shodo.test.');
  await expect(apply()).rejects.toMatchObject({ type: 'plan-changed' });
  expect(names.servers[0].dig('www.shodo.test', 'A').toSorted()).toEqual(['192.0.2.10', '192.0.2.11']);
  put(atHome);
});

test('what somebody changed since is not taken back, and the rest is', async () => {
  const dns = zoneActivities(names, data);
  const { plan } = await dns.planDns(wish('dr'));
  await dns.applyDns({ target, plan: plan.ref, digest: plan.digest });
  put('2 CNAME mail.shodo.test.');
  expect(await dns.undoDns({ target, plan: plan.ref })).toEqual({ restored: ['www'], kept: ['api'] });
  expect(apiNow()).toBe('mail.shodo.test.');
  put(atHome);
});

test('a change that the server takes without a word and does not make is told', async () => {
  names.nsupdate('update add both.shodo.test. 2 TXT "in the way"');
  const both = { id: 'both', name: 'both.shodo.test', type: 'CNAME', ttl: 2, sides: { home: ['a.test'], dr: ['b.test'] } };
  const dns = zoneActivities(names, data, { switches: [both] });
  const { plan } = await dns.planDns(wish('dr', ['both']));
  await expect(dns.applyDns({ target, plan: plan.ref, digest: plan.digest })).rejects.toThrow(
    'ns1 took the change and did not make it: both.shodo.test. CNAME is as it was.',
  );
});

test('the inventory may state how large the zone is, and how much of it may be touched', async () => {
  const stated = await zoneActivities(names, data, { recordSets: 40 }).planDns(wish('dr'));
  expect(stated.plan.size.share).toBe(2 / 40);
  await expect(zoneActivities(names, data, { recordSets: 10, limits: { share: 0.1 } }).planDns(wish('dr'))).rejects.toMatchObject(
    {
      type: 'too-much-of-zone',
    },
  );
});
