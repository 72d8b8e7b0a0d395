/** One short session on a PostgreSQL server: in bounded time, with the password read at the moment of use, and nothing left open. */
import { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { PostgresNode } from '../../activities/ports/postgres.ts';
import type { PostgresSettings } from '../../contracts/postgres-settings.ts';
import type { SilentNode } from '../../domain/silent-node.ts';
import { NoAnswer } from '../no-answer.ts';
import { nameOfSecret, scrub, type ReadSecret } from '../secrets.ts';
import { clientTls, tlsTrouble, type Peer } from '../tls/client-tls.ts';

export interface Server {
  readonly node: PostgresNode;
  readonly settings: Pick<PostgresSettings, 'database' | 'roles' | 'tls'>;
}

export interface SessionOptions {
  readonly secret: ReadSecret;
  readonly ms: number;
  readonly signal?: AbortSignal | undefined;
  readonly role?: 'control' | 'replication';
  /** Also the server ends what takes longer. A pooler in between lets no such wish through. */
  readonly isBoundByServer?: boolean;
}

/** What `work` asks for as our control role, or the one that is named, within so many milliseconds. Throws NoAnswer. */
export async function inSession<T>(
  { node: { host, port, serverName: name = host }, settings: { database, roles, tls } }: Server,
  { secret, ms, signal, role = 'control', isBoundByServer = true }: SessionOptions,
  work: (client: pg.Client, peer: Peer) => Promise<T>,
): Promise<T> {
  const login = roles[role];
  if (login === undefined) throw new NoAnswer('login-refused', `the inventory names no role for ${role}`);
  const { user } = login;
  const password = secret(login.password);
  if (password === undefined) throw new NoAnswer('login-refused', `${nameOfSecret(login.password)} is not there`);
  // A restored server has a socket in a folder, and no port.
  const secured = tls && !host.startsWith('/') ? await clientTls(tls, name) : undefined;
  // A socket of ours can be closed without asking: a frozen server never says good-bye.
  const socket = new Socket();
  const client = new pg.Client({
    ...{ host, port, database, user, password, ...(secured && { ssl: secured.options }) },
    application_name: 'okiagari',
    ...(isBoundByServer && { statement_timeout: ms }),
    stream: () => socket,
  });
  // What breaks between two answers is told by the next one; unheard it would end the process.
  client.on('error', () => undefined);
  const over = new AbortController();
  const limit = delay(ms, undefined, { signal: AbortSignal.any([over.signal, ...(signal ? [signal] : [])]) }).then(() => {
    throw Object.assign(new Error(`no answer within ${ms / 1_000} s`), { code: 'ETIMEDOUT' });
  });
  limit.catch(() => undefined);
  try {
    const session = async (): Promise<T> => {
      await client.connect();
      const result = await work(client, secured?.peer ?? {});
      await client.end();
      return result;
    };
    return await Promise.race([session(), limit]);
  } catch (error) {
    const trouble = tls && tlsTrouble(error as pg.DatabaseError, tls, name);
    throw trouble === undefined ? told(error as pg.DatabaseError, password) : new NoAnswer('tls-refused', trouble);
  } finally {
    over.abort();
    socket.destroy();
  }
}

/** https://www.postgresql.org/docs/current/errcodes-appendix.html */
const reasons: Readonly<Record<string, SilentNode['why']>> = {
  ECONNREFUSED: 'unreachable',
  ECONNRESET: 'unreachable',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  ENOTFOUND: 'unreachable',
  ETIMEDOUT: 'unreachable',
  '57P03': 'starting',
  '28P01': 'login-refused',
  '28000': 'login-refused',
  '3D000': 'login-refused',
  '42501': 'not-allowed',
};

const told = ({ code, message }: { code?: string | undefined; message: string }, password: string): NoAnswer =>
  new NoAnswer(reasons[code ?? ''] ?? 'failed', scrub(message, [password]).slice(0, 200));
