/** What a small Route 53 refuses, loses or does not have is told in our words; the suite of every zone is beside. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createDnsZones } from '../../adapters/dns/dns-zones.ts';
import { createCommandRunner } from '../../adapters/process/run-command.ts';
import type { ZoneAccess } from '../../activities/ports/dns-zones.ts';
import { recordSet, type Place } from '../../domain/dns/records.ts';
import { route53Secret, startFakeRoute53, type FakeRoute53 } from '../support/dns/route53.ts';
import { startNameServers, zone, type NameServers } from '../support/dns/servers.ts';

let names: NameServers;
let route53: FakeRoute53;
let secrets: (ref: object) => string | undefined = route53Secret;
const zones = createDnsZones((ref) => secrets(ref), createCommandRunner());
const api: Place = { id: 'api', name: 'api.shodo.test.', type: 'CNAME' };
const home = recordSet('CNAME', 2, ['prod-api.shodo.test']);
const dr = recordSet('CNAME', 2, ['dr-api.shodo.test']);
const access = (): ZoneAccess => ({ zone, servers: [...names.servers], provider: route53.provider });
const lead = (before = home, after = dr) => zones.update(access(), [{ ...api, before, after }]);

beforeAll(async () => {
  names = await startNameServers();
  route53 = await startFakeRoute53(names, zone);
});
afterAll(async () => {
  await route53.stop();
  await names.stop();
});
afterEach(() => {
  route53.refuse = undefined;
  route53.alias = undefined;
  secrets = route53Secret;
});

test('a batch whose answer was lost is taken once, and found done', async () => {
  route53.losesAnswer = true;
  expect([await lead(), route53.taken]).toEqual(['done', 1]);
  expect(await lead(dr, home)).toBe('done');
});

test.each([
  ['a key that nobody knows', 403, 'InvalidClientTokenId', 'dns-key-refused'],
  ['rights that are not there', 403, 'AccessDenied', 'dns-key-refused'],
  ['a zone that is not there', 404, 'NoSuchHostedZone', 'dns-refused'],
])('%s', async (_, status, code, type) => {
  route53.refuse = { status, code };
  await expect(lead()).rejects.toMatchObject({ type, message: `Route 53 said: ${code}` });
  expect(await zones.tryKey(access())).toEqual({ ok: false, of: 'account', isSilent: false, said: code });
});

test('a secret that is not there, another zone under that id, and nobody at the address', async () => {
  secrets = () => undefined;
  expect(await zones.tryKey(access())).toMatchObject({ said: '$AWS_KEY_ID is not there' });
  secrets = route53Secret;
  expect(await zones.tryKey({ ...access(), zone: 'other.test.' })).toMatchObject({
    said: 'Z0123456789EXAMPLE is not other.test.',
  });
  const provider = { ...route53.provider, endpoint: `http://127.0.0.1:${names.resolver.port}` };
  await names.resolver.stop();
  await expect(zones.count({ ...access(), provider })).rejects.toMatchObject({ type: 'dns-silent' });
});

test('an alias is no record set that could be put back, and left alone', async () => {
  route53.alias = api.name;
  await expect(zones.standing(access(), [api])).rejects.toThrow(
    'Route 53 said: api.shodo.test. CNAME is an alias, or one of several by weight or place: only plain record sets are changed',
  );
});

test('what it refuses for another reason than an edit is told in its words', async () => {
  const six: Place = { id: 'six', name: 'six.elsewhere.test.', type: 'AAAA' };
  await expect(zones.update(access(), [{ ...six, before: null, after: recordSet('AAAA', 1, ['::1']) }])).rejects.toThrow(
    'is not permitted in zone',
  );
});
