/** Real Redis servers on free loopback ports, run by a user that may not harm the machine. */
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { RedisClientOptions } from '@redis/client';
import { findRedis } from '../../../scripts/test-servers.mjs';
import { makeAuthority, type Authority, type Issued } from '../authority.ts';
import { freePort } from '../temporal-server.ts';
import { redisClient } from './client.ts';

export interface TestRedis {
  readonly id: string;
  readonly port: number;
  readonly folder: string;
  /** As the inventory declares it. */
  readonly control: { readonly kind: 'local'; readonly data: string; readonly config: string; readonly start: readonly string[] };
  /** How a client gets to it. */
  readonly socket: RedisClientOptions['socket'];
  /** One command on a connection of its own. */
  command(...words: string[]): Promise<unknown>;
  start(): Promise<void>;
  signal(name: NodeJS.Signals): void;
  /** As a power failure does it; twice is fine. */
  kill(): Promise<void>;
}

export interface TestRedisServers {
  /** The first is the master at the beginning. */
  readonly servers: readonly TestRedis[];
  readonly nodes: readonly { readonly id: string; readonly host: string; readonly port: number; readonly serverName?: string }[];
  /** The same with control of their machine. */
  readonly controlled: readonly (TestRedisServers['nodes'][number] & Pick<TestRedis, 'control'>)[];
  readonly password: string;
  /** As the inventory declares it; undefined where the servers speak plain TCP. */
  readonly tls?: {
    readonly ca: { readonly file: string };
    readonly client: { readonly certificate: { file: string }; readonly key: { file: string } };
  };
  readonly authority?: Authority;
  stop(): Promise<void>;
}

const password = 'canary-of-redis';
const starter = fileURLToPath(new URL('./start-server.mjs', import.meta.url));
/** Debian's package brings a user of this name. */
const owner = process.getuid?.() === 0 ? { uid: idOf('-u'), gid: idOf('-g') } : undefined;

function idOf(flag: '-u' | '-g'): number {
  return Number(execFileSync('id', [flag, 'redis'], { encoding: 'utf8' }));
}

/** A test process that dies without its hooks must not leave a server behind. */
const running = new Set<readonly TestRedis[]>();
process.once('exit', () => [...running].flat().forEach((server) => server.signal('SIGKILL')));

export interface RedisOptions {
  readonly replicas?: number;
  /** Servers with certificates of names of their own, which want one of their clients and of each other, and have no other port. */
  readonly isTls?: boolean;
}

export async function startRedisServers({ replicas = 1, isTls = false }: RedisOptions = {}): Promise<TestRedisServers> {
  const folder = mkdtempSync(join(tmpdir(), 'okiagari-redis-'));
  chmodSync(folder, 0o755);
  const authority = isTls ? makeAuthority(join(folder, 'authority')) : undefined;
  const client = authority && readable(authority.issue('okiagari', join(folder, 'client')));
  const servers: TestRedis[] = [];
  for (const id of ['a', 'b', 'c', 'd'].slice(0, 1 + replicas)) {
    const home = join(folder, id);
    mkdirSync(home);
    if (owner) chownSync(home, owner.uid, owner.gid);
    const master = servers[0];
    const own = authority && { authority, own: readable(authority.issue(nameOf(id), join(folder, id))), client: client! };
    servers.push(describeRedis(id, home, await freePort(), master ? [`replicaof 127.0.0.1 ${master.port}`] : [], own));
  }
  running.add(servers);
  const stop = async (): Promise<void> => {
    await Promise.all(servers.map((server) => server.kill()));
    running.delete(servers);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    for (const server of servers) await server.start();
  } catch (error) {
    await stop();
    throw error;
  }
  const nodes = servers.map(({ id, port }) => ({ id, host: '127.0.0.1', port, ...(isTls && { serverName: nameOf(id) }) }));
  const controlled = nodes.map((node, n) => ({ ...node, control: servers[n]!.control }));
  const files = client && { certificate: { file: client.certificate }, key: { file: client.key } };
  const tls = authority && files && { authority, tls: { ca: { file: authority.file }, client: files } };
  return { servers, password, stop, nodes, controlled, ...tls };
}

/** In its certificate. */
const nameOf = (id: string): string => `${id}.cache.test`;

function readable(issued: Issued): Issued {
  if (owner) for (const file of [issued.certificate, issued.key]) chownSync(file, owner.uid, owner.gid);
  return issued;
}

interface Secured {
  readonly authority: Authority;
  readonly own: Issued;
  readonly client: Issued;
}

const tlsSettings = (port: number, { authority, own }: Secured): string[] => [
  ...['port 0', `tls-port ${port}`, 'tls-replication yes', `tls-ca-cert-file ${authority.file}`],
  ...[`tls-cert-file ${own.certificate}`, `tls-key-file ${own.key}`],
];

function socketOf(id: string, port: number, secured: Secured | undefined): RedisClientOptions['socket'] {
  const place = { host: '127.0.0.1', port, reconnectStrategy: false as const };
  if (secured === undefined) return place;
  const { authority, client } = secured;
  const [ca, cert, key] = [authority.file, client.certificate, client.key].map((file) => readFileSync(file, 'utf8'));
  return { ...place, tls: true, servername: nameOf(id), ca: ca!, cert: cert!, key: key! };
}

function describeRedis(id: string, folder: string, port: number, more: readonly string[], secured?: Secured): TestRedis {
  const binary = findRedis();
  if (binary === undefined) throw new Error('No redis-server on the PATH. `npm test` installs it.');
  const config = `${folder}.conf/redis.conf`;
  const socket = socketOf(id, port, secured);
  const door = secured ? tlsSettings(port, secured) : [`port ${port}`];
  writeConfig(config, [...door, `dir ${folder}`, ...settings, ...more]);
  const isUp = (): boolean => processesIn(folder).length > 0;
  const signal = (name: NodeJS.Signals): void => processesIn(folder).forEach((pid) => process.kill(pid, name));
  const server: TestRedis = {
    ...{ id, port, folder, socket, signal },
    control: {
      kind: 'local',
      ...{ data: folder, config },
      start: [process.execPath, starter, binary, config, String(owner?.uid ?? ''), String(owner?.gid ?? '')],
    },
    async command(...words) {
      const client = redisClient(socket, password);
      await client.connect();
      try {
        return await client.sendCommand(words);
      } finally {
        client.destroy();
      }
    },
    async start() {
      if (isUp()) return;
      let printed = '';
      const redis = spawn(binary, [config], { ...owner, cwd: folder, env: {}, stdio: ['ignore', 'pipe', 'pipe'] });
      redis.stdout.on('data', (chunk: Buffer) => (printed = (printed + chunk.toString()).slice(-4_000)));
      while (!(await server.command('PING').catch(() => undefined))) {
        if (redis.exitCode !== null) throw new Error(`${id} does not start:\n${printed}`);
        await delay(20);
      }
    },
    async kill() {
      while (isUp()) {
        signal('SIGKILL');
        await delay(5);
      }
    },
  };
  return server;
}

const settings = [
  ...['bind 127.0.0.1', 'appendonly yes', 'save 3600 1', 'repl-diskless-sync-delay 0'],
  ...[`requirepass ${password}`, `masterauth ${password}`],
];

/** In a folder of the server's own: it rewrites the file beside it. */
function writeConfig(path: string, lines: readonly string[]): void {
  mkdirSync(dirname(path));
  writeFileSync(path, `${lines.join('\n')}\n`, { mode: 0o600 });
  for (const one of owner ? [path, dirname(path)] : []) chownSync(one, owner!.uid, owner!.gid);
}

/** Whoever started them: a server works in its data folder. */
function processesIn(folder: string): number[] {
  return readdirSync('/proc').flatMap((pid) => {
    try {
      return /^\d+$/.test(pid) && readlinkSync(`/proc/${pid}/cwd`) === folder && isRedis(pid) ? [Number(pid)] : [];
    } catch {
      return [];
    }
  });
}
const isRedis = (pid: string): boolean => readFileSync(`/proc/${pid}/stat`, 'utf8').includes('(redis-');
