/** Real Redis servers as children of the test, on free loopback ports, run by a user that may not harm the machine. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { createClient } from '@redis/client';
import { findRedis } from '../../../scripts/database-servers.mjs';
import { freePort } from '../temporal-server.ts';

export interface TestRedis {
  readonly id: string;
  readonly port: number;
  readonly folder: string;
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
  readonly nodes: readonly { readonly id: string; readonly host: string; readonly port: number }[];
  readonly password: string;
  stop(): Promise<void>;
}

const password = 'canary-of-redis';
/** Debian's package brings a user of this name. */
const owner = process.getuid?.() === 0 ? { uid: idOf('-u'), gid: idOf('-g') } : undefined;

function idOf(flag: '-u' | '-g'): number {
  return Number(execFileSync('id', [flag, 'redis'], { encoding: 'utf8' }));
}

export async function startRedisServers({ replicas = 1 }: { readonly replicas?: number } = {}): Promise<TestRedisServers> {
  const folder = mkdtempSync(join(tmpdir(), 'okiagari-redis-'));
  chmodSync(folder, 0o755);
  const servers: TestRedis[] = [];
  for (const id of ['a', 'b', 'c'].slice(0, 1 + replicas)) {
    const home = join(folder, id);
    mkdirSync(home);
    if (owner) chownSync(home, owner.uid, owner.gid);
    const master = servers[0];
    servers.push(describeRedis(id, home, await freePort(), master ? ['--replicaof', `127.0.0.1 ${master.port}`] : []));
  }
  const stop = async (): Promise<void> => {
    await Promise.all(servers.map((server) => server.kill()));
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    for (const server of servers) await server.start();
  } catch (error) {
    await stop();
    throw error;
  }
  return { servers, password, stop, nodes: servers.map(({ id, port }) => ({ id, host: '127.0.0.1', port })) };
}

function describeRedis(id: string, folder: string, port: number, more: readonly string[]): TestRedis {
  const binary = findRedis();
  if (binary === undefined) throw new Error('No redis-server on the PATH. `npm test` installs it.');
  let child: ChildProcess | undefined;
  const isUp = (): boolean => child !== undefined && child.exitCode === null && child.signalCode === null;
  const reap = (): void => void child?.kill('SIGKILL');
  const settings = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--appendonly', 'yes', '--save', '3600 1'];
  const secrets = ['--requirepass', password, '--masterauth', password];
  const server: TestRedis = {
    ...{ id, port, folder },
    async command(...words) {
      const client = createClient({
        password,
        socket: { host: '127.0.0.1', port, reconnectStrategy: false },
        disableOfflineQueue: true,
      });
      client.on('error', () => undefined);
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
      const redis = spawn(binary, [...settings, ...secrets, '--repl-diskless-sync-delay', '0', ...more], {
        ...owner,
        cwd: folder,
        env: {},
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      child = redis;
      redis.stdout.on('data', (chunk: Buffer) => (printed = (printed + chunk.toString()).slice(-4_000)));
      // A test process that dies without its hooks must not leave a server behind.
      process.once('exit', reap);
      while (!(await server.command('PING').catch(() => undefined))) {
        if (!isUp()) throw new Error(`${id} does not start:\n${printed}`);
        await delay(20);
      }
    },
    signal: (name) => void child?.kill(name),
    async kill() {
      if (!isUp()) return;
      const gone = once(child!, 'exit');
      child!.kill('SIGKILL');
      await gone;
      process.removeListener('exit', reap);
    },
  };
  return server;
}
