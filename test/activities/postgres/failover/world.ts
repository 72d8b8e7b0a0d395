/** The effects of a failover on a real cluster, outside of any workflow. */
import { createPostgresActivities } from '../../../../activities/postgres/create-postgres-activities.ts';
import { createPostgresFailoverActivities } from '../../../../activities/postgres/failover/create-postgres-failover-activities.ts';
import { createPorts } from '../../../../adapters/ports.ts';
import { inventorySchema, type Inventory } from '../../../../contracts/inventory.ts';
import type { FailoverWish } from '../../../../domain/postgres/cluster-view.ts';
import type { TestCluster } from '../../../support/postgres/cluster.ts';

export function failoverOf(cluster: TestCluster, more: object = {}) {
  const { nodes, roles, tls } = cluster;
  const inventory = inventorySchema().parse({
    version: 1,
    people: [{ id: 'hana', name: 'Hana', roles: ['operator'], token: { env: 'TOKEN' } }],
    targets: [{ id: 'db', kind: 'postgres', nodes, roles, tls, ...more }],
  }) as Inventory;
  const ports = createPorts({ inventory: () => inventory, data: `${cluster.folder}/data`, secret: cluster.secret });
  const act = { ...createPostgresActivities(ports), ...createPostgresFailoverActivities(ports) };
  const on = { target: 'db', recovery: 'db~test' };
  return {
    act,
    ports,
    plan: (wish: FailoverWish = { mode: 'failover' }) => act.planPostgresFence({ ...on, wish }),
    fence: (plan: { ref: string }) => act.applyPostgresFence({ ...on, plan: plan.ref }),
    unfence: (plan: { ref: string }) => act.undoPostgresFence({ ...on, plan: plan.ref }),
    prove: (plan: { ref: string }) => act.provePostgresFence({ target: 'db', plan: plan.ref }),
    choose: (plan: { ref: string }) => act.choosePostgresSuccessor({ target: 'db', plan: plan.ref, isFenced: true }),
    promote: (plan: { ref: string }, successor: Awaited<ReturnType<typeof act.choosePostgresSuccessor>>) =>
      act.promotePostgres({ ...on, plan: plan.ref, successor }),
    rejoin: (node: string, primary: string, timeline: number) => act.rejoinPostgres({ ...on, node, primary, timeline }),
    verify: (primary: string, timeline: number, without: string[] = []) =>
      act.verifyPostgresFailover({ target: 'db', primary, timeline, without }),
  };
}
