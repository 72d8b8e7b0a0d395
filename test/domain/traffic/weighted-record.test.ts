/** Records that divide answers: written one way, read back from that, and nothing else is taken for one of ours. */
import { expect, test } from 'vitest';
import { readRecords, writeRecords } from '../../../domain/traffic/weighted-record.ts';
import type { Setting } from '../../../domain/traffic/words.ts';

const entries = { prod: { A: '192.0.2.1' }, dr: { A: '198.51.100.1' } };
const set = (prod: number, dr: number): Setting[] => [
  { server: 'prod', weight: prod, state: 'ready' },
  { server: 'dr', weight: dr, state: 'ready' },
];

test('weights are pairs in the order of the entries; who is drained is not among them', () => {
  expect(writeRecords(entries, set(90, 10))).toEqual([`A "pickwrandom({{90, '192.0.2.1'}, {10, '198.51.100.1'}})"`]);
  expect(writeRecords(entries, [{ ...set(0, 0)[0]!, state: 'drain' }, set(0, 100)[1]!])).toEqual([
    `A "pickwrandom({{100, '198.51.100.1'}})"`,
  ]);
});

test('each family has a record of its own, in one spelling', () => {
  const both = { prod: { A: '192.0.2.1', AAAA: '2001:DB8:0::1' } };
  expect(writeRecords(both, set(7, 0))).toEqual([
    `A "pickwrandom({{7, '192.0.2.1'}})"`,
    `AAAA "pickwrandom({{7, '2001:db8::1'}})"`,
  ]);
});

test('what is written is read again, whatever its length', () => {
  for (const count of [1, 2, 12, 13, 100]) {
    const many = Object.fromEntries(Array.from({ length: count }, (_, n) => [`s${n}`, { AAAA: `2001:db8::${n + 1}` }]));
    const all = Object.keys(many).map((server, n): Setting => ({ server, weight: n, state: n % 7 === 3 ? 'drain' : 'ready' }));
    const wanted = all.map((one) => (one.state === 'drain' ? { ...one, weight: 0 } : one));
    expect(readRecords(many, writeRecords(many, all))).toEqual(wanted);
  }
});

test.each([
  `A "pickwrandom({{90,'192.0.2.1'}, {10, '198.51.100.1'}})"`,
  `A "pickwrandom({{10, '198.51.100.1'}, {90, '192.0.2.1'}})"`,
  `A "pickwrandom({{90, '192.0.2.1'}, {10, '203.0.113.9'}})"`,
  `A "pickwrandom({{90, '192.0.2.1'}, {90, '192.0.2.1'}})"`,
  `A "pickwrandom({{090, '192.0.2.1'}})"`,
  `A "pickwrandom({{1000, '192.0.2.1'}})"`,
  `A ";return pickwrandom({{90, '192.0.2.1'}})"`,
  `A "ifportup(443, {'192.0.2.1', '198.51.100.1'})"`,
  `AAAA "pickwrandom({{90, '192.0.2.1'}})"`,
  `A "pickwrandom({{90, '192.0.2.1'}" ", {10, '198.51.100.1'}})"`,
  `A "pickwrandom({})"`,
])('what is not as we write it is not ours: %s', (content) => expect(readRecords(entries, [content])).toBeUndefined());
