/** What the inventory may say of proxies: names that cannot end a command, sides that share no server. */
import { expect, test } from 'vitest';
import { z } from 'zod';
import { scenarioById } from '../../contracts/scenarios.ts';
import type { TargetEntry } from '../../contracts/inventory.ts';
import { trafficSettings } from '../../contracts/traffic-settings.ts';

const settings = z.strictObject(trafficSettings);
const side = (...servers: string[]) => ({ servers, probe: { url: 'http://side.example.jp/health' } });
const entry = {
  proxies: [{ id: 'a', socket: '/run/haproxy/admin.sock' }],
  backend: 'be',
  sides: { home: side('prod'), dr: side('dr') },
};
const faults = (change: object): string[] =>
  (settings.safeParse({ ...entry, ...change }).error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);

test('a plain entry has everything else by default', () => {
  expect(settings.parse(entry)).toMatchObject({
    weight: 100,
    steps: [10, 50, 100],
    dwell: 30_000,
    drain: 60_000,
    thresholds: { errors: 0.05, latency: 500, requests: 20 },
    sides: { dr: { probe: { every: 1_000, expect: 200 } } },
  });
  expect(faults({ proxies: [{ id: 'b', host: 'lb', port: 9999 }] })).toEqual([]);
});

test.each([
  ['one side', { sides: { home: side('prod') } }, 'sides: two sides at least'],
  ['a server of two sides', { sides: { home: side('prod'), dr: side('prod') } }, 'sides: a server belongs to one side alone'],
  ['a name that ends a command', { backend: 'be; shutdown' }, 'backend: a name of letters, digits, `_`, `.`, `:` and `-`'],
  [
    'a server name with a line break',
    { sides: { home: side('prod\n'), dr: side('dr') } },
    'sides.home.servers.0: a name of letters, digits, `_`, `.`, `:` and `-`',
  ],
  ['the same proxy twice', { proxies: [entry.proxies[0], entry.proxies[0]] }, 'proxies: two proxies have the same id'],
])('refused: %s', (_, change, fault) => {
  expect(faults(change)).toEqual([fault]);
});

const protection = {
  ...{ frontend: 'users', table: 'sources', limits: { map: '/etc/limits.map' }, denyList: '/etc/deny.lst' },
  ...{
    allowList: '/etc/never.lst',
    never: ['10.0.0.0/8', '2001:db8::/48'],
    bears: 500,
    probe: { url: 'https://shop.example.jp/' },
  },
};

test('a plain protection has everything else by default, and without one nothing is held off', () => {
  expect(settings.parse({ ...entry, protection }).protection).toMatchObject({
    limits: { key: 'requests' },
    stages: [
      { limit: 100, deny: 0 },
      { limit: 20, deny: 100 },
    ],
    ...{ attacker: 200, askAbove: 20, lowerAfter: 600_000, watch: { window: 3_000, within: 20_000, latency: 2_000 } },
  });
  const { refuseTarget } = scenarioById('ddos-mitigation')!;
  const refused = (target: object) => refuseTarget!(target as TargetEntry, []).map(({ path }) => path);
  expect([refused({ ...entry, protection }), refused(entry)]).toEqual([[], ['target']]);
});

test.each([
  ['nobody who is never denied', { never: [] }, 'protection.never'],
  ['what is no network', { never: ['10.0.0.0/33'] }, 'protection.never.0'],
  ['a path that ends a command', { denyList: '/etc/deny.lst; shutdown' }, 'protection.denyList'],
  ['a table that ends a command', { table: 'a b' }, 'protection.table'],
  ['a secret in the file', { hook: { url: 'https://waf.example.jp', secret: 'x' } }, 'protection.hook.url'],
])('refused of a protection: %s', (_, change, path) => {
  expect(faults({ protection: { ...protection, ...change } })[0]).toContain(`${path}: `);
});
