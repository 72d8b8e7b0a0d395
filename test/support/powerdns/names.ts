/** A name on real PowerDNS servers, a primary and a secondary that transfers from it, and the two sides that it leads to. */
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Resolver } from 'node:dns/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findPowerDns } from '../../../scripts/test-servers.mjs';
import { idsOf, nameServerProcess } from '../dns/name-server-process.ts';
import { startService, type TestService } from '../haproxy/service.ts';
import { freePort } from '../temporal-server.ts';

export const zone = 'shop.test.';
export const name = 'www.shop.test.';
/** What the name answers for `prod`, and for `dr`. */
export const [homeAddress, drAddress] = ['192.0.2.1', '198.51.100.1'];
const apiKey = 'sesame-street';

export interface PowerDnsServer {
  readonly id: string;
  readonly port: number;
  readonly api: string;
  start(): Promise<void>;
  /** As a power failure does it; twice is fine. */
  kill(): Promise<void>;
  /** SIGSTOP and SIGCONT. */
  signal(name: NodeJS.Signals): void;
  /** The contents of the LUA records at the name, each with its TTL; empty where there are none. */
  contents(): Promise<string[]>;
  /** As somebody else edits it: a record set of the name is replaced by these contents. */
  edit(contents: readonly string[], options?: { readonly ttl?: number; readonly type?: string }): Promise<void>;
  /** So many answers, counted by address; of a name without any, by the word of DNS. */
  count(times: number, type?: 'A' | 'AAAA' | 'CNAME'): Promise<Record<string, number>>;
}

export interface WeightedNames {
  /** The first is the primary. */
  readonly servers: readonly [PowerDnsServer, ...PowerDnsServer[]];
  readonly home: TestService;
  readonly dr: TestService;
  /** Holds the key of the API. */
  readonly keyFile: string;
  readonly key: string;
  /** The place as the inventory declares it. */
  readonly place: Readonly<Record<string, unknown>>;
  /** As the inventory declares places and sides. */
  readonly declared: Readonly<Record<string, unknown>>;
  stop(): Promise<void>;
}

/** With that split. */
export const split = (home: number, dr: number): string =>
  `A "pickwrandom({{${home}, '${homeAddress}'}, {${dr}, '${drAddress}'}})"`;
/** One side alone; the other one was drained. */
export const alone = (address: string): string => `A "pickwrandom({{100, '${address}'}})"`;

export async function startWeightedNames({ secondary = false, ttl = 1 } = {}): Promise<WeightedNames> {
  const folder = mkdtempSync(join(tmpdir(), 'okiagari-powerdns-'));
  chmodSync(folder, 0o755);
  const [home, dr] = [await startService('home'), await startService('dr')];
  const ports = [await freePort(), await freePort()] as const;
  const servers: PowerDnsServer[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(servers.map((server) => server.kill()));
    await Promise.all([home, dr].map((service) => service.stop()));
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    servers.push(await startServer('ns1', join(folder, 'ns1'), ports[0], `primary=yes\nalso-notify=127.0.0.1:${ports[1]}`));
    if (secondary) servers.push(await startServer('ns2', join(folder, 'ns2'), ports[1], 'secondary=yes'));
    const [first, second] = servers as [PowerDnsServer, PowerDnsServer | undefined];
    const kind = secondary ? 'Master' : 'Native';
    await call(first, 'POST', '', { name: zone, kind, nameservers: ['ns1.shop.test.', 'ns2.shop.test.'] });
    await first.edit([split(100, 0)], { ttl });
    if (second) {
      await call(second, 'POST', '', { name: zone, kind: 'Slave', masters: [`127.0.0.1:${ports[0]}`] });
      await call(second, 'PUT', `/${zone}/axfr-retrieve`);
      while ((await second.contents()).length === 0) await delay(20);
    }
  } catch (error) {
    await stop();
    throw error;
  }
  const keyFile = join(folder, 'key');
  writeFileSync(keyFile, apiKey, { mode: 0o600 });
  const place = {
    ...{ id: 'names', name, zone, spread: '10s' },
    servers: servers.map(({ id, port, api }) => ({ id, host: '127.0.0.1', port, api: { url: api, key: { file: keyFile } } })),
    entries: { prod: { A: homeAddress }, dr: { A: drAddress } },
  };
  const probe = (service: TestService) => ({ url: `http://127.0.0.1:${service.port}/probe`, every: '100ms' });
  const declared = {
    names: [place],
    sides: { home: { servers: ['prod'], probe: probe(home) }, dr: { servers: ['dr'], probe: probe(dr) } },
  };
  return {
    ...{ home, dr, keyFile, place, declared, stop, key: apiKey },
    servers: servers as [PowerDnsServer, ...PowerDnsServer[]],
  };
}

const settings = (folder: string, port: number, apiPort: number, role: string): string => `
launch=lmdb
lmdb-filename=${folder}/zones
lmdb-shards=1
socket-dir=${folder}
local-address=127.0.0.1
local-port=${port}
webserver-address=127.0.0.1
webserver-port=${apiPort}
webserver-allow-from=127.0.0.1
api=yes
api-key=${apiKey}
enable-lua-records=yes
allow-axfr-ips=127.0.0.1
only-notify=127.0.0.1/32
zone-cache-refresh-interval=0
distributor-threads=1
retrieval-threads=1
signing-threads=1
security-poll-suffix=
${role}
`;

async function startServer(id: string, folder: string, port: number, role: string): Promise<PowerDnsServer> {
  const binary = findPowerDns();
  if (binary === undefined) throw new Error('There is no pdns_server. `npm test` installs it.');
  const apiPort = await freePort();
  const user = idsOf('pdns');
  mkdirSync(folder);
  writeFileSync(join(folder, 'pdns.conf'), settings(folder, port, apiPort, role));
  if (user) chownSync(folder, user.uid, user.gid);
  const args = [`--config-dir=${folder}`, '--daemon=no', '--guardian=no', '--disable-syslog', '--write-pid=no'];
  const own = nameServerProcess({ id, binary, args, folder, user: 'pdns', isReady: () => isReady(server) });
  const server: PowerDnsServer = {
    ...{ id, port, api: `http://127.0.0.1:${apiPort}`, ...own },
    async contents() {
      const { rrsets } = await call(server, 'GET', `/${zone}?rrset_name=${name}&rrset_type=LUA`);
      return rrsets.flatMap(({ records, ttl }) => records.map(({ content }) => `${ttl} ${content}`));
    },
    async edit(contents, { ttl = 1, type = 'LUA' } = {}) {
      const records = contents.map((content) => ({ content, disabled: false }));
      const changetype = contents.length > 0 ? 'REPLACE' : 'DELETE';
      await call(server, 'PATCH', `/${zone}`, { rrsets: [{ name, type, ttl, changetype, records }] });
    },
    async count(times, type = 'A') {
      const resolver = new Resolver({ timeout: 1_000, tries: 3 });
      resolver.setServers([`127.0.0.1:${port}`]);
      const counted: Record<string, number> = {};
      for (let n = 0; n < times; n++) {
        const answer = await resolver.resolve(name, type).then(
          (values) => values.join(),
          ({ code }: NodeJS.ErrnoException) => code!,
        );
        counted[answer] = (counted[answer] ?? 0) + 1;
      }
      return counted;
    },
  };
  await server.start();
  return server;
}

const isReady = (server: PowerDnsServer): Promise<boolean> =>
  call(server, 'GET', '').then(
    () => true,
    () => false,
  );

interface Zone {
  readonly rrsets: readonly { readonly ttl: number; readonly records: readonly { readonly content: string }[] }[];
}

async function call({ api }: PowerDnsServer, method: string, path: string, body?: object): Promise<Zone> {
  const answer = await fetch(`${api}/api/v1/servers/localhost/zones${path}`, {
    method,
    headers: { 'x-api-key': apiKey },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return (text === '' ? { rrsets: [] } : JSON.parse(text)) as Zone;
}
