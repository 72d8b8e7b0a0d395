/** One writer pinned to each node, whatever becomes of it: what they got acknowledged tells who took writes, and when. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import * as judge from './judge-commits.ts';
import type { Commit, Window } from './judge-commits.ts';
import type { Attempt, WriterSettings } from './pinned-writer-thread.ts';
import type { TestServer } from './server.ts';

interface Written {
  readonly nodes: WriterSettings['nodes'];
  readonly servers: readonly Pick<TestServer, 'sql'>[];
}

export interface PinnedWriters {
  /** The clock of all times here, in milliseconds. */
  now(): number;
  /** So often a commit was sent, acknowledged or not. */
  attempts(node: string): number;
  /** In the order of their acknowledgements. */
  acknowledged(node: string): readonly Commit[];
  /** Windows in which two nodes took writes at once; a hand-over is none, however quick. */
  windowsWithTwo(ms?: number): readonly Window[];
  /** Each time that another node acknowledged than the one before. */
  handOvers(): ReturnType<typeof judge.handOvers>;
  /** The first that was acknowledged at that moment or later. */
  firstCommitAfter(node: string, at: number): Commit | undefined;
  /** The longest time without a commit on any node, from that moment on. */
  longestPause(at: number): number;
  /** Acknowledged commits that this server does not have: before that moment (such as the fence), and from it on. */
  missing(server: Pick<TestServer, 'sql'>, at?: number): Promise<{ before: readonly Commit[]; after: readonly Commit[] }>;
  /** Ends within the patience for one answer; twice is fine. */
  stop(): Promise<void>;
}

const program = new URL('./pinned-writer-thread.ts', import.meta.url);
const user = 'writer';
const password = 'canary-of-writer';

/** Makes their table on the primary where it is missing, and starts writing. */
export async function startPinnedWriters(
  { nodes, servers }: Written,
  { patienceMs = 1_000, paceMs = 10 }: Partial<Pick<WriterSettings, 'patienceMs' | 'paceMs'>> = {},
): Promise<PinnedWriters> {
  await makeTable(await primaryOf(servers));
  const run = randomBytes(4).toString('hex');
  const commits: Commit[] = [];
  const sent = new Map<string, number>();
  // Addresses alone: a thread cannot be given more.
  const addresses = nodes.map(({ id, host, port }) => ({ id, host, port }));
  const settings: WriterSettings = { run, nodes: addresses, user, password, patienceMs, paceMs };
  const thread = new Worker(program, { workerData: settings });
  let broken: unknown;
  thread.on('error', (error) => (broken = error));
  thread.on('message', ({ id, node, sent: at, acknowledged }: Attempt) => {
    sent.set(node, (sent.get(node) ?? 0) + 1);
    if (acknowledged !== null) commits.push({ id, node, sent: at, acknowledged });
  });
  // A test that ends without its hooks is not kept.
  thread.unref();
  const gone = once(thread, 'exit').catch(() => undefined);
  return {
    now: () => Number(process.hrtime.bigint()) / 1e6,
    attempts: (node) => sent.get(node) ?? 0,
    acknowledged: (node) => judge.acknowledgedBy(commits, node),
    windowsWithTwo: (ms = 100) => judge.windowsWithTwo(commits, ms),
    handOvers: () => judge.handOvers(commits),
    firstCommitAfter: (node, at) => judge.firstCommitAfter(commits, node, at),
    longestPause: (at) => judge.longestPause(commits, at),
    async missing(server, at = Infinity) {
      // Before the look: what is acknowledged during it may be missing from the answer.
      const until = [...commits];
      const rows = await server.sql<{ id: string }>('select id from pinned');
      return judge.missingFrom(until, new Set(rows.map(({ id }) => id)), at);
    },
    async stop() {
      thread.postMessage('stop', []);
      await gone;
      if (broken !== undefined) throw broken;
    },
  };
}

async function primaryOf(servers: Written['servers']): Promise<Written['servers'][number]> {
  for (const server of servers) {
    const rows = await server.sql<{ standby: boolean }>('select pg_is_in_recovery() as standby').catch(() => []);
    if (rows[0]?.standby === false) return server;
  }
  throw new Error('No node takes writes.');
}

async function makeTable({ sql }: Written['servers'][number]): Promise<void> {
  await sql('create table if not exists pinned (id text primary key)');
  const there = await sql(`select from pg_roles where rolname = '${user}'`);
  if (there.length === 0) await sql(`create role ${user} login password '${password}'`);
  await sql(`grant insert on pinned to ${user}`);
}
