/** Real name servers on free loopback ports: a primary, a secondary that is notified, and a resolver that keeps what it was told. */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { findKnot, findNamed, findNsupdate } from '../../../scripts/test-servers.mjs';
import { freePort } from '../temporal-server.ts';
import { idsOf, nameServerProcess } from './name-server-process.ts';
import { bindPrimary, bindResolver, bindSecondary, knotServer, zoneText, type TakenFrom, type ZonePlace } from './settings.ts';
import { editZoneFile } from './zone-file.ts';

export const zone = 'shodo.test.';

export interface NameServer {
  readonly id: string;
  readonly host: string;
  readonly port: number;
  /** Twice is fine. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** The lines of `dig +short`. */
  dig(name: string, type: string): string[];
  /** Seconds, as text; empty where there is nothing. */
  ttl(name: string, type: string): string;
}

export interface NameServers {
  /** The first is the primary. */
  readonly servers: readonly [NameServer, NameServer];
  readonly resolver: NameServer;
  readonly key: { readonly name: string; readonly secret: string };
  /** Of the zone at the primary. */
  serial(): number;
  /** As somebody else changes the zone; lines of nsupdate, done to the file where the primary takes changes from there. */
  nsupdate(...lines: readonly string[]): void;
  /** What the primary loads, and the command that has it do so. */
  readonly zoneFile: { readonly path: string; readonly reload: readonly string[] };
  /** Knot as the secondary of BIND can be made the primary, as the inventory says it. */
  readonly standby: { readonly server: string; readonly takeOver: readonly string[]; readonly giveBack: readonly string[] };
  stop(): Promise<void>;
}

/** Of the zone. */
export const serialAt = (server: NameServer): number => Number(server.dig(zone, 'SOA')[0]!.split(' ')[2]);

/** Both kinds of server play both parts; from a file takes BIND alone. */
export async function startNameServers(primary: 'bind' | 'knot' = 'bind', from: TakenFrom = 'updates'): Promise<NameServers> {
  const folder = mkdtempSync(join(tmpdir(), 'okiagari-dns-'));
  chmodSync(folder, 0o755);
  const key = { name: 'drill-key', secret: randomBytes(32).toString('base64') };
  const [first, second, third, control] = [await freePort(), await freePort(), await freePort(), await freePort()];
  const place = (id: string, port: number, other: number): ZonePlace => ({ folder: join(folder, id), zone, key, port, other });
  const one = place('ns1', first, second);
  const two = place('ns2', second, first);
  const cache = place('cache', third, first);
  const kinds = primary === 'bind' ? (['bind', 'knot'] as const) : (['knot', 'bind'] as const);
  const servers = [
    describe('ns1', kinds[0], one, kinds[0] === 'bind' ? bindPrimary(one, from, control) : knotServer(one, 'primary')),
    describe('ns2', kinds[1], two, kinds[1] === 'bind' ? bindSecondary(two) : knotServer(two, 'secondary')),
  ] as const;
  const resolver = describe('cache', 'bind', cache, bindResolver(cache, [first, second]));
  writeFileSync(join(one.folder, 'zone'), zoneText(zone));
  own(kinds[0], join(one.folder, 'zone'));
  const all = [...servers, resolver];
  const stop = async (): Promise<void> => {
    await Promise.all(all.map((server) => server.stop()));
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    for (const server of all) await server.start();
  } catch (error) {
    await stop();
    throw error;
  }
  const keyFile = join(folder, 'key.conf');
  writeFileSync(keyFile, `key "${key.name}" { algorithm hmac-sha256; secret "${key.secret}"; };\n`);
  const rndc = join(dirname(program(findNamed(), 'named')), 'rndc');
  const zoneFile = {
    path: join(one.folder, 'zone'),
    reload: [rndc, '-s', '127.0.0.1', '-p', `${control}`, '-k', keyFile, 'reload', zone],
  };
  const serial = (): number => serialAt(servers[0]);
  return {
    ...{ servers, resolver, key, stop, zoneFile, serial },
    standby: { server: 'ns2', takeOver: becomes(two, 'primary'), giveBack: becomes(two, 'secondary') },
    nsupdate(...lines) {
      if (from === 'file') return editZoneFile(zoneFile, zone, lines, serial);
      const input = [`server 127.0.0.1 ${first}`, `zone ${zone}`, ...lines, 'send', ''].join('\n');
      execFileSync(program(findNsupdate(), 'nsupdate'), ['-k', keyFile], {
        input,
        encoding: 'utf8',
        stdio: ['pipe', 'pipe', 'pipe'],
      });
    },
  };
}

/** Command that gives a Knot another part, now and whenever it starts. */
function becomes(place: ZonePlace, part: 'primary' | 'secondary'): string[] {
  const [settings, current] = [join(place.folder, part), join(place.folder, 'server.conf')];
  writeFileSync(settings, knotServer(place, part));
  const knotc = join(dirname(program(findKnot(), 'knotd')), 'knotc');
  return ['/bin/sh', '-c', `cp ${settings} ${current} && ${knotc} -s ${join(place.folder, 'knot.sock')} reload`];
}

function describe(id: string, kind: 'bind' | 'knot', { folder, port }: ZonePlace, settings: string): NameServer {
  mkdirSync(folder);
  const config = join(folder, 'server.conf');
  writeFileSync(config, settings);
  own(kind, folder);
  own(kind, config);
  const dig = (name: string, type: string, ...more: string[]): string[] =>
    execFileSync(
      join(dirname(program(findNsupdate(), 'nsupdate')), 'dig'),
      ['@127.0.0.1', '-p', String(port), '+short', '+time=1', '+tries=2', ...more, name, type],
      { encoding: 'utf8' },
    )
      .split('\n')
      .filter(Boolean);
  const isReady = (): boolean => {
    try {
      // Its words of despair go to stdout too.
      return dig(zone, 'SOA').some((line) => line.startsWith('ns1.'));
    } catch {
      return false;
    }
  };
  const [binary, args] =
    kind === 'bind'
      ? [program(findNamed(), 'named'), ['-g', '-4', '-n', '1', '-c', config]]
      : [program(findKnot(), 'knotd'), ['-c', config]];
  const server = nameServerProcess({ id, binary, args, folder, user: kind, isReady });
  return {
    ...{ id, host: '127.0.0.1', port },
    dig: (name, type) => dig(name, type),
    ttl: (name, type) => dig(name, type, '+noshort', '+noall', '+answer')[0]?.split(/\s+/)[1] ?? '',
    start: () => server.start(),
    stop: () => server.kill(),
  };
}

function program(found: string | undefined, name: string): string {
  if (found === undefined) throw new Error(`There is no ${name}. \`npm test\` installs it.`);
  return found;
}

function own(kind: 'bind' | 'knot', path: string): void {
  const user = idsOf(kind);
  if (user) chownSync(path, user.uid, user.gid);
}
