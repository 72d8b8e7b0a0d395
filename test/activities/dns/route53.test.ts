/** A zone at a small Route 53: what it took and no server has yet is taken back too. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDnsActivities } from '../../../activities/dns/create-dns-activities.ts';
import { createPorts } from '../../../adapters/ports.ts';
import { route53Secret, startFakeRoute53, type FakeRoute53 } from '../../support/dns/route53.ts';
import { serialAt, startNameServers, zone, type NameServers } from '../../support/dns/servers.ts';
import { zoneInventory } from '../../support/dns/zone-activities.ts';

let names: NameServers;
let route53: FakeRoute53;
const data = mkdtempSync(join(tmpdir(), 'okiagari-dns-records-'));
beforeAll(async () => {
  names = await startNameServers();
  route53 = await startFakeRoute53(names, zone);
});
afterAll(async () => {
  await route53.stop();
  await names.stop();
  rmSync(data, { recursive: true, force: true });
});

test('led over and back by batches, one each; a change that is at no server yet is taken back too', async () => {
  const inventory = zoneInventory(names, { provider: route53.provider });
  const dns = createDnsActivities(createPorts({ inventory: () => inventory, data, secret: route53Secret }));
  const target = 'names';
  const { symptoms } = await dns.diagnoseDns({ target });
  expect(symptoms).toEqual([]);
  const wish = {
    target,
    recovery: 'r',
    side: 'dr',
    switches: ['api', 'www'],
    turn: 'switch',
    isLowered: false,
    force: false,
  } as const;
  const { plan } = await dns.planDns(wish);
  const seen = { target, plan: plan.ref };
  const apply = () => dns.applyDns({ ...seen, digest: plan.digest });
  expect([(await apply()).already, (await apply()).already, route53.taken]).toEqual([false, true, 1]);
  expect(await dns.undoDns(seen)).toEqual({ restored: ['api', 'www'], kept: [] });
  expect([await dns.undoDns(seen), route53.taken]).toEqual([{ restored: [], kept: [] }, 2]);
  // The worker that asked for it died before it was anywhere.
  route53.pend('api.shodo.test.', 'CNAME', 2, ['dr-api.shodo.test.']);
  expect(names.servers[0].dig('api.shodo.test', 'CNAME')).toEqual(['prod-api.shodo.test.']);
  expect([await dns.undoDns(seen), route53.taken]).toEqual([{ restored: ['api'], kept: [] }, 3]);
  const [first, second] = names.servers;
  await expect.poll(() => serialAt(second)).toBe(serialAt(first));
  route53.refuse = { status: 403, code: 'AccessDenied' };
  const { symptoms: refused } = await dns.diagnoseDns({ target });
  expect(refused).toMatchObject([
    { id: 'account-unusable', sentence: { en: expect.stringContaining('AccessDenied') as string } },
  ]);
});
