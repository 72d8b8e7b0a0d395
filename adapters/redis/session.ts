/** One short session on a Redis server: in bounded time, with the password read at the moment of use, and nothing left open. */
import { setTimeout as delay } from 'node:timers/promises';
import { RedisClient, type RedisClientOptions } from '@redis/client';
import type { Access, RedisNode } from '../../activities/ports/redis.ts';
import { NoAnswer } from '../no-answer.ts';
import { nameOfSecret, scrub, type ReadSecret } from '../secrets.ts';
import { clientTls, tlsTrouble, type ClientTls, type Peer } from '../tls/client-tls.ts';

export interface Server {
  readonly node: RedisNode;
  readonly access: Access;
}

type RedisSocketOptions = NonNullable<RedisClientOptions['socket']>;
export type Client = ReturnType<typeof clientFor>;

/** What `work` asks for as our login, within so many milliseconds. Throws NoAnswer. */
export async function inSession<T>(
  { node, access: { login, tls } }: Server,
  { secret, ms, signal }: { readonly secret: ReadSecret; readonly ms: number; readonly signal?: AbortSignal | undefined },
  work: (client: Client, peer: Peer) => Promise<T>,
): Promise<T> {
  const password = login && secret(login.password);
  if (login && password === undefined) throw new NoAnswer('login-refused', `${nameOfSecret(login.password)} is not there`);
  const name = node.serverName ?? node.host;
  const secured = tls && !isSocket(node) ? await clientTls(tls, name) : undefined;
  const account = login && password !== undefined ? { username: login.user, password } : {};
  const client = clientFor(node, account, ms, secured);
  client.on('error', () => undefined);
  const over = new AbortController();
  const limit = delay(ms, undefined, { signal: AbortSignal.any([over.signal, ...(signal ? [signal] : [])]) }).then(() => {
    throw new NoAnswer('unreachable', `no answer within ${ms / 1_000} s`);
  });
  limit.catch(() => undefined);
  try {
    const session = async (): Promise<T> => {
      await client.connect();
      return work(client, secured?.peer ?? {});
    };
    return await Promise.race([session(), limit]);
  } catch (error) {
    if (error instanceof NoAnswer) throw error;
    const trouble = tls && tlsTrouble(error as Error & { code?: string }, tls, name);
    if (trouble !== undefined) throw new NoAnswer('tls-refused', trouble);
    throw told(error as Error & { code?: string }, password, login && nameOfSecret(login.password));
  } finally {
    over.abort();
    client.destroy();
  }
}

/** A restored server has a socket in a folder, and no port. */
const isSocket = ({ host }: RedisNode): boolean => host.startsWith('/');

/** Made once: each `createClient` with other options writes a class of all commands anew, for some 30 ms of the worker's one core. */
const makeClient = RedisClient.factory();

/** One try: whoever looks again asks again. */
const clientFor = (
  node: RedisNode,
  account: { username?: string; password?: string },
  ms: number,
  secured: ClientTls | undefined,
) =>
  makeClient({
    ...account,
    socket: { ...placeOf(node, secured), connectTimeout: ms, reconnectStrategy: false },
    disableOfflineQueue: true,
    name: 'okiagari',
  });

function placeOf(node: RedisNode, secured: ClientTls | undefined): RedisSocketOptions {
  const { host, port } = node;
  if (isSocket(node)) return { path: host, tls: false };
  return secured ? { ...secured.options, host, port, tls: true } : { host, port };
}

function told({ code, message }: Error & { code?: string }, password: string | undefined, name = 'no password'): NoAnswer {
  const said = scrub(message, password === undefined ? [] : [password]).slice(0, 200);
  if (/^(WRONGPASS|NOAUTH|ERR AUTH|ERR invalid password)/.test(message)) {
    return new NoAnswer('login-refused', `${said} (${name})`);
  }
  if (message.startsWith('NOPERM')) return new NoAnswer('not-allowed', said);
  if (message.startsWith('LOADING')) return new NoAnswer('starting', said);
  const isAway = /^(ECONN|EHOST|ENET|ENOTFOUND|ETIMEDOUT)/.test(code ?? '') || /timeout|closed/i.test(message);
  return new NoAnswer(isAway ? 'unreachable' : 'failed', said);
}
