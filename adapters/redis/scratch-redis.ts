/** Restored Redis servers beside production, each in a folder of one job. */
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { BackedUpServers, ScratchRedis } from '../../activities/ports/redis-backups.ts';
import type { RedisNode } from '../../activities/ports/redis.ts';
import type { ScratchFolder } from '../../activities/ports/scratch-servers.ts';
import { appendOnlyFolder, appendOnlyManifest, snapshotFile } from '../../domain/redis/taken-backup.ts';
import { writeOwned } from '../files/owned.ts';
import { NoAnswer } from '../no-answer.ts';
import { openJobFolder, removeJobFolder } from '../scratch/job-folders.ts';
import { launchServer, notUp, serverLog } from '../scratch/launch-server.ts';
import { endProcessesBelow, processesBelow } from '../scratch/processes-below.ts';
import type { ReadSecret } from '../secrets.ts';
import { quoted } from './quoted.ts';
import { redisPrograms } from './redis-programs.ts';
import { tlsOfNode } from './scratch-tls.ts';
import { inSession } from './session.ts';

const lookMs = 2_000;
const pauseMs = 20;

export const createScratchRedis = (secret: ReadSecret): ScratchRedis => ({
  open: async (servers) => openJobFolder(servers.backup.scratch, (await redisPrograms(servers)).owner),

  async start(servers, folder, databases, signal) {
    const node: RedisNode = { id: 'scratch', host: socketOf(folder), port: 0 };
    await launch(servers, folder, settingsOf(folder, databases));
    return untilLoaded({ node, access: {} }, folder, secret, signal);
  },

  async serve(servers, folder, databases, signal) {
    const { login } = servers;
    const like = await tlsOfNode(servers, secret, signal);
    const node: RedisNode = { id: 'scratch', host: '127.0.0.1', port: await freePort(), serverName: like?.serverName };
    const lines = reachable(node.port, login, login && secret(login.password), like?.settings);
    await launch(servers, folder, settingsOf(folder, databases) + lines);
    return untilLoaded({ node, access: servers }, folder, secret, signal);
  },

  async stop(folder) {
    await endProcessesBelow(folder.data);
    await rm(folder.data, { recursive: true, force: true });
  },

  remove: removeJobFolder,
});

async function launch(servers: BackedUpServers, folder: ScratchFolder, settings: string): Promise<void> {
  if ((await processesBelow(folder.data)).length > 0) return;
  const { bin } = await redisPrograms(servers);
  const config = join(folder.path, 'redis.conf');
  await writeOwned(folder, config, settings);
  await launchServer(folder, { program: join(bin, 'redis-server'), args: [config], env: { LC_ALL: 'C', TZ: 'UTC' } });
}

async function untilLoaded(
  server: Parameters<typeof inSession>[0],
  folder: ScratchFolder,
  secret: ReadSecret,
  signal?: AbortSignal,
): Promise<RedisNode> {
  for (;;) {
    signal?.throwIfAborted();
    if (await hasLoaded(server, secret, signal)) return server.node;
    if ((await processesBelow(folder.data)).length === 0) throw await died(folder);
    await delay(pauseMs);
  }
}

/** Behind the other settings: the last line of a name counts. Replicas log in as they do at any master. */
function reachable(port: number, login: BackedUpServers['login'], password = '', tls?: readonly string[]): string {
  const guard = login === undefined ? [] : [`requirepass ${quoted(password)}`];
  const own =
    login === undefined || login.user === 'default' ? [] : [`user ${login.user} on ${quoted(`>${password}`)} ~* &* +@all`];
  const door = tls === undefined ? [`port ${port}`] : ['port 0', `tls-port ${port}`, ...tls];
  return [...door, 'bind 127.0.0.1', 'repl-diskless-sync yes', 'repl-diskless-sync-delay 0', ...guard, ...own, ''].join('\n');
}

/** Of the moment; somebody may be quicker, and then it does not come up. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

const socketOf = ({ path }: ScratchFolder): string => join(path, 'redis.sock');

/** Nothing of production's configuration: no port, nobody to follow, no modules, no files but those of the job. */
function settingsOf(folder: ScratchFolder, databases: number): string {
  const lines: readonly (readonly [string, string])[] = [
    ['port', '0'],
    ['unixsocket', socketOf(folder)],
    ['unixsocketperm', '700'],
    ['dir', folder.data],
    ['databases', String(databases)],
    ['dbfilename', snapshotFile],
    ['save', ''],
    ['appendonly', 'yes'],
    ['appenddirname', appendOnlyFolder],
    ['appendfilename', appendOnlyManifest.replace(/\.manifest$/, '')],
    ['auto-aof-rewrite-percentage', '0'],
    // What was taken ends with a whole command.
    ['aof-load-truncated', 'no'],
    ['daemonize', 'no'],
    ['logfile', ''],
    ['maxmemory', '0'],
  ];
  return lines.map(([name, value]) => `${name} ${quoted(value)}\n`).join('');
}

async function hasLoaded(server: Parameters<typeof inSession>[0], secret: ReadSecret, signal?: AbortSignal): Promise<boolean> {
  try {
    await inSession(server, { secret, ms: lookMs, signal }, (client) => client.ping());
    return true;
  } catch (error) {
    if (error instanceof NoAnswer) return false;
    throw error;
  }
}

/** It marks what matters. */
async function died(folder: ScratchFolder) {
  const log = await serverLog(folder);
  const loud = log.split('\n').filter((line) => / # /.test(line) || line.startsWith('***') || line.startsWith('FATAL'));
  return notUp((loud.length === 0 ? log : loud.slice(-4).join('\n')).trim().slice(-600));
}
