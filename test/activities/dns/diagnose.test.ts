/** Real name servers are looked at: each drift is found and named, none on clean ones, and looking changes nothing. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startNameServers, type NameServers } from '../../support/dns/servers.ts';
import { asServers, zoneActivities } from '../../support/dns/zone-activities.ts';
import { eventually } from '../../support/eventually.ts';

let names: NameServers;
let fields: Record<string, unknown>;
let secret: string;

beforeAll(async () => {
  names = await startNameServers();
});
afterAll(() => names.stop());
beforeEach(() => {
  secret = names.key.secret;
  fields = {};
});

const activities = () => zoneActivities(names, '/nowhere', fields, secret);
const target = 'names';
const look = async () => (await activities().diagnoseDns({ target })).symptoms;
const found = async (): Promise<string[]> => (await look()).map(({ id }) => id);
const sentences = async (): Promise<string> => (await look()).map(({ sentence }) => sentence.en).join('\n');
const checklist = async (): Promise<Record<string, string>> => {
  const all = activities();
  const answers = await Promise.all([
    all.checkDnsServers({ target }),
    all.checkDnsNames({ target }),
    all.checkDnsResolvers({ target }),
  ]);
  return Object.fromEntries(answers.flat().map(({ id, outcome }) => [id, outcome]));
};
const failed = async (): Promise<string[]> =>
  Object.entries(await checklist()).flatMap(([id, outcome]) => (outcome === 'failed' ? [id] : []));

test('a clean zone has nothing to tell, passes every item, suggests nothing, and is not changed', async () => {
  const before = names.serial();
  const { symptoms, suggests } = await activities().diagnoseDns({ target });
  expect([symptoms, suggests]).toEqual([[], []]);
  expect(await checklist()).toEqual({ 'servers-agree': 'ok', key: 'ok', sides: 'ok', ttl: 'ok', resolvers: 'ok' });
  expect(names.serial()).toBe(before);
});

describe('a drift', () => {
  test('a server and a resolver that do not answer', async () => {
    await Promise.all([names.servers[1].stop(), names.resolver.stop()]);
    expect(await found()).toEqual(['server-silent', 'resolver-silent']);
    expect(await failed()).toEqual(['servers-agree', 'resolvers']);
    await names.servers[1].start();
    await names.resolver.start();
    expect(await found()).toEqual([]);
  });

  test('a key that is refused, and one that is not there', async () => {
    secret = Buffer.from('another secret').toString('base64');
    expect(await sentences()).toContain('ns1 refuses our key: BADSIG: the secret is another one there.');
    expect([await found(), await failed()]).toEqual([['key-refused'], ['key']]);
    secret = '';
    expect(await sentences()).toContain('$KEY holds no base64');
  });

  test('a record that leads to no side, and a TTL over a third of the RTO', async () => {
    names.nsupdate('update delete api.shodo.test. CNAME', 'update add api.shodo.test. 201 CNAME mail.shodo.test.');
    await eventually(() => names.servers[1].dig('api.shodo.test', 'CNAME')).toEqual(['mail.shodo.test.']);
    expect(await found()).toEqual(['points-to-no-side', 'ttl-too-long']);
    expect(await sentences()).toContain('may be kept for 201 s, more than a third of the RTO (200 s)');
    fields['objectives'] = { rto: '20m' };
    expect(await found()).toEqual(['points-to-no-side']);
    names.nsupdate('update delete api.shodo.test. CNAME', 'update add api.shodo.test. 2 CNAME prod-api.shodo.test.');
    await eventually(found).toEqual([]);
  });

  test('servers that tell different things', async () => {
    const stranger = await startNameServers();
    try {
      stranger.nsupdate('update delete api.shodo.test. CNAME', 'update add api.shodo.test. 2 CNAME dr-api.shodo.test.');
      const { host, port } = stranger.servers[0];
      fields['servers'] = [...asServers([names.servers[0]]), { id: 'other', host, port }];
      await eventually(() => found()).toEqual(['servers-disagree']);
      expect(await sentences()).toMatch(
        /serials ns1 \d+, other \d+, api\.shodo\.test\. prod-api\.shodo\.test\. \(2 s\) \/ dr-api/,
      );
      // A resolver may still keep what a test before has changed.
      await eventually(() => failed()).toEqual(['servers-agree']);
    } finally {
      await stranger.stop();
    }
  });
});
