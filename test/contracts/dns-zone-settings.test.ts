/** What the inventory may say of a zone: names and addresses that DNS can hold, and sides that are told apart. */
import { expect, test } from 'vitest';
import { z } from 'zod';
import { dnsStandbyFaults } from '../../contracts/dns-standby-faults.ts';
import { dnsZoneSettings } from '../../contracts/dns-zone-settings.ts';

const settings = z.strictObject(dnsZoneSettings);
const api = {
  id: 'api',
  name: 'API.shodo.test',
  type: 'CNAME',
  ttl: 60,
  sides: { home: ['prod.shodo.test'], dr: ['dr.shodo.test'] },
};
const whole = {
  zone: 'shodo.test',
  servers: [{ id: 'ns1', host: '192.0.2.53' }],
  provider: { kind: 'rfc2136', key: { name: 'drill-key', secret: { env: 'KEY' } } },
  switches: [api],
};
const faults = (more: object): string[] =>
  (settings.safeParse({ ...whole, ...more }).error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);

test('names are whole and in small letters, ports and limits have defaults', () => {
  const { data } = settings.safeParse(whole);
  expect(data).toMatchObject({
    zone: 'shodo.test.',
    servers: [{ port: 53 }],
    switches: [{ name: 'api.shodo.test.', sides: { dr: ['dr.shodo.test.'] } }],
    limits: { spreadSeconds: 30, share: 0.3 },
    lowered: 30,
  });
});

test.each<[string, object, string]>([
  ['a literal secret', { provider: { kind: 'rfc2136', key: { name: 'k', secret: 'c2VjcmV0' } } }, 'a literal secret is refused'],
  ['a zone file without a place of its own', { provider: { kind: 'file', path: 'zone', reload: ['x'] } }, 'an absolute path'],
  ['a zone file that nobody loads', { provider: { kind: 'file', path: '/zone', reload: [] } }, 'Too small'],
  [
    'a hosted zone by its name',
    { provider: { kind: 'route53', zoneId: 'shodo.test', accessKeyId: { env: 'A' }, secretAccessKey: { env: 'B' } } },
    'the id of a hosted zone',
  ],
  ['a side alone', { switches: [{ ...api, sides: { home: ['a.test'] } }] }, 'there are two sides at least'],
  [
    'sides that are one',
    { switches: [{ ...api, sides: { home: ['a.test'], dr: ['A.test.'] } }] },
    'two sides have the same values',
  ],
  ['two names behind one', { switches: [{ ...api, sides: { home: ['a.test', 'b.test'], dr: ['c.test'] } }] }, 'Too big'],
  ['a name as an address', { switches: [{ ...api, type: 'A' }] }, 'Invalid IPv4 address'],
  ['a name with a space', { zone: 'shodo test' }, 'a whole name'],
  ['one place twice', { switches: [api, { ...api, id: 'b', name: 'api.shodo.test.' }] }, 'the same name and type'],
  ['one id twice', { switches: [api, { ...api, name: 'b.shodo.test' }] }, 'two switches have the same id'],
])('%s is refused', (_, more, said) => {
  expect(faults(more).join('\n')).toContain(said);
});

test.each<[string, object, string[]]>([
  ['another server of a zone that takes updates', {}, []],
  ['the primary itself', { standby: { server: 'ns1' } }, ['standby.server: ns1 is none of the servers after the first']],
  ['a server that is not there', { standby: { server: 'ns9' } }, ['standby.server: ns9 is none of the servers after the first']],
  ['of a zone in a file', { provider: { kind: 'file' } }, ['standby: only a zone that takes updates (rfc2136) has one']],
  ['of a target of another kind', { kind: 'traffic', standby: { server: 'ns9' } }, []],
])('a standby that is %s', (_, more, said) => {
  const servers = [{ id: 'ns1' }, { id: 'ns2' }];
  const target = { ...whole, kind: 'dns-zone', servers, standby: { server: 'ns2' }, ...more };
  expect(dnsStandbyFaults({}, target).map(({ path, message }) => `${path.join('.')}: ${message}`)).toEqual(said);
});
