/** A PostgreSQL cluster under the whole product, with a writer pinned to each node, and the same servers for what somebody would do by hand. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startCluster, until, type TestCluster } from '../../test/support/postgres/cluster.ts';
import { freezeServer, killServer, thawServer } from '../../test/support/postgres/freeze.ts';
import { startPinnedWriters, type PinnedWriters } from '../../test/support/postgres/pinned-writers.ts';
import type { TestServer } from '../../test/support/postgres/server.ts';
import { approverOf, type AskedRecovery } from './approve.ts';
import { startProduct } from './product.ts';

interface Pair {
  /** Takes writes now. */
  readonly primary: TestServer;
  readonly standby: TestServer;
}

interface Status extends AskedRecovery {
  readonly steps: readonly { readonly name: string; readonly startedAt: string; readonly endedAt?: string }[];
}

interface FrozenServer {
  /** It could still be woken. */
  isThere(): boolean;
  thaw(): void;
}

export interface FailoverBench {
  readonly writers: PinnedWriters;
  /** Both nodes are well, and the primary is written to. */
  ready(): Promise<Pair>;
  kill(server: TestServer): void;
  /** Where it stands, as a machine does that hangs. */
  freeze(server: TestServer): FrozenServer;
  start(input?: object): Promise<string>;
  /** Waits for the gate; answers what approves it. */
  readyToApprove(id: string): Promise<() => Promise<void>>;
  /** When the node acknowledged its first commit after that moment. */
  firstCommit(server: TestServer, at: number): Promise<number>;
  ended(id: string): Promise<Status>;
}

const lookEveryMs = 5;

export async function startFailoverBench(
  tidy: AsyncDisposableStack,
  fill?: (primary: TestServer) => Promise<void>,
): Promise<FailoverBench> {
  const cluster = await startCluster();
  tidy.defer(() => cluster.stop());
  await fill?.(cluster.servers[0]!);
  await cluster.caughtUp();
  const product = await startProduct(tidy, { targets: [declared(cluster)] });
  const writers = await startPinnedWriters(cluster, { paceMs: 2 });
  tidy.defer(() => writers.stop());
  const ended = (id: string): Promise<Status> =>
    product.until<Status>(`/v1/recoveries/${id}`, ({ status }) => !['running', 'waiting'].includes(status));
  const firstCommit = async ({ id }: TestServer, at: number): Promise<number> => {
    for (;;) {
      const commit = writers.firstCommitAfter(id, at);
      if (commit) return commit.acknowledged;
      if (writers.now() - at > 60_000) throw new Error(`${id} takes no writes`);
      await delay(lookEveryMs);
    }
  };
  return {
    writers,
    ended,
    firstCommit,
    async ready() {
      const pair = await pairOf(cluster);
      await until(pair.primary, `select exists (select from pg_stat_replication where state = 'streaming')`);
      await firstCommit(pair.primary, writers.now());
      return pair;
    },
    kill: killServer,
    freeze(server) {
      const { pid } = freezeServer(server);
      return { isThere: () => existsSync(`/proc/${pid}`), thaw: () => thawServer(server) };
    },
    async start(input = {}) {
      const body = { scenario: 'postgres-failover', target: 'db', reason: 'bench', input, acknowledgeCoolDown: true };
      return (await product.call<{ id: string }>('POST', '/v1/recoveries', body)).id;
    },
    readyToApprove: (id) => approverOf(product, id),
  };
}

/** As the inventory declares it; the passwords lie in files. */
function declared({ folder, nodes, roles, secret }: TestCluster): object {
  const login = ({ user, password }: TestCluster['roles']['control']) => {
    const file = join(folder, `password-of-${user}`);
    writeFileSync(file, secret(password)!, { mode: 0o600 });
    return { user, password: { file } };
  };
  return { id: 'db', kind: 'postgres', nodes, roles: { control: login(roles.control), replication: login(roles.replication) } };
}

async function pairOf({ servers }: TestCluster): Promise<Pair> {
  const answers = await Promise.all(
    servers.map((server) => server.sql<{ standby: boolean }>('select pg_is_in_recovery() as standby')),
  );
  const at = answers.findIndex(([row]) => row?.standby === false);
  return { primary: servers[at]!, standby: servers[1 - at]! };
}
