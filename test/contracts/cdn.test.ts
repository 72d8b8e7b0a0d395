/** A CDN that nobody could prove refuses the inventory, each fault by its path. */
import { expect, test } from 'vitest';
import { cdnFaults } from '../../contracts/cdn-faults.ts';
import { zoneCdnSettings } from '../../contracts/cdn-settings.ts';

const whole = {
  switch: 'api',
  purge: { url: { env: 'PURGE_URL' }, secret: { env: 'PURGE_SECRET' } },
  probe: { url: 'https://www.example.jp/health', expect: { home: 'by home', dr: 'by dr' } },
};
const probe = (more: object) => ({ ...whole, probe: { ...whole.probe, ...more } });

test.each<[string, object, string[]]>([
  ['what is whole', whole, []],
  ['a switch that the zone does not have', { ...whole, switch: 'www' }, ['cdn.switch: no switch www']],
  ['a side that nobody could see', probe({ expect: { home: 'a' } }), ['cdn.probe.expect: nothing for side dr']],
  [
    'a side that is none',
    probe({ expect: { home: 'a', dr: 'b', moon: 'c' } }),
    ['cdn.probe.expect.moon: that switch has no side moon'],
  ],
])('%s', (_, cdn, told) => {
  const target = { id: 'names', kind: 'dns-zone', switches: [{ id: 'api', sides: { home: [], dr: [] } }], cdn };
  expect(cdnFaults({}, target).map(({ path, message }) => `${path.join('.')}: ${message}`)).toEqual(told);
});

test('before proxies it is seen for each of their sides', () => {
  const { switch: _, ...cdn } = probe({ expect: { home: 'a', moon: 'b' } });
  const faults = (target: object) => cdnFaults({}, { id: 'edge', kind: 'traffic', sides: { home: {}, dr: {} }, ...target });
  expect(faults({})).toEqual([]);
  expect(faults({ cdn }).map(({ message }) => message)).toEqual(['nothing for side dr', 'there is no side moon']);
});

test.each<[string, object, string]>([
  [
    'a literal secret',
    { ...whole, purge: { url: 'https://cdn.test/purge', secret: { env: 'S' } } },
    'a literal secret is refused',
  ],
  ['another scheme', probe({ url: 'ftp://example.jp/' }), 'an http or https URL'],
  ['a password in the address', probe({ url: 'https://me:secret@example.jp/' }), 'a secret does not belong here'],
  ['sides that are within one another', probe({ expect: { home: 'served', dr: 'served by dr' } }), 'within what another says'],
])('%s is refused', (_, cdn, said) => {
  expect(
    zoneCdnSettings
      .safeParse(cdn)
      .error?.issues.map(({ message }) => message)
      .join(),
  ).toContain(said);
});
