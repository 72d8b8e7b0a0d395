/** PostgreSQL failovers as crash cases: a real cluster for each run, its primary killed. What happened is read from its servers. */
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { startCluster, type TestCluster } from '../../postgres/cluster.ts';
import { declareCluster } from '../../postgres/declare.ts';
import type { StoreStack } from '../../store-stack.ts';
import type { CrashCase, Wreck } from '../case.ts';
import { clustersCase, otherAnswers } from './clusters.ts';

interface FailoverCase {
  readonly input: unknown;
  /** The primary that the recovery finds; of one that is wrecked the log is gone too. */
  readonly primary: 'killed' | 'wrecked' | 'alive';
  /** Cancelled there, the cluster must be as it was. */
  readonly cancelAt?: string;
}

export const failoverCase = ({ cancelAt, ...what }: FailoverCase): CrashCase<StoreStack> =>
  clustersCase({ scenario: 'postgres-failover', cancelAt }, startCluster, (stack, cluster) =>
    wreck(stack, cluster, what, cancelAt === undefined),
  );

async function wreck(
  stack: StoreStack,
  cluster: TestCluster,
  { input, primary }: Omit<FailoverCase, 'cancelAt'>,
  takesOver: boolean,
): Promise<Wreck> {
  const [a, b] = cluster.servers as [TestCluster['servers'][number], TestCluster['servers'][number]];
  await a.sql('create table t (n int)');
  await a.sql('insert into t select generate_series(1, 100)');
  await cluster.caughtUp();
  const { id } = declareCluster(stack, cluster);
  if (primary !== 'alive') await a.kill();
  if (primary === 'wrecked') emptyLog(a.folder);
  const [writes, follows] = takesOver ? [b, a] : [a, b];

  return {
    target: id,
    input,
    async faults() {
      const is = 'select pg_is_in_recovery() as standby, (select count(*)::int from t) as rows';
      const wanted = [
        [writes, is, { standby: false, rows: 100 }],
        [follows, is, { standby: true, rows: 100 }],
        // One promotion begins one timeline, whoever was killed meanwhile.
        [
          writes,
          `select substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) as timeline`,
          { timeline: takesOver ? '00000002' : '00000001' },
        ],
        [writes, `select count(*)::int as streams from pg_stat_replication where state = 'streaming'`, { streams: 1 }],
        [writes, 'select count(*)::int as unused from pg_replication_slots where not active', { unused: 0 }],
      ] as const;
      return [...(await otherAnswers(wanted)), ...leftIn(a.folder)];
    },
  };
}

const emptyLog = (folder: string): void => {
  const files = readdirSync(`${folder}/pg_wal`).filter((name) => /^[0-9A-F]{24}$/.test(name));
  for (const name of files) rmSync(`${folder}/pg_wal/${name}`);
};

/** Nothing of ours may lie about, and nobody stays fenced. */
function leftIn(folder: string): string[] {
  const signal = `${folder}/standby.signal`;
  return [
    ...[`${folder}.okiagari`, `${folder}.okiagari-new`]
      .filter((path) => existsSync(path))
      .map((path) => `${path} was left behind`),
    ...(existsSync(signal) && readFileSync(signal, 'utf8') !== '' ? ['a is still fenced'] : []),
  ];
}
