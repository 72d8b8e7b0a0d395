/** A whole service on two sides, made of real servers: a cluster, a cache, proxies and names, declared as members of one target. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { namesIn } from '../../../domain/one-of.ts';
import { startNameServers, type NameServers } from '../dns/servers.ts';
import { declareZone } from '../dns/stack.ts';
import { startProxies, type TestProxies } from '../haproxy/proxy.ts';
import { startCluster, type TestCluster } from '../postgres/cluster.ts';
import { declareCluster } from '../postgres/declare.ts';
import type { TestServer } from '../postgres/server.ts';
import { startRedisServers, type TestRedisServers } from '../redis/server.ts';
import { startIsolation, type Isolation } from './isolation.ts';
import type { DeclaredTarget, StoreStack } from '../store-stack.ts';

export interface RegionBed extends DeclaredTarget {
  readonly names: NameServers;
  readonly proxies: TestProxies;
  /** Where it can be drilled. */
  readonly isolation?: Isolation;
  /** Where users are led, and which of its servers the proxy gives them to. */
  whereUsersGo(): Promise<{ readonly names: readonly string[]; readonly split: string }>;
  stop(): Promise<void>;
}

export interface WholeRegionBed extends RegionBed {
  readonly cluster: TestCluster;
  readonly cache: TestRedisServers;
  /** Which node of each takes writes. */
  whoWrites(): Promise<{ readonly cluster: readonly string[]; readonly cache: readonly string[] }>;
  /** As a fire does it: every server of the home side is gone; the names are served elsewhere. */
  loseHome(): Promise<void>;
}

type Declare = Pick<StoreStack, 'folder' | 'declare'>;
interface Options {
  /** Fields of the service, beside sides and members. */
  readonly fields?: Readonly<Record<string, unknown>>;
  /** Fields of the side `dr`. */
  readonly dr?: Readonly<Record<string, unknown>>;
  /** Each side has two nodes of each database: a and b at home, c and d at `dr`; one when left out. */
  readonly isPaired?: true;
  /** Fields of the member that leads requests. */
  readonly edge?: Readonly<Record<string, unknown>>;
  /** Of every member that is declared, beside its own. */
  readonly site?: string;
  /** All of it is a sandbox, and home can be cut off: its HTTP service, and whatever else is said. */
  readonly drill?: {
    readonly fields?: Readonly<Record<string, unknown>>;
    readonly also?: { cut(): Promise<void>; mend(): Promise<void> };
  };
}

/** Fields that every target of the bed has. */
const commonTo = ({ site, drill }: Options): Readonly<Record<string, unknown>> => ({
  ...(site !== undefined && { site }),
  ...(drill && { sandbox: true }),
});

let made = 0;
/** JSON is YAML. */
const yaml = (fields: Readonly<Record<string, unknown>>): string =>
  Object.entries(fields)
    .map(([name, value]) => `${name}: ${JSON.stringify(value)}`)
    .join('\n');
const alike = (target: string, tier: number) => ({ target, tier, leads: { home: 'home', dr: 'dr' } });

/** Proxies and names alone: nothing that takes long to start. */
export async function startRegion(stack: Declare, options: Options = {}, others: readonly object[] = []): Promise<RegionBed> {
  const n = ++made;
  const at = commonTo(options);
  const [names, proxies] = await Promise.all([startNameServers(), startProxies()]);
  const zone = declareZone(stack, names, `names-of-${n}`, { ...at, standby: names.standby });
  const edge = stack.declare(
    `edge-of-${n}`,
    yaml({ kind: 'traffic', dwell: '300ms', drain: '1s', ...proxies.declared, ...options.edge, ...at }),
  );
  const { drill } = options;
  const isolation =
    drill &&
    (await startIsolation(stack.folder, {
      cut: async () => void (await Promise.all([proxies.home.stop(), drill.also?.cut()])),
      mend: async () => void (await Promise.all([proxies.home.start(), drill.also?.mend()])),
    }));
  const probes = (service: 'home' | 'dr') => [
    { id: 'web', url: `http://127.0.0.1:${proxies[service].port}/probe`, every: '100ms' },
  ];
  const service = stack.declare(
    `region-${n}`,
    yaml({
      ...{ kind: 'service', home: 'home', watch: '300ms' },
      sides: { home: { probes: probes('home') }, dr: { probes: probes('dr'), ...options.dr } },
      members: [...others, alike(edge.id, 2), alike(zone.id, 3)],
      ...(drill && isolation && { sandbox: true, drill: { isolate: isolation.declared, requests: 20, ...drill.fields } }),
      ...options.fields,
    }),
  );
  return {
    ...service,
    ...{ names, proxies },
    ...(isolation && { isolation }),
    async whereUsersGo() {
      const led = names.servers.flatMap((one) => one.dig('api.shodo.test', 'CNAME'));
      return { names: led, split: await proxies.proxies[0]!.split() };
    },
    async stop() {
      await isolation?.stop();
      await Promise.all([names.stop(), proxies.stop()]);
    },
  };
}

/** Everything: the databases in tier 1, side by side; then requests; then names. */
export async function startWholeRegion(stack: Declare, options: Options = {}): Promise<WholeRegionBed> {
  const { isPaired } = options;
  const leads = isPaired ? { home: ['a', 'b'], dr: ['c', 'd'] } : { home: 'a', dr: 'b' };
  const others = isPaired ? 3 : 1;
  const [cluster, cache] = await Promise.all([startCluster({ standbys: others }), startRedisServers({ replicas: others })]);
  // A database without a table would be found empty.
  await (cluster.servers[0] as TestServer).sql('create table t as select generate_series(1, 10) as n');
  await cluster.caughtUp();
  const db = declareCluster(stack, cluster, { more: yaml(commonTo(options)) });
  const secret = join(stack.folder, `cache-password-${made}`);
  writeFileSync(secret, cache.password, { mode: 0o600 });
  const kept = stack.declare(
    `cache-of-${made + 1}`,
    yaml({
      ...{ kind: 'redis', login: { password: { file: secret } }, nodes: cache.controlled },
      ...commonTo(options),
    }),
  );
  const first = (target: string) => ({ target, tier: 1, leads });
  const bed = await startRegion(stack, options, [first(db.id), first(kept.id)]);
  return {
    ...bed,
    ...{ cluster, cache },
    async whoWrites() {
      const writes = async (server: Pick<TestServer, 'sql'>): Promise<boolean> =>
        server.sql<{ no: boolean }>('select pg_is_in_recovery() as no').then(
          ([row]) => row?.no === false,
          () => false,
        );
      const isMaster = async (server: TestRedisServers['servers'][number]): Promise<boolean> =>
        server.command('ROLE').then(
          (role) => (role as string[])[0] === 'master',
          () => false,
        );
      const those = async <T extends { readonly id: string }>(all: readonly T[], does: (one: T) => Promise<boolean>) => {
        const flags = await Promise.all(all.map(does));
        return all.flatMap(({ id }, n) => (flags[n] ? [id] : []));
      };
      return { cluster: await those(cluster.servers, writes), cache: await those(cache.servers, isMaster) };
    },
    async loseHome() {
      const atHome = [cluster.servers, cache.servers].flatMap((servers) =>
        servers.filter(({ id }) => namesIn(leads.home).includes(id)),
      );
      await Promise.all([...atHome.map((server) => server.kill()), bed.proxies.home.stop()]);
    },
    async stop() {
      await Promise.all([bed.stop(), cluster.stop(), cache.stop()]);
    },
  };
}
