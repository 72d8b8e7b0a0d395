/** Real name servers as targets under a real worker on a real Temporal server. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startStoreStack, type DeclaredTarget, type RunWorker, type StoreStack } from '../store-stack.ts';
import type { TemporalServer } from '../temporal-server.ts';
import { startNameServers, zone, type NameServers } from './servers.ts';
import { asServers } from './zone-activities.ts';
import { switches, type TakenFrom } from './settings.ts';

export interface DnsBed extends NameServers, DeclaredTarget {
  /** What a resolver tells users of `api`. */
  readonly resolved: () => string[];
  /** The key as the inventory names it; another one is a wrong one. */
  setSecret(secret: string): void;
}

type Fields = Readonly<Record<string, unknown>>;

export interface DnsStack extends Omit<StoreStack, 'store'> {
  /** Starts servers and declares their zone; `more` are fields of the target, as JSON has them, or what makes them. */
  zone(options?: {
    readonly primary?: 'bind' | 'knot';
    readonly from?: TakenFrom;
    readonly more?: Fields | ((names: NameServers) => Promise<Fields>);
  }): Promise<DnsBed>;
}

/** Declares the zone of these servers under that id, with its key in a file; `more` are fields of it. */
export function declareZone(
  { folder, declare }: Pick<StoreStack, 'folder' | 'declare'>,
  names: NameServers,
  id: string,
  more: Fields = {},
): DeclaredTarget & Pick<DnsBed, 'setSecret'> {
  const secret = join(folder, `${id}-secret`);
  const setSecret = (text: string): void => writeFileSync(secret, text, { mode: 0o600 });
  setSecret(names.key.secret);
  const fields = {
    ...{ kind: 'dns-zone', zone, switches },
    servers: asServers(names.servers),
    resolvers: asServers([names.resolver]),
    provider: { kind: 'rfc2136', key: { name: names.key.name, secret: { file: secret } } },
    lowered: 1,
    limits: { spreadSeconds: 10 },
    ...more,
  };
  // JSON is YAML.
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
  return { ...declare(id, lines.join('\n')), setSecret };
}

export async function startDnsStack(server: TemporalServer, runWorker?: RunWorker): Promise<DnsStack> {
  const stack = await startStoreStack(server, runWorker);
  const beds: NameServers[] = [];
  return {
    ...stack,
    async zone({ primary = 'bind', from = 'updates', more = {} } = {}) {
      const names = await startNameServers(primary, from);
      beds.push(names);
      const fields = typeof more === 'function' ? await more(names) : more;
      const provider = from === 'file' ? { provider: { kind: 'file', ...names.zoneFile } } : {};
      return {
        ...names,
        ...declareZone(stack, names, `names-${beds.length}`, { ...provider, ...fields }),
        resolved: () => names.resolver.dig('api.shodo.test', 'CNAME'),
      };
    },
    async stop() {
      await stack.stop();
      await Promise.all(beds.map((bed) => bed.stop()));
    },
  };
}
