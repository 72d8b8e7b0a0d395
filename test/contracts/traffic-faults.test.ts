/** What the inventory may say of weighted names, each fault by its path: nothing that ends a record, and nothing that a name cannot do. */
import { expect, test } from 'vitest';
import { z } from 'zod';
import { trafficFaults } from '../../contracts/traffic-faults.ts';
import { weightedName } from '../../contracts/weighted-name-settings.ts';
import { trafficSettings } from '../../contracts/traffic-settings.ts';

const server = (id: string, more: object = {}) => ({
  id,
  host: '192.0.2.53',
  api: { url: 'https://192.0.2.53:8081', key: { env: 'PDNS_KEY' } },
  ...more,
});
const name = {
  ...{ id: 'names', name: 'www.shop.example.jp', zone: 'shop.example.jp', servers: [server('ns1')] },
  entries: { prod: { A: '192.0.2.1' }, dr: { A: '198.51.100.1' } },
};
const proxy = { id: 'lb', socket: '/run/haproxy/admin.sock' };
const sides = { home: { servers: ['prod'] }, dr: { servers: ['dr'] } };
const told = ({ path, message }: { readonly path: readonly PropertyKey[]; readonly message: string }): string =>
  `${path.join('.')}: ${message}`;
const crossed = (target: object): string[] => trafficFaults({}, { kind: 'traffic', names: [name], sides, ...target }).map(told);

test('a plain name has everything else by default, and stands beside a proxy', () => {
  expect(weightedName.parse(name)).toMatchObject({
    ...{ name: 'www.shop.example.jp.', zone: 'shop.example.jp.', spread: 30_000 },
    servers: [{ port: 53 }],
  });
  const probe = { url: 'http://side.example.jp/' };
  const both = { home: { ...sides.home, probe }, dr: { ...sides.dr, probe } };
  const whole = { proxies: [proxy], backend: 'be', names: [name], sides: both };
  expect(z.strictObject(trafficSettings).parse(whole)).toMatchObject({ proxies: [proxy], names: [{ id: 'names' }] });
  expect([crossed({}), crossed(whole)]).toEqual([[], []]);
});

test.each<[string, object, string]>([
  ['a name of another zone', { name: 'www.example.jp' }, 'name: a name in the zone'],
  ['one that only ends alike', { name: 'www.workshop.example.jp', zone: 'shop.example.jp' }, 'name: a name in the zone'],
  ['an address that ends a record', { entries: { prod: { A: "192.0.2.1'" }, dr: name.entries.dr } }, 'entries.prod.A: '],
  ['a name that ends a record', { entries: { prod: { CNAME: "a'.jp" } } }, 'entries.prod.CNAME: '],
  ['an entry without a value', { entries: { prod: {} } }, 'entries.prod: an A, an AAAA, both, or a CNAME alone'],
  [
    'a CNAME beside an address',
    { entries: { prod: { A: '192.0.2.1', CNAME: 'a.jp' } } },
    'entries.prod: an A, an AAAA, both, or a CNAME alone',
  ],
  [
    'a side that one family of users would not find',
    { entries: { prod: { A: '192.0.2.1', AAAA: '2001:db8::1' }, dr: { A: '198.51.100.1' } } },
    'entries: every entry has the same types',
  ],
  [
    'one address twice, written otherwise',
    { entries: { prod: { AAAA: '2001:db8::1' }, dr: { AAAA: '2001:DB8:0::1' } } },
    'entries: two entries have the same value',
  ],
  ['the same server twice', { servers: [server('ns1'), server('ns1')] }, 'servers: two servers have the same id'],
  ['no server', { servers: [] }, 'servers: '],
  [
    'a literal secret',
    { servers: [server('ns1', { api: { url: 'https://192.0.2.53', key: 'sesame' } })] },
    'servers.0.api.key: name the secret',
  ],
  [
    'a secret in the address',
    { servers: [server('ns1', { api: { url: 'https://a:b@192.0.2.53', key: { env: 'K' } } })] },
    'servers.0.api.url: an address without user and password',
  ],
  [
    'an authority for what goes in the clear',
    { servers: [server('ns1', { api: { url: 'http://192.0.2.53', key: { env: 'K' }, tls: { ca: { file: '/etc/ca.pem' } } } })] },
    'servers.0.api.url: begins with https:// where `tls` is said',
  ],
])('refused: %s', (_, change, fault) => {
  const issues = weightedName.safeParse({ ...name, ...change }).error?.issues ?? [];
  expect(issues.map(told).join('\n')).toContain(fault);
});

test.each<[string, object, string[]]>([
  ['nothing that spreads requests', { names: undefined }, ['proxies: proxies, or names, or both']],
  ['proxies without a backend', { proxies: [proxy] }, ['backend: that of the proxies']],
  [
    'a name with the id of a proxy',
    { proxies: [{ ...proxy, id: 'names' }], backend: 'be' },
    ['names.0.id: a proxy is names too'],
  ],
  [
    'a server that the name has no entry for',
    { sides: { ...sides, dr: { servers: ['dr', 'dr-2'] } } },
    ['names.0.entries: nothing for dr-2'],
  ],
  ['an entry of no side', { sides: { home: sides.home } }, ['names.0.entries.dr: no side has a server dr']],
  [
    'protection by a name',
    { proxies: [proxy], backend: 'be', protection: {} },
    ['protection: takes proxies alone: who asks for one of `names` is not held off'],
  ],
])('refused across fields: %s', (_, target, faults) => expect(crossed(target)).toEqual(faults));
