/** Backups of Redis servers: a snapshot over the network by redis-cli, the append-only file from the disk, and data folders made of both. */
import { access, link, readdir, realpath, rm } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import type { BackedUpServers, RedisBackups } from '../../activities/ports/redis-backups.ts';
import type { RedisNode } from '../../activities/ports/redis.ts';
import { fail } from '../../domain/fail.ts';
import { appendOnlyFolder, appendOnlyManifest, snapshotFile } from '../../domain/redis/taken-backup.ts';
import { hasCode } from '../files/inside.ts';
import { makeOwned, writeOwned } from '../files/owned.ts';
import { isThisMachine } from '../machine/this-machine.ts';
import { orFailure } from '../no-answer.ts';
import { corrupt, runTool, toolFailed } from '../process/run-tool.ts';
import { scrub, type ReadSecret } from '../secrets.ts';
import { checkAppendOnly, checkSnapshot, type Checked } from './check-files.ts';
import { copyAppendOnly, NotCopied } from './copy-append-only.ts';
import { localControl } from './local-control.ts';
import { parseInfo } from './look-at-node.ts';
import { redisPrograms } from './redis-programs.ts';
import { inSession, type Client } from './session.ts';
import { whileAnswering } from './while-answering.ts';

const askMs = 5_000;

export const createRedisBackups = (secret: ReadSecret): RedisBackups => {
  const ask = <T>(servers: BackedUpServers, node: RedisNode, question: (client: Client) => Promise<T>, signal?: AbortSignal) =>
    orFailure(node.id, () => inSession({ node, access: servers }, { secret, ms: askMs, signal }, question));

  return {
    async canRead(node) {
      const control = localControl(node);
      if (control === undefined || !(await isThisMachine(node.host).catch(() => false))) return false;
      return access(control.data).then(
        () => true,
        () => false,
      );
    },

    async snapshot(servers, node, folder, signal) {
      const { bin } = await redisPrograms(servers);
      const { login, tls } = servers;
      const password = login && secret(login.password);
      // Also tells at once why a login is refused.
      const { databases = '16' } = await ask(servers, node, (client) => client.configGet('databases'), signal);
      const where = ['-h', node.host, '-p', String(node.port), ...(login ? ['--user', login.user] : []), ...tlsWords(tls, node)];
      const file = join(folder.files, snapshotFile);
      // What an attempt at another node left is no part of this one.
      for (const name of [snapshotFile, appendOnlyFolder]) await rm(join(folder.files, name), { recursive: true, force: true });
      const ended = await whileAnswering(
        (within) => ask(servers, node, (client) => client.ping(), within),
        (within) =>
          runTool({
            program: join(bin, 'redis-cli'),
            args: ['--no-auth-warning', ...where, '--rdb', file],
            owner: folder.owner,
            folder: folder.path,
            signal: within,
            ...(password !== undefined && { env: { REDISCLI_AUTH: password } }),
          }),
        signal,
      );
      const said = { ...ended, said: scrub(ended.said, password === undefined ? [] : [password]) };
      if (ended.code !== 0) throw toolFailed('redis-cli --rdb', said);
      const checked = await checkSnapshot({ bin, folder, from: folder.files, signal });
      if (checked.code !== 0 || checked.keys === undefined) throw toolFailed('redis-check-rdb', checked);
      return { snapshotKeys: checked.keys, databases: Number(databases) };
    },

    async appendOnly(servers, node, folder, signal) {
      const { bin } = await redisPrograms(servers);
      const persistence = (client: Client) => client.info('persistence').then((text) => parseInfo([text].flat().join('\n')));
      const names = ['dir', 'appenddirname', 'appendfilename'];
      const { info, config } = await ask(
        servers,
        node,
        async (client) => ({ info: await persistence(client), config: await client.configGet(names) }),
        signal,
      );
      if (info['aof_enabled'] !== '1') return { isHeld: false };
      try {
        const at = await homeOf(node, config);
        const source = {
          folder: at,
          manifest: join(at, `${config['appendfilename']}.manifest`),
          isAtRest: async () => isAtRest(await ask(servers, node, persistence, signal)),
        };
        await copyAppendOnly(source, { bin, folder, from: folder.files, signal });
        return { isHeld: true };
      } catch (error) {
        signal?.throwIfAborted();
        if (hasCode(error, 'ENOSPC', 'EDQUOT')) throw noRoom(error as Error);
        if (!(error instanceof NotCopied) && !hasCode(error, 'EACCES', 'EPERM', 'EIO', 'ENOENT', 'ENOTDIR')) throw error;
        await rm(join(folder.files, appendOnlyFolder), { recursive: true, force: true });
        const { message } = error as Error;
        return {
          isHeld: false,
          why: {
            en: `The append-only file of ${node.id} was not taken: ${message}`,
            ja: `${node.id} の AOF を取得できませんでした: ${message}`,
          },
        };
      }
    },

    async restore(servers, folder, source, signal) {
      const { bin } = await redisPrograms(servers);
      const checked = { bin, folder, from: folder.files, signal };
      await (source === 'snapshot' ? requireSnapshot(checked) : requireAppendOnly(checked));
      await makeOwned(folder.data, folder.owner);
      const into = join(folder.data, appendOnlyFolder);
      await makeOwned(into, folder.owner);
      if (source === 'append-only') {
        const from = join(folder.files, appendOnlyFolder);
        for (const name of await readdir(from)) await link(join(from, name), join(into, name));
        return;
      }
      const file = join(folder.files, snapshotFile);
      await link(file, join(folder.data, snapshotFile));
      // With its append-only file on a server reads nothing but that: it would come up empty beside the snapshot.
      const base = 'appendonly.aof.1.base.rdb';
      await link(file, join(into, base));
      await writeOwned(folder, join(into, appendOnlyManifest), `file ${base} seq 1 type b\n`);
    },
  };
};

/**
 * The name in the certificate, which redis-cli does not look at, was checked by the session before. Whoever it runs as has to
 * be able to read the files.
 */
const tlsWords = (tls: BackedUpServers['tls'], { host, serverName = host }: RedisNode): string[] =>
  tls === undefined
    ? []
    : [
        ...['--tls', '--cacert', tls.ca.file, ...(isIP(serverName) === 0 ? ['--sni', serverName] : [])],
        ...(tls.client ? ['--cert', tls.client.certificate.file, '--key', tls.client.key.file] : []),
      ];

/** The folder of the append-only file, where the server says that it is. Throws NotCopied. */
async function homeOf(node: RedisNode, { dir = '', appenddirname }: Readonly<Record<string, string>>): Promise<string> {
  const control = localControl(node);
  if (control === undefined) throw new NotCopied(`${node.id} has no \`control\` of kind local`);
  if (appenddirname === undefined) throw new NotCopied('servers before Redis 7 keep it in one file');
  const home = await realpath(control.data);
  if ((await realpath(dir)) !== home) throw new NotCopied(`its server works in ${dir}, not in ${control.data}`);
  return join(home, appenddirname);
}

/** One that was just turned on, or copies a master, goes on in a file that no manifest names until its first rewrite is through. */
const isAtRest = (info: Readonly<Record<string, string>>): boolean =>
  info['aof_rewrite_in_progress'] === '0' &&
  info['aof_rewrite_scheduled'] === '0' &&
  info['aof_last_bgrewrite_status'] === 'ok' &&
  info['aof_last_write_status'] === 'ok';

async function requireSnapshot(checked: Checked): Promise<void> {
  const ended = await checkSnapshot(checked);
  if (ended.code !== 0) throw corrupt('redis-check-rdb', ended);
}

async function requireAppendOnly(checked: Checked): Promise<void> {
  const ended = await checkAppendOnly(checked);
  if (ended.code !== 0) throw corrupt('redis-check-aof', ended);
}

const noRoom = ({ message }: Error) =>
  fail('scratch-unusable', {
    en: `There is no room for the append-only file: ${message}`,
    ja: `AOF をコピーする空きがありません: ${message}`,
  });
