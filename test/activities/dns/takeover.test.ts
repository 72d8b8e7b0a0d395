/** The primary of a zone is gone: Knot, which followed it, becomes the primary, once, and an old primary that comes back is not believed. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { startNameServers, type NameServers } from '../../support/dns/servers.ts';
import { zoneActivities } from '../../support/dns/zone-activities.ts';

let names: NameServers;
let dns: ReturnType<typeof zoneActivities>;
const data = mkdtempSync(join(tmpdir(), 'okiagari-dns-records-'));
const target = 'names';
const withStandby = (more: object = {}) => zoneActivities(names, data, { standby: { ...names.standby, ...more } });

beforeEach(async () => {
  names = await startNameServers();
  dns = withStandby();
  return () => names.stop();
});
afterAll(() => rmSync(data, { recursive: true, force: true }));

const wish = { target, recovery: 'r', side: 'dr', switches: ['api'], turn: 'switch', isLowered: false, force: false } as const;
const apiAt = (n: 0 | 1): string => names.servers[n].dig('api.shodo.test', 'CNAME').join();
const symptoms = async (): Promise<string[]> => (await dns.diagnoseDns({ target })).symptoms.map(({ id }) => id);

async function takeOver(): Promise<void> {
  await names.servers[0].stop();
  const { digest } = await dns.planTakeover({ target });
  await dns.applyTakeover({ target, digest });
}

test('it takes over as of its serial, twice or once, and takes the change that the other cannot', async () => {
  const serial = names.serial();
  expect(await symptoms()).toEqual([]);
  expect((await dns.assessDns({ target, side: 'dr' })).takeOver).toBeUndefined();
  await names.servers[0].stop();
  expect((await dns.assessDns({ target, side: 'dr' })).takeOver).toEqual({ by: 'ns2', from: 'ns1' });
  const takeover = await dns.planTakeover({ target });
  expect(takeover.summary.en).toContain(`ns2 becomes the primary of shodo.test. as of its serial ${serial}.`);

  // Before that it follows, and takes nothing.
  const early = await dns.planDns(wish);
  const seen = { target, plan: early.plan.ref };
  await expect(dns.applyDns({ ...seen, digest: early.plan.digest })).rejects.toThrow(/^ns2 said: /);
  for (let twice = 0; twice < 2; twice++) {
    expect((await dns.applyTakeover({ target, digest: takeover.digest })).en).toBe('ns2 takes the changes of shodo.test. now.');
  }
  expect(await dns.applyDns({ ...seen, digest: early.plan.digest })).toEqual({ already: false, serial: serial + 1 });
  expect(apiAt(1)).toBe('dr-api.shodo.test.');
  expect((await dns.awaitDnsServers({ ...seen, takenFrom: 'ns1' })).en).toBe('1 of 1 authoritative answer anew.');
  expect(await dns.undoDns(seen)).toEqual({ restored: ['api'], kept: [] });
  expect(apiAt(1)).toBe('prod-api.shodo.test.');
});

test('an old primary that comes back is neither believed nor forgiven its silence, until it is taken back', async () => {
  await takeOver();
  const { plan } = await dns.planDns(wish);
  await dns.applyDns({ target, plan: plan.ref, digest: plan.digest });
  await names.servers[0].start();
  expect(apiAt(0)).toBe('prod-api.shodo.test.');
  await expect(dns.planDns({ ...wish, side: 'home' })).rejects.toMatchObject({ type: 'primary-behind' });
  await expect(dns.undoDns({ target, plan: plan.ref })).rejects.toMatchObject({ type: 'primary-behind' });
  expect(await symptoms()).toContain('servers-disagree');
  const short = zoneActivities(names, data, { standby: names.standby, limits: { spreadSeconds: 1 } });
  await expect(short.awaitDnsServers({ target, plan: plan.ref, takenFrom: 'ns1' })).rejects.toThrow(
    '1 of 2 authoritative answer anew. ns1 still says prod-api.shodo.test. (2 s).',
  );
  expect(apiAt(1)).toBe('dr-api.shodo.test.');
});

test('nobody takes over from one that answers, or by another plan than people saw', async () => {
  expect((await dns.planTakeover({ target })).size.items).toBe(0);
  await names.servers[0].stop();
  const { digest } = await dns.planTakeover({ target });
  await names.servers[0].start();
  await expect(dns.applyTakeover({ target, digest })).rejects.toMatchObject({ type: 'plan-changed' });
  names.nsupdate('update add more.shodo.test. 2 A 192.0.2.7');
  await expect.poll(() => names.servers[1].dig('more.shodo.test', 'A')).toEqual(['192.0.2.7']);
  await names.servers[0].stop();
  await expect(dns.applyTakeover({ target, digest })).rejects.toMatchObject({ type: 'plan-changed' });
  const next = await dns.planDns(wish);
  await expect(dns.applyDns({ target, plan: next.plan.ref, digest: next.plan.digest })).rejects.toThrow(/^ns2 said: /);
});

test('it gives back what it took, and says why it could not take it', async () => {
  await takeOver();
  await dns.undoTakeover({ target });
  await names.servers[0].start();
  names.nsupdate('update add more.shodo.test. 2 A 192.0.2.7');
  await expect.poll(() => names.servers[1].dig('more.shodo.test', 'A')).toEqual(['192.0.2.7']);
  await names.servers[0].stop();

  const broken = withStandby({ takeOver: ['/bin/sh', '-c', 'echo no such zone >&2; exit 3'], giveBack: undefined });
  const { digest } = await broken.planTakeover({ target });
  await expect(broken.applyTakeover({ target, digest })).rejects.toThrow(
    'ns2 did not become the primary: /bin/sh exit 3: no such zone.',
  );
  expect(await broken.undoTakeover({ target })).toBeUndefined();
  const other = zoneActivities(names, data, { standby: names.standby }, Buffer.from('another').toString('base64'));
  await expect(other.applyTakeover({ target, digest })).rejects.toMatchObject({ type: 'takeover-failed' });
  expect((await other.diagnoseDns({ target })).symptoms.map(({ id }) => id)).toContain('key-refused');
});
