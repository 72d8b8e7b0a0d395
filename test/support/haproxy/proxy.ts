/** Real HAProxy processes on free loopback ports, run by a user that may not harm the machine. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { ask } from '../../../adapters/haproxy/runtime.ts';
import { findHaproxy } from '../../../scripts/test-servers.mjs';
import { freePort } from '../temporal-server.ts';
import { declaredProtection, rulesOf, tableOf, writeProtectionFiles, type ProtectionFiles } from './protection.ts';
import { startService, type TestService } from './service.ts';

export interface TestProxy {
  readonly id: string;
  /** Where users come in. */
  readonly port: number;
  readonly socket: string;
  /** The same interface without the right to change anything. */
  readonly operatorPort: number;
  readonly stateFile: string;
  /** One line of commands. */
  ask(line: string): Promise<string>;
  start(): Promise<void>;
  /** As a power failure does it; twice is fine. */
  kill(): Promise<void>;
  /** SIGSTOP and SIGCONT: it answers nobody, and its port takes connections. */
  signal(name: NodeJS.Signals): void;
  /** `prod 100 ready, dr 0 ready`; `away` where it does not answer. */
  split(): Promise<string>;
}

export interface TestProxies {
  readonly proxies: readonly TestProxy[];
  readonly home: TestService;
  readonly dr: TestService;
  /** Files of the protection, that all proxies read. */
  readonly files: ProtectionFiles;
  /** As the inventory declares proxies, backend and sides, and their protection where they have one. */
  readonly declared: Readonly<Record<string, unknown>>;
  stop(): Promise<void>;
}

/** Debian's package brings a user of this name. */
const owner = process.getuid?.() === 0 ? { uid: idOf('-u'), gid: idOf('-g') } : undefined;

function idOf(flag: '-u' | '-g'): number {
  return Number(execFileSync('id', [flag, 'haproxy'], { encoding: 'utf8' }));
}

/** A test process that dies without its hooks must not leave a proxy behind. */
const running = new Set<ChildProcess>();
process.once('exit', () => running.forEach((child) => child.kill('SIGKILL')));

interface Options {
  readonly proxies?: number;
  /** `tcp`: bytes are passed on, and no request is counted. */
  readonly mode?: 'http' | 'tcp';
  /** Ports of the servers `prod` and `dr`, which then speak no HTTP: that they take connections is their health. */
  readonly before?: readonly [number, number];
  /** Rules that protect against floods; `bare`: declared, and not there. */
  readonly protection?: boolean | 'bare';
}

export async function startProxies({
  proxies: count = 1,
  mode = 'http',
  before,
  protection = false,
}: Options = {}): Promise<TestProxies> {
  const folder = mkdtempSync(join(tmpdir(), 'okiagari-haproxy-'));
  chmodSync(folder, 0o755);
  const [home, dr] = [await startService('home'), await startService('dr')];
  const files = writeProtectionFiles(folder);
  const behind: Behind = {
    mode,
    ...(protection === true && { files }),
    ports: before ?? [home.port, dr.port],
    check: before ? 'tcp-check' : 'httpchk GET /health',
  };
  const proxies: TestProxy[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(proxies.map((proxy) => proxy.kill()));
    await Promise.all([home, dr].map((service) => service.stop().catch(() => undefined)));
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    for (const id of ['a', 'b', 'c'].slice(0, count)) proxies.push(await startProxy(id, join(folder, id), behind));
  } catch (error) {
    await stop();
    throw error;
  }
  const probe = (service: TestService) => ({
    url: `http://127.0.0.1:${service.port}/probe`,
    host: 'shop.example.jp',
    every: '100ms',
  });
  const declared = {
    proxies: proxies.map(({ id, socket, stateFile }) => ({ id, socket, stateFile })),
    backend: 'be',
    sides: { home: { servers: ['prod'], probe: probe(home) }, dr: { servers: ['dr'], probe: probe(dr) } },
    ...(protection !== false && { protection: declaredProtection(files, proxies[0]!.port) }),
  };
  return { proxies, home, dr, files, declared, stop };
}

/** Between the choice of a port and its use somebody else may take it. */
async function startProxy(id: string, folder: string, behind: Behind): Promise<TestProxy> {
  mkdirSync(folder);
  for (let tries = 5; ; tries--) {
    try {
      return await startOnFreePorts(id, folder, behind);
    } catch (error) {
      if (tries === 0 || !String(error).includes('Address already in use')) throw error;
    }
  }
}

async function startOnFreePorts(id: string, folder: string, behind: Behind): Promise<TestProxy> {
  const binary = findHaproxy();
  if (binary === undefined) throw new Error('No haproxy on the machine. `npm test` installs it.');
  const [port, operatorPort] = [await freePort(), await freePort()];
  const [socket, stateFile, config] = ['admin.sock', 'state', 'haproxy.cfg'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  writeFileSync(config, configOf({ port, operatorPort, socket, stateFile, ...behind }));
  if (owner) chownSync(folder, owner.uid, owner.gid);
  let child: ChildProcess | undefined;
  const proxy: TestProxy = {
    ...{ id, port, operatorPort, socket, stateFile },
    ask: (line) => ask({ id, socket }, line),
    async start() {
      let printed = '';
      // It asks where it is, and may not look there: a checkout can lie in a folder of ours alone.
      const own = spawn(binary, ['-db', '-f', config], { ...owner, cwd: folder, env: {}, stdio: ['ignore', 'ignore', 'pipe'] });
      running.add(own);
      child = own;
      own.stderr.on('data', (chunk: Buffer) => (printed = (printed + chunk.toString()).slice(-4_000)));
      while (!(await proxy.ask('show info').catch(() => ''))) {
        if (own.exitCode !== null) throw new Error(`${id} does not start:\n${printed}`);
        await delay(20);
      }
      // Servers are up until their first check says otherwise, and only then do they count as checked.
      while (await unchecked(proxy)) await delay(20);
    },
    async kill() {
      if (child === undefined) return;
      const own = child;
      child = undefined;
      if (own.exitCode === null && own.signalCode === null) {
        own.kill('SIGKILL');
        await once(own, 'exit');
      }
      running.delete(own);
    },
    signal: (name) => void child?.kill(name),
    async split() {
      const text = await proxy.ask('show servers state be').catch(() => '');
      const rows = text.split('\n').filter((line) => / be \d+ /.test(line));
      const states = rows
        .map((line) => line.split(' '))
        .map((words) => `${words[3]} ${words[7]} ${words[6] === '0' ? 'ready' : words[6] === '8' ? 'drain' : 'maint'}`);
      return states.join(', ') || 'away';
    },
  };
  await proxy.start();
  return proxy;
}

/** Whether a server has not been checked yet. */
async function unchecked(proxy: TestProxy): Promise<boolean> {
  const rows = (await proxy.ask('show stat be 4 -1')).split('\n').slice(1).filter(Boolean);
  return rows.length === 0 || rows.some((row) => /,INI,/.test(row));
}

interface Behind {
  readonly mode: 'http' | 'tcp';
  /** Of `prod` and `dr`. */
  readonly ports: readonly [number, number];
  readonly check: string;
  /** Where it protects. */
  readonly files?: ProtectionFiles;
}

type Config = Behind & Pick<TestProxy, 'port' | 'operatorPort' | 'socket' | 'stateFile'>;

/** `noreuseport`: two that chose the same port would share it in silence, and each get half of what is meant for the other. */
const configOf = ({ port, operatorPort, socket, stateFile, ports, check, mode, files }: Config): string => `
global
  noreuseport
  stats socket ${socket} mode 600 level admin
  stats socket ipv4@127.0.0.1:${operatorPort} level operator
  server-state-file ${stateFile}
defaults
  mode ${mode}
  timeout connect 1s
  timeout client 30s
  timeout server 30s
  timeout check 5s
  load-server-state-from-file global
frontend users
  bind 127.0.0.1:${port}${files ? rulesOf(files) : ''}
  default_backend be
backend be
  balance roundrobin
  option ${check}
  default-server check inter 100ms fall 2 rise 1
  server prod 127.0.0.1:${ports[0]} weight 100
  server dr 127.0.0.1:${ports[1]} weight 0
${files ? tableOf : ''}`;
