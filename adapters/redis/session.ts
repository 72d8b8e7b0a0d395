/** One short session on a Redis server: in bounded time, with the password read at the moment of use, and nothing left open. */
import { setTimeout as delay } from 'node:timers/promises';
import { createClient } from '@redis/client';
import type { RedisNode } from '../../activities/ports/redis.ts';
import type { RedisSettings } from '../../contracts/redis-settings.ts';
import { NoAnswer } from '../no-answer.ts';
import { nameOfSecret, scrub, type ReadSecret } from '../secrets.ts';

export interface Server {
  readonly node: RedisNode;
  readonly login: RedisSettings['login'];
}

export type Client = ReturnType<typeof clientFor>;

/** What `work` asks for as our login, within so many milliseconds. Throws NoAnswer. */
export async function inSession<T>(
  { node, login }: Server,
  { secret, ms, signal }: { readonly secret: ReadSecret; readonly ms: number; readonly signal?: AbortSignal | undefined },
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const password = login && secret(login.password);
  if (login && password === undefined) throw new NoAnswer('login-refused', `${nameOfSecret(login.password)} is not there`);
  const client = clientFor(node, login && password !== undefined ? { username: login.user, password } : {}, ms);
  client.on('error', () => undefined);
  const over = new AbortController();
  const limit = delay(ms, undefined, { signal: AbortSignal.any([over.signal, ...(signal ? [signal] : [])]) }).then(() => {
    throw new NoAnswer('unreachable', `no answer within ${ms / 1_000} s`);
  });
  limit.catch(() => undefined);
  try {
    const session = async (): Promise<T> => {
      await client.connect();
      return work(client);
    };
    return await Promise.race([session(), limit]);
  } catch (error) {
    throw error instanceof NoAnswer ? error : told(error as Error & { code?: string }, password);
  } finally {
    over.abort();
    client.destroy();
  }
}

/** One try: whoever looks again asks again. */
const clientFor = ({ host, port }: RedisNode, account: { username?: string; password?: string }, ms: number) =>
  createClient({
    ...account,
    socket: { host, port, connectTimeout: ms, reconnectStrategy: false },
    disableOfflineQueue: true,
    name: 'okiagari',
  });

function told({ code, message }: Error & { code?: string }, password: string | undefined): NoAnswer {
  const said = scrub(message, password === undefined ? [] : [password]).slice(0, 200);
  if (/^(WRONGPASS|NOAUTH|ERR AUTH|ERR invalid password)/.test(message)) return new NoAnswer('login-refused', said);
  if (message.startsWith('NOPERM')) return new NoAnswer('not-allowed', said);
  if (message.startsWith('LOADING')) return new NoAnswer('starting', said);
  const isAway = /^(ECONN|EHOST|ENET|ENOTFOUND|ETIMEDOUT)/.test(code ?? '') || /timeout|closed/i.test(message);
  return new NoAnswer(isAway ? 'unreachable' : 'failed', said);
}
