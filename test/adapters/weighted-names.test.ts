/** A name on real PowerDNS servers is looked at and set: what was set is read back at every server, served by DNS, and refused in plain words where it cannot be. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createWeightedNames } from '../../adapters/powerdns/weighted-names.ts';
import { weightedName } from '../../contracts/weighted-name-settings.ts';
import { isLive, type LiveProxy, type Setting } from '../../domain/traffic/words.ts';
import { eventually } from '../support/eventually.ts';
import { trafficContract } from '../support/traffic-contract.ts';
import { alone, drAddress, homeAddress, name, split, startWeightedNames, type WeightedNames } from '../support/powerdns/names.ts';

let bed: WeightedNames;
let key: string | undefined;
const traffic = createWeightedNames(() => key);
const place = (fields: object = {}) => weightedName.parse({ ...bed.place, ...fields });
beforeAll(async () => {
  bed = await startWeightedNames({ secondary: true });
});
afterAll(() => bed.stop());
beforeEach(async () => {
  key = bed.key;
  const [primary] = bed.servers;
  await primary.edit([], { type: 'A' });
  await primary.edit([split(100, 0)]);
  await traffic.set(place(), undefined, []);
});

async function look(fields: object = {}): Promise<LiveProxy> {
  const report = await traffic.look(place(fields), undefined);
  if (!isLive(report)) throw new Error(report.said);
  return report;
}
const said = async (fields: object = {}) => {
  const report = await traffic.look(place(fields), undefined);
  return isLive(report) ? 'it answers' : `${report.why}: ${report.said}`;
};
const contents = () => Promise.all(bed.servers.map(async (server) => (await server.contents()).join(' / ')));
const to = (home: number, dr: number): Setting[] => [
  { server: 'dr', weight: dr, state: 'ready' },
  { server: 'prod', weight: home, state: 'ready' },
];
const onlyDr: Setting[] = [
  { server: 'dr', weight: 100, state: 'ready' },
  { server: 'prod', weight: 0, state: 'drain' },
];

describe('as every place', () => {
  trafficContract(() => ({
    traffic,
    place: place(),
    silence: () => bed.servers[0].signal('SIGSTOP'),
    speak: () => bed.servers[0].signal('SIGCONT'),
  }));
});

describe('a look', () => {
  test('tells weights, that all of it outlives a restart, and how long an answer is kept', async () => {
    expect(await look()).toMatchObject({
      ...{ node: 'names', answers: true, level: 'admin', keptMs: 1_000, behind: [], silent: [] },
      servers: [
        { server: 'prod', weight: 100, state: 'ready', isUp: true, sessions: 0, requests: 0 },
        { server: 'dr', weight: 0, state: 'ready', isUp: true, sessions: 0, requests: 0 },
      ],
      saved: [
        { server: 'prod', weight: 100, state: 'ready' },
        { server: 'dr', weight: 0, state: 'ready' },
      ],
    });
  });
  test('tells of a name that nobody is answered for', async () => {
    await bed.servers[0].edit([split(0, 0)]);
    expect(await bed.servers[0].count(2)).toEqual({ ESERVFAIL: 2 });
    expect((await look()).servers.map(({ weight }) => weight)).toEqual([0, 0]);
  });
  test('never throws: a key that is wrong or not there, no such zone, nobody there, one that is frozen', async () => {
    key = 'another one';
    expect(await said()).toBe(`login-refused: ns1: it refuses ${bed.keyFile}`);
    key = undefined;
    expect(await said()).toBe(`login-refused: ns1: ${bed.keyFile} is not there`);
    key = bed.key;
    expect(await said({ zone: 'test.' })).toBe('failed: ns1: it has no zone test.');
    const [, second] = bed.servers;
    await second!.kill();
    expect((await look()).silent).toEqual([
      { node: 'ns2', answers: false, why: 'unreachable', said: 'no answer (ECONNREFUSED)' },
    ]);
    await second!.start();
    bed.servers[0].signal('SIGSTOP');
    expect(await said()).toBe('unreachable: ns1: no answer within 2 s');
    bed.servers[0].signal('SIGCONT');
  });
  test.each<[string, string[], string]>([
    [
      'another function',
      [`A "pickrandom({'${homeAddress}', '${drAddress}'})"`],
      'www.shop.test. is not as we write it: A "pickrandom(',
    ],
    ['an address of nobody', [`A "pickwrandom({{1, '${homeAddress}'}, {1, '203.0.113.9'}})"`], 'is not as we write it'],
    ['another order', [`A "pickwrandom({{1, '${drAddress}'}, {1, '${homeAddress}'}})"`], 'is not as we write it'],
    ['something beside it', [split(100, 0), 'TXT "\'beside\'"'], 'is not as we write it'],
    ['no record', [], 'it has no LUA record www.shop.test.'],
  ])('refuses what is not ours, with what is there: %s', async (_, there, sentence) => {
    await bed.servers[0].edit(there);
    expect(await said()).toContain(`failed: ns1: `);
    expect(await said()).toContain(sentence);
    await expect(traffic.set(place(), undefined, onlyDr)).rejects.toMatchObject({ type: 'proxy-refused' });
  });
  test('refuses a plain record beside the one of ours, and a primary that follows another server', async () => {
    await bed.servers[0].edit(['203.0.113.9'], { type: 'A' });
    expect(await said()).toBe(`failed: ns1: beside the LUA record of ${name} stands one of type A`);
    const { servers } = place();
    expect(await said({ servers: servers.toReversed() })).toBe('failed: ns2: it follows another server: name that first');
  });
});

test('a server that has a record by its API and does not serve it by DNS is told', async () => {
  const [primary, second] = bed.servers;
  const [one, other] = place().servers as [object, { readonly port: number }];
  const servers = (port: number) => [one, { ...one, id: 'ns2', port }];
  await second!.edit([alone(drAddress)]);
  expect((await look({ servers: servers(other.port) })).behind).toEqual(['ns2']);
  await second!.kill();
  expect((await look({ servers: servers(other.port) })).silent).toEqual([
    { node: 'ns2', answers: false, why: 'unreachable', said: `by DNS at 127.0.0.1:${other.port}: ECONNREFUSED` },
  ]);
  await second!.start();
  await primary.edit([split(99, 1)]);
});

describe('settings', () => {
  test('divide answers as set, at every server', async () => {
    await traffic.set(place(), undefined, to(50, 50));
    expect(await contents()).toEqual(Array(2).fill(`1 ${split(50, 50)}`));
    for (const server of bed.servers) {
      const counted = await server.count(200);
      expect(Object.keys(counted).toSorted()).toEqual([homeAddress, drAddress]);
      // Ten standard deviations.
      expect(counted[drAddress]).toBeGreaterThan(30);
      expect(counted[drAddress]).toBeLessThan(170);
    }
  });
  test('twice are fine; a drained server is not in the record, and the way back is the same bytes', async () => {
    for (let n = 0; n < 2; n++) await traffic.set(place(), undefined, onlyDr);
    expect(await contents()).toEqual(Array(2).fill(`1 ${alone(drAddress)}`));
    expect(await bed.servers[1]!.count(50)).toEqual({ [drAddress]: 50 });
    expect((await look()).servers).toMatchObject([
      { server: 'prod', weight: 0, state: 'drain' },
      { server: 'dr', weight: 100 },
    ]);
    await traffic.set(place(), undefined, to(100, 0));
    expect(await contents()).toEqual(Array(2).fill(`1 ${split(100, 0)}`));
    expect(await bed.servers[1]!.count(50)).toEqual({ [homeAddress]: 50 });
  });
  test('lead both families, and leave the TTL that stands there', async () => {
    const entries = { prod: { A: homeAddress, AAAA: '2001:db8::1' }, dr: { A: drAddress, AAAA: '2001:DB8:0::2' } };
    await bed.servers[0].edit([split(100, 0), `AAAA "pickwrandom({{100, '2001:db8::1'}, {0, '2001:db8::2'}})"`], { ttl: 7 });
    await traffic.set(place({ entries }), undefined, onlyDr);
    expect(await contents()).toEqual(Array(2).fill(`7 ${alone(drAddress)} / 7 AAAA "pickwrandom({{100, '2001:db8::2'}})"`));
    expect(await bed.servers[1]!.count(20, 'AAAA')).toEqual({ '2001:db8::2': 20 });
    await bed.servers[0].edit([split(100, 0), `AAAA "pickwrandom({{50, '2001:db8::1'}, {50, '2001:db8::2'}})"`]);
    expect(await said({ entries })).toContain('is not as we write it');
  });
  test('lead by other names', async () => {
    const entries = { prod: { CNAME: 'home.shop.test' }, dr: { CNAME: 'DR.shop.test' } };
    await bed.servers[0].edit([`CNAME "pickwrandom({{100, 'home.shop.test.'}, {0, 'dr.shop.test.'}})"`]);
    await traffic.set(place({ entries }), undefined, onlyDr);
    expect(await bed.servers[1]!.count(20, 'CNAME')).toEqual({ 'dr.shop.test': 20 });
  });
  test('of more servers than a string of a record holds reach a secondary whole', async () => {
    const names = Array.from({ length: 40 }, (_, n) => `s${n}`);
    const entries = Object.fromEntries(names.map((one, n) => [one, { A: `192.0.2.${n + 1}` }]));
    await bed.servers[0].edit([alone(homeAddress)]);
    const all = names.map((server): Setting => ({ server, weight: 1, state: 'ready' }));
    await traffic.set(place({ entries }), undefined, all);
    const [first, second] = await contents();
    expect(first).toBe(second);
    expect(Math.max(...first!.match(/"[^"]*"/g)!.map((segment) => segment.length - 2))).toBeLessThanOrEqual(255);
    expect((await look({ entries })).servers.every(({ weight }) => weight === 1)).toBe(true);
  });
  test('that it refuses fail in plain words, and nothing is changed', async () => {
    const set = (settings: Setting[]) => traffic.set(place(), undefined, settings);
    await expect(set([{ server: 'nope', weight: 1, state: 'ready' }])).rejects.toThrow('names said: it has no entry nope');
    await expect(set(to(0, 0))).rejects.toThrow('names said: with these weights it would answer nobody');
    key = 'another one';
    await expect(set(onlyDr)).rejects.toMatchObject({
      type: 'proxy-refused',
      message: expect.stringContaining('ns1: it refuses'),
    });
    expect(await contents()).toEqual(Array(2).fill(`1 ${split(100, 0)}`));
  });
  test('are not done while a server does not serve them: it is told, named, and again once it does', async () => {
    const [primary, second] = bed.servers as [(typeof bed.servers)[0], (typeof bed.servers)[0]];
    await second.kill();
    await expect(traffic.set(place(), undefined, onlyDr)).rejects.toThrow('names said: ns2: no answer (ECONNREFUSED)');
    expect(await primary.contents()).toEqual([`1 ${alone(drAddress)}`]);
    await second.start();
    expect((await look()).behind).toEqual(['ns2']);
    await traffic.set(place(), undefined, []);
    expect([(await look()).behind, await second.contents()]).toEqual([[], [`1 ${alone(drAddress)}`]]);
    // Nobody tells the secondary of what is edited there.
    await second.edit([split(1, 99)]);
    expect((await look()).behind).toEqual(['ns2']);
    await expect(traffic.set(place({ spread: '300ms' }), undefined, [])).rejects.toThrow('ns2 did not serve it within 0.3 s');
    await eventually(async () => (await look()).behind).toEqual(['ns2']);
    await primary.edit([split(99, 1)]);
    await traffic.set(place(), undefined, to(100, 0));
  });
});

test('an aborted wait ends at once', async () => {
  const [, second] = bed.servers;
  await second!.edit([split(1, 99)]);
  const over = new AbortController();
  const setting = traffic.set(place({ spread: '60s' }), undefined, [], over.signal);
  setTimeout(() => over.abort(), 300);
  const began = performance.now();
  await expect(setting).rejects.toThrow();
  expect(performance.now() - began).toBeLessThan(5_000);
  await bed.servers[0].edit([split(99, 1)]);
});
