/** A PostgreSQL cluster whose first server is a pod, and its standby on a machine of its own. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startCluster, type TestCluster } from '../postgres/cluster.ts';
import { declareCluster } from '../postgres/declare.ts';
import { postgresBin, runAsPostgres, type TestServer } from '../postgres/server.ts';
import type { DeclaredTarget, StoreStack } from '../store-stack.ts';
import { startSmall } from './cluster.ts';
import { startServerSet, type ServerSet } from './server-set.ts';

export interface PostgresPod {
  readonly servers: readonly [TestServer, TestServer];
  readonly set: ServerSet;
  /** What its machine did: `started`, `ended`, in this order. */
  readonly happened: readonly string[];
  readonly started: string;
  readonly ended: string;
  /** Into the inventory; `file` is where clients find the primary. */
  declare(stack: StoreStack): DeclaredTarget & { readonly file: string };
  /** As a pod that has the volume would: what it held goes, a copy of the new primary comes. */
  remake(): Promise<void>;
  caughtUp(): Promise<void>;
  stop(): Promise<void>;
}

export async function startPostgresPod(): Promise<PostgresPod> {
  await using tidy = new AsyncDisposableStack();
  const cluster = await startCluster();
  tidy.defer(() => cluster.stop());
  const [a, b] = cluster.servers as [TestServer, TestServer];
  const happened: string[] = [];
  const pods = await startSmall({
    start: (pod) => a.start().then(() => void happened.push(`start ${pod}`)),
    end: (pod) => a.stop().then(() => void happened.push(`end ${pod}`)),
  });
  tidy.defer(() => pods.stop());
  const set = await startServerSet(pods);
  const { statefulSet } = set.control;
  const tidied = tidy.move();
  return {
    ...{ servers: [a, b], set, happened, started: `start ${statefulSet}-0`, ended: `end ${statefulSet}-0` },
    declare(stack) {
      const token = join(stack.folder, statefulSet);
      writeFileSync(token, pods.token, { mode: 0o600 });
      const file = join(stack.folder, `${statefulSet}.env`);
      return { ...declareCluster(stack, cluster, { nodes: nodesOf(cluster, set, token), more: endpointOf(file) }), file };
    },
    async remake() {
      const { user, password } = cluster.roles.replication;
      const source = `host=127.0.0.1 port=${b.port} user=${user} application_name=a password=${cluster.secret(password)}`;
      rmSync(a.folder, { recursive: true });
      const args = ['-D', a.folder, '-d', source, '-X', 'stream', '-C', '-S', 'slot_a', '-R', '-c', 'fast'];
      await runAsPostgres(`${postgresBin()}/pg_basebackup`, args);
      a.set({ port: String(a.port), primary_conninfo: source });
    },
    caughtUp: () => cluster.caughtUp(),
    stop: () => tidied.disposeAsync(),
  };
}

const nodesOf = ({ nodes: [first, ...others] }: TestCluster, { control }: ServerSet, token: string): object[] => [
  { ...first!, control: { ...control, token: { file: token } } },
  ...others,
];

const endpointOf = (path: string): string =>
  `endpoints: ${JSON.stringify([{ id: 'app', kind: 'file', path, text: '{host}:{port}\n' }])}`;
