/** A thread that writes to each node on a connection of its own: a test that blocks must not look like a server that does. */
import { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import pg from 'pg';

export interface WriterSettings {
  /** Makes ids unique among all writers that ever wrote into the table. */
  readonly run: string;
  readonly nodes: readonly { readonly id: string; readonly host: string; readonly port: number }[];
  readonly user: string;
  readonly password: string;
  /** So long one answer is waited for; a frozen server never gives one. */
  readonly patienceMs: number;
  /** Between two attempts. Each costs the server, and a refused one a process. */
  readonly paceMs: number;
}

export interface Attempt {
  readonly id: string;
  readonly node: string;
  readonly sent: number;
  /** Null where no answer came, or another one than yes. */
  readonly acknowledged: number | null;
}

const { run, nodes, user, password, patienceMs, paceMs } = workerData as WriterSettings;
/** The same clock in all threads of a machine, in milliseconds. */
const now = (): number => Number(process.hrtime.bigint()) / 1e6;
const stop = new AbortController();
parentPort!.once('message', () => stop.abort());

interface Session {
  readonly client: pg.Client;
  readonly socket: Socket;
}

async function write({ id: node, host, port }: WriterSettings['nodes'][number]): Promise<void> {
  let session: Session | undefined;
  for (let n = 0; !stop.signal.aborted; n++) {
    session ??= await connect(host, port);
    if (session && !(await attempt(session, node, `${run}-${node}-${n}`))) {
      session.socket.destroy();
      session = undefined;
    }
    await delay(paceMs);
  }
  session?.socket.destroy();
}

async function connect(host: string, port: number): Promise<Session | undefined> {
  const socket = new Socket();
  const client = new pg.Client({ host, port, user, password, database: 'postgres', stream: () => socket });
  // What breaks between two answers is seen by the next attempt; unheard it would end the thread.
  client.on('error', () => undefined);
  try {
    await inTime(client.connect(), socket);
    return { client, socket };
  } catch {
    socket.destroy();
    return undefined;
  }
}

/** Whether the connection is still good. */
async function attempt({ client, socket }: Session, node: string, id: string): Promise<boolean> {
  const sent = now();
  const tell = (acknowledged: number | null): void =>
    parentPort!.postMessage({ id, node, sent, acknowledged } satisfies Attempt, []);
  try {
    await inTime(client.query({ name: 'write', text: 'insert into pinned values ($1)', values: [id] }), socket);
    tell(now());
    return true;
  } catch (error) {
    tell(null);
    // A standby refuses and stays: the same connection writes once it is promoted.
    return error instanceof pg.DatabaseError && error.severity === 'ERROR';
  }
}

/** Rejects, and closes the connection without asking, where the work takes too long. */
async function inTime(work: Promise<unknown>, socket: Socket): Promise<void> {
  work.catch(() => undefined);
  const over = new AbortController();
  const limit = delay(patienceMs, undefined, { signal: over.signal }).then(() => {
    throw new Error('abandoned');
  });
  limit.catch(() => undefined);
  try {
    await Promise.race([work, limit]);
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) socket.destroy();
    throw error;
  } finally {
    over.abort();
  }
}

await Promise.all(nodes.map(write));
