/** The protection of a real HAProxy is looked at and set: sources by what they send, lists and limits read back, and kept over a restart. */
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Proxy } from '../../activities/ports/traffic.ts';
import { createGuard } from '../../adapters/haproxy/guard.ts';
import type { Pieces } from '../../domain/protection/prepared.ts';
import { isGuarded, type LiveGuard } from '../../domain/protection/words.ts';
import { eventually } from '../support/eventually.ts';
import { startFlood } from '../support/haproxy/flood.ts';
import { guardOf } from '../support/haproxy/guards.ts';
import { never, operator } from '../support/haproxy/protection.ts';
import { startProxies, type TestProxies, type TestProxy } from '../support/haproxy/proxy.ts';

const guard = createGuard();
let bed: TestProxies;
let a: TestProxy;
let pieces: Pieces;
beforeAll(async () => {
  bed = await startProxies({ protection: true });
  a = bed.proxies[0]!;
  const { denyList, allowList, limits } = bed.files;
  pieces = { frontend: 'users', table: 'sources', limits: { map: limits, key: 'requests' }, denyList, allowList, never };
});
afterAll(() => bed.stop());
afterEach(() => guard.set(a, pieces, { limit: undefined, add: [], remove: ['203.0.113.0/24', '127.0.0.11', '2001:db8::1'] }));

async function look(proxy: Proxy = a, where = pieces, attacker = 5): Promise<LiveGuard> {
  const report = await guard.look(proxy, where, attacker);
  if (!isGuarded(report)) throw new Error(report.said);
  return report;
}

describe('a look', () => {
  test('tells what is set, what a restart would bring, who is spared, and who sends so much as an attacker', async () => {
    const flood = startFlood([a], { from: ['127.0.0.11', operator] });
    await eventually(async () => (await look()).sources.map(({ address }) => address).toSorted()).toEqual([
      '127.0.0.11',
      operator,
    ]);
    await flood.stop();
    const { sources, rate, counted, ...rest } = await look();
    expect(rest).toMatchObject({ level: 'admin', missing: [], denied: ['198.51.100.7'], allowed: [...never], known: 2 });
    expect([rest.limit, rest.saved]).toEqual([undefined, { denied: ['198.51.100.7'] }]);
    expect([sources.every(({ requests }) => requests >= 5), rate > 0, counted.requests > 10, counted.denied]).toEqual([
      true,
      true,
      true,
      0,
    ]);
    expect((await look(a, pieces, 100_000)).sources).toEqual([]);
  });
  test('names every piece that is not there', async () => {
    const nowhere = {
      ...pieces,
      frontend: 'x',
      table: 'be',
      denyList: '/x',
      allowList: '/y',
      limits: { map: '/z', key: 'requests' },
    };
    expect((await look(a, nowhere)).missing).toEqual(['frontend', 'table', 'limits', 'denyList', 'allowList']);
    expect((await look(a, { ...pieces, table: 'nope' })).missing).toEqual(['table']);
    await expect(guard.readCounted(a, nowhere)).rejects.toThrow('a said: it has no frontend x of mode http');
  });
  test('never throws, and writes no file of another machine', async () => {
    expect(await guard.look({ id: 'a', socket: `${a.socket}.not` }, pieces, 5)).toMatchObject({
      answers: false,
      why: 'unreachable',
    });
    const remote = { id: 'a', host: '127.0.0.1', port: a.operatorPort };
    expect(await look(remote)).toMatchObject({ level: 'operator', missing: [] });
    expect(await look(remote)).not.toHaveProperty('saved');
    const before = readFileSync(pieces.denyList, 'utf8');
    await guard.save(remote, pieces);
    expect([readFileSync(pieces.denyList, 'utf8'), await guard.readOwn(remote)]).toEqual([before, ['127.0.0.1']]);
    expect(await guard.readOwn(a)).toContain('127.0.0.1');
  });
});

describe('settings', () => {
  test('limit and deny, twice as well as once, and are taken back', async () => {
    const add = ['203.0.113.0/24', '127.0.0.11', '2001:db8::1'];
    for (let n = 0; n < 2; n++) await guard.set(a, pieces, { limit: 3, add, remove: [] });
    expect(await guardOf(a, bed.files)).toBe('others 5, requests 3 | 127.0.0.11, 198.51.100.7, 2001:db8::1, 203.0.113.0/24');
    const [denied, limited, spared] = [['127.0.0.11'], ['127.0.0.12'], [operator]].map((from) =>
      startFlood([a], { from, everyMs: 10 }),
    );
    await eventually(() => denied!.count(403)).toBeGreaterThan(5);
    await eventually(() => limited!.count(429)).toBeGreaterThan(5);
    await eventually(() => spared!.count(200)).toBeGreaterThan(10);
    await Promise.all([denied, limited, spared].map((flood) => flood!.stop()));
    expect([denied!.count(200), spared!.count(429)]).toEqual([0, 0]);
    await guard.set(a, pieces, { limit: 9, add: [], remove: ['127.0.0.11'] });
    expect(await guardOf(a, bed.files)).toBe('others 5, requests 9 | 198.51.100.7, 2001:db8::1, 203.0.113.0/24');
    for (let n = 0; n < 2; n++) await guard.set(a, pieces, { limit: undefined, add: [], remove: add });
    expect(await guardOf(a, bed.files)).toBe('others 5 | 198.51.100.7');
  });
  test('that it refuses fail in its own words', async () => {
    const change = { limit: 3, add: ['nonsense'], remove: [] };
    await expect(guard.set(a, pieces, change)).rejects.toMatchObject({ type: 'proxy-refused' });
    await expect(guard.set(a, pieces, change)).rejects.toThrow("a said: 'nonsense' is not a valid IPv4 or IPv6 address.");
    const away = { id: 'a', socket: `${a.socket}.not` };
    await expect(guard.set(away, pieces, { ...change, add: [] })).rejects.toMatchObject({ type: 'proxy-refused' });
  });
});

test('what a proxy takes without a word and does not do is found when it is read back', async () => {
  const socket = `${a.socket}.deaf`;
  const deaf = createServer({ allowHalfOpen: true }, (client) => {
    void text(client).then(async (line) => client.end(line.startsWith('add acl') ? '\n' : await a.ask(line.trim())));
  }).listen(socket);
  await once(deaf, 'listening');
  const change = { limit: undefined, add: ['203.0.113.9'], remove: [] };
  await expect(guard.set({ id: 'a', socket }, pieces, change)).rejects.toThrow(
    `a said: it did not take: add acl ${bed.files.denyList} 203.0.113.9`,
  );
  deaf.close();
  await once(deaf, 'close');
});

test('what is saved is there after a restart; comments, order and other keys of the files stay', async () => {
  const [deny, limits] = [readFileSync(pieces.denyList, 'utf8'), readFileSync(pieces.limits.map, 'utf8')];
  await guard.set(a, pieces, { limit: 3, add: ['127.0.0.11'], remove: [] });
  await guard.save(a, pieces);
  expect(readFileSync(pieces.denyList, 'utf8')).toBe(`${deny}127.0.0.11\n`);
  await a.kill();
  await a.start();
  expect(await look()).toMatchObject({ limit: 3, denied: ['198.51.100.7', '127.0.0.11'] });
  await guard.set(a, pieces, { limit: undefined, add: [], remove: ['127.0.0.11'] });
  for (let n = 0; n < 2; n++) await guard.save(a, pieces);
  expect([readFileSync(pieces.denyList, 'utf8'), readFileSync(pieces.limits.map, 'utf8')]).toEqual([deny, limits]);
  writeFileSync(pieces.limits.map, `${limits}requests 77`);
  await guard.save(a, pieces);
  expect(readFileSync(pieces.limits.map, 'utf8')).toBe(limits);
});
