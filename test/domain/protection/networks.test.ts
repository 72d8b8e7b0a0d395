/** Addresses of both families, held against what Node itself makes of them. */
import { BlockList, isIP } from 'node:net';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findOverlap, isCovered, overlap, parseNetwork, plainAddress } from '../../../domain/protection/networks.ts';

const address = fc.oneof(fc.ipV4(), fc.ipV6());
/** Such as lie close to each other, where chance alone would never bring two into one network. */
const near = fc.tuple(fc.nat(3), fc.nat(255)).map(([a, b]) => `10.0.${a}.${b}`);
const net4 = fc.tuple(fc.oneof(near, fc.ipV4()), fc.integer({ min: 1, max: 32 })).map(([ip, prefix]) => `${ip}/${prefix}`);

test('an address is one exactly where Node says so', () => {
  fc.assert(fc.property(address, (text) => (parseNetwork(text) !== undefined) === (isIP(text) !== 0)));
  const wrong = [
    '',
    '10.0.0',
    '10.0.0.256',
    '010.0.0.1',
    '10.0.0.0/33',
    '::/129',
    '1::2::3',
    'g::',
    '::1%lo',
    '1:2:3:4:5:6:7',
    '10.0.0.1/',
    'x',
  ];
  for (const text of wrong) expect(parseNetwork(text), text).toBeUndefined();
});

test('an address is in a network exactly where Node says so', () => {
  fc.assert(
    fc.property(net4, fc.oneof(near, fc.ipV4()), (network, ip) => {
      const list = new BlockList();
      const [base, prefix] = network.split('/') as [string, string];
      list.addSubnet(base, Number(prefix), 'ipv4');
      expect(isCovered(ip, [network])).toBe(list.check(ip, 'ipv4'));
      expect(findOverlap(ip, [network]) !== undefined).toBe(list.check(ip, 'ipv4'));
    }),
  );
  fc.assert(
    fc.property(fc.ipV6(), fc.integer({ min: 1, max: 128 }), fc.ipV6(), (base, prefix, ip) => {
      const list = new BlockList();
      list.addSubnet(base, prefix, 'ipv6');
      expect(isCovered(ip, [`${base}/${prefix}`])).toBe(list.check(ip, 'ipv6'));
    }),
  );
});

test.each([
  ['10.0.0.0/8', '10.1.0.0/16', true],
  ['10.1.0.0/16', '10.0.0.0/8', true],
  ['10.0.0.0/9', '10.128.0.0/9', false],
  ['::ffff:10.0.0.1', '10.0.0.0/24', true],
  ['::ffff:a00:1', '10.0.0.1', true],
  ['0.0.0.0/0', '203.0.113.9', true],
  ['2001:db8::/32', '2001:db8:ffff::1', true],
  ['2001:db8::/32', '10.0.0.1', false],
  ['::/0', '10.0.0.1', true],
])('%s and %s share an address: %s', (a, b, does) => {
  expect([overlap(parseNetwork(a)!, parseNetwork(b)!), overlap(parseNetwork(b)!, parseNetwork(a)!)]).toEqual([does, does]);
});

test('an IPv4 address in a table of both families is written plainly', () => {
  expect(['::ffff:192.0.2.1', '2001:db8::1', '192.0.2.1'].map(plainAddress)).toEqual(['192.0.2.1', '2001:db8::1', '192.0.2.1']);
});
