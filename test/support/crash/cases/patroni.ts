/** A planned move and a failover by Patroni as crash cases: a real cluster for each run. What happened is read from its servers. */
import { startPatroni, type PatroniCluster } from '../../patroni/cluster.ts';
import { declareCluster } from '../../postgres/declare.ts';
import type { TestServer } from '../../postgres/server.ts';
import type { StoreStack } from '../../store-stack.ts';
import type { CrashCase, Wreck } from '../case.ts';
import { clustersCase, otherAnswers } from './clusters.ts';

/** What no other sweep does: the rest of the story is that of a cluster without Patroni. */
const only = ['assessPatroni', 'askPatroniToLead', 'provePatroniFence'];

export const patroniCase = (input: { readonly mode?: 'switchover'; readonly promote?: string }): CrashCase<StoreStack> =>
  clustersCase({ scenario: 'postgres-failover', only }, startPatroni, (stack, cluster) => wreck(stack, cluster, input));

async function wreck(stack: StoreStack, cluster: PatroniCluster, input: object): Promise<Wreck> {
  const [a, b] = cluster.members.map(({ server }) => server) as [TestServer, TestServer];
  await a.sql('create table t as select generate_series(1, 100) as n');
  const { id } = declareCluster(stack, cluster);

  return {
    target: id,
    input,
    async faults() {
      const is = 'select pg_is_in_recovery() as standby, (select count(*)::int from t) as rows';
      const wanted = [
        [b, is, { standby: false, rows: 100 }],
        [a, is, { standby: true, rows: 100 }],
        // One change of leaders begins one timeline, however often it was asked for.
        [b, `select substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) as timeline`, { timeline: '00000002' }],
        [b, `select count(*)::int as streams from pg_stat_replication where state = 'streaming'`, { streams: 1 }],
      ] as const;
      return otherAnswers(wanted);
    },
  };
}
