/** Endpoints that are proxies or names, on real HAProxy and real name servers: one node leads, and nobody is led to two. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { repoint } from '../../../activities/endpoints/repoint.ts';
import type { Ports } from '../../../activities/ports/index.ts';
import { createPorts } from '../../../adapters/ports.ts';
import type { EndpointSettings, NameEndpoint, ProxyEndpoint } from '../../../contracts/endpoint-settings.ts';
import { startNameServers, type NameServers } from '../../support/dns/servers.ts';
import { zoneInventory } from '../../support/dns/zone-activities.ts';
import { startProxies, type TestProxies } from '../../support/haproxy/proxy.ts';
import { failureOf } from '../tool-store/world.ts';

const [a, b] = [
  { id: 'a', host: 'db-a', port: 5_432 },
  { id: 'b', host: 'db-b', port: 5_432 },
];
let names: NameServers;
let ports: Ports;
const data = mkdtempSync(join(tmpdir(), 'okiagari-endpoints-'));

beforeAll(async () => {
  names = await startNameServers();
  const inventory = zoneInventory(names, { limits: { spreadSeconds: 2 } });
  ports = createPorts({ inventory: () => inventory, data, secret: () => names.key.secret });
});
afterAll(async () => {
  await names.stop();
  rmSync(data, { recursive: true, force: true });
});

const endpointAt = ({ declared }: TestProxies): ProxyEndpoint => ({
  ...{ id: 'front', kind: 'haproxy', backend: 'be', servers: { a: 'prod', b: 'dr' } },
  proxies: declared['proxies'] as ProxyEndpoint['proxies'],
});
const name: NameEndpoint = { id: 'name', kind: 'dns', zone: 'names', switch: 'api', sides: { a: 'home', b: 'dr' } };
const lead = (endpoint: EndpointSettings, to: typeof a, world = ports) => repoint(world, [endpoint], to);
const answers = (): string[] => names.servers.flatMap((server) => server.dig('api.shodo.test', 'CNAME'));

test('every proxy leads to one server alone, and still does after a restart', async () => {
  const bed = await startProxies({ proxies: 2 });
  onTestFinished(() => bed.stop());
  const endpoint = endpointAt(bed);
  const splits = () => Promise.all(bed.proxies.map((proxy) => proxy.split()));
  expect(await splits()).toEqual(Array(2).fill('prod 100 ready, dr 0 ready'));
  const before = 'prod 100 ready, dr 0 ready';
  expect(await lead(endpoint, b)).toEqual([{ endpoint: 'front', outcome: 'changed', before: `a: ${before}; b: ${before}` }]);
  // A weight of 0 would leave it without clients.
  expect(await splits()).toEqual(Array(2).fill('prod 100 maint, dr 1 ready'));
  expect(await lead(endpoint, b), 'once more').toEqual([{ endpoint: 'front', outcome: 'already' }]);

  const [first] = bed.proxies;
  await first!.kill();
  const { code, message } = await failureOf(lead(endpoint, a));
  expect(code).toBe('endpoint-refused');
  expect(message).toMatch(/^a said: /);
  expect(await splits(), 'the other one is led all the same').toEqual(['away', 'prod 100 ready, dr 1 maint']);
  await first!.start();
  expect(await first!.split()).toBe('prod 100 maint, dr 1 ready');
  expect(await lead(endpoint, a)).toMatchObject([{ outcome: 'changed', before: 'a: prod 100 maint, dr 1 ready' }]);
});

test('nobody is let in at the new node before the old one is closed', async () => {
  const bed = await startProxies();
  onTestFinished(() => bed.stop());
  const { traffic } = ports;
  const order: string[] = [];
  const watched: Ports = {
    ...ports,
    traffic: {
      ...traffic,
      set(proxy, backend, settings, ...more) {
        order.push(...settings.map(({ server, state }) => `${server} ${state}`));
        return traffic.set(proxy, backend, settings, ...more);
      },
    },
  };
  await lead(endpointAt(bed), b, watched);
  await lead(endpointAt(bed), a, watched);
  expect(order).toEqual(['prod maint', 'dr ready', 'dr maint', 'prod ready']);
});

test('a backend without the server of the node is refused before anything is set', async () => {
  const bed = await startProxies();
  onTestFinished(() => bed.stop());
  const endpoint = { ...endpointAt(bed), servers: { a: 'prod', b: 'elsewhere' } };
  const { code, message } = await failureOf(lead(endpoint, b));
  expect([code, message]).toEqual(['endpoint-refused', 'front: a has no server be/elsewhere.']);
  expect(await bed.proxies[0]!.split()).toBe('prod 100 ready, dr 0 ready');
});

test('a name is changed once, and every authoritative server answers anew when it is told', async () => {
  const serial = names.serial();
  expect(await lead(name, b)).toEqual([{ endpoint: 'name', outcome: 'changed', before: 'prod-api.shodo.test. (2 s)' }]);
  expect(answers()).toEqual(['dr-api.shodo.test.', 'dr-api.shodo.test.']);
  expect(await lead(name, b), 'once more').toEqual([{ endpoint: 'name', outcome: 'already' }]);
  expect(names.serial()).toBe(serial + 1);
  expect(await lead(name, a)).toMatchObject([{ outcome: 'changed' }]);
});

test('what somebody changes at the same moment stays, and is told', async () => {
  const zones = ports.dnsZones;
  const raced: Ports = {
    ...ports,
    dnsZones: {
      ...zones,
      update(...wanted) {
        names.nsupdate('update delete api.shodo.test. CNAME', 'update add api.shodo.test. 2 CNAME other.shodo.test.');
        return zones.update(...wanted);
      },
    },
  };
  const { code, message } = await failureOf(lead(name, b, raced));
  expect([code, message]).toEqual(['endpoint-refused', 'name: somebody changed api.shodo.test. at the same moment.']);
  expect(names.servers[0].dig('api.shodo.test', 'CNAME')).toEqual(['other.shodo.test.']);
  expect(await lead(name, a)).toMatchObject([{ outcome: 'changed', before: 'other.shodo.test. (2 s)' }]);
});

test('one of two authoritative servers is not done', async () => {
  const [, secondary] = names.servers;
  await secondary.stop();
  const { code, message } = await failureOf(lead(name, b));
  await secondary.start();
  expect(code).toBe('endpoint-refused');
  expect(message).toContain('1 of 2 authoritative');
  expect(await lead(name, b)).toEqual([{ endpoint: 'name', outcome: 'already' }]);
});
