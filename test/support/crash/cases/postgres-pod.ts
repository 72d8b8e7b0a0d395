/** Failovers away from a pod as crash cases: what happened is read from the servers, and from what the machine of the pod did. */
import { isReady, waits } from '../../kubernetes/server-set.ts';
import { startPostgresPod, type PostgresPod } from '../../kubernetes/postgres-pod.ts';
import type { StoreStack } from '../../store-stack.ts';
import type { CrashCase, Wreck } from '../case.ts';
import { clustersCase, otherAnswers } from './clusters.ts';

/** What no other sweep does: the rest of the story is that of servers on machines. */
const only = ['applyPostgresFence', 'undoPostgresFence', 'provePostgresFence', 'rejoinPostgres'];

export const podCase = ({ cancelAt }: { readonly cancelAt?: string } = {}): CrashCase<StoreStack> =>
  clustersCase({ scenario: 'postgres-failover', only, cancelAt }, startPostgresPod, (stack, pod) =>
    wreck(stack, pod, cancelAt === undefined),
  );

/** Its container dies; its machine would start it again. */
async function wreck(stack: StoreStack, pod: PostgresPod, takesOver: boolean): Promise<Wreck> {
  const [a, b] = pod.servers;
  const { happened, started, ended } = pod;
  await a.sql('create table t as select generate_series(1, 100) as n');
  await pod.caughtUp();
  const { id } = pod.declare(stack);
  await a.kill();

  return {
    target: id,
    input: { bringBack: 'may' },
    async faults() {
      const is = 'select pg_is_in_recovery() as standby, (select count(*)::int from t) as rows';
      const timeline = `select substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) as timeline`;
      const wanted = takesOver
        ? ([
            [b, is, { standby: false, rows: 100 }],
            [b, timeline, { timeline: '00000002' }],
          ] as const)
        : ([
            [a, is, { standby: false, rows: 100 }],
            [a, timeline, { timeline: '00000001' }],
            [b, is, { standby: true, rows: 100 }],
          ] as const);
      const does = takesOver ? [started, ended] : [started, ended, started];
      return [
        ...(await otherAnswers(wanted)),
        ...(happened.join() === does.join() ? [] : [`Its machine did ${happened.join()}, not ${does.join()}`]),
        ...((takesOver ? waits : isReady)(await pod.set.pod()) ? [] : [`The pod does not ${takesOver ? 'wait' : 'run'}`]),
      ];
    },
  };
}
