/** What a move by Patroni lost, where Patroni does not note in time where the new timeline began: its history may lag by a loop. */
import { expect, onTestFinished, test } from 'vitest';
import { createPostgresPatroniActivities } from '../../../activities/postgres/patroni/create-postgres-patroni-activities.ts';
import type { NewLeader } from '../../../activities/postgres/patroni/interface.ts';
import type { Ports } from '../../../activities/ports/index.ts';
import { createPorts } from '../../../adapters/ports.ts';
import { inventorySchema, type Inventory } from '../../../contracts/inventory.ts';
import { startPatroni } from '../../support/patroni/cluster.ts';

const slow = { timeout: 120_000 };

async function moved(isSynchronous: boolean): Promise<NewLeader> {
  const cluster = await startPatroni({ isSynchronous });
  onTestFinished(() => cluster.stop());
  const { nodes, roles, folder: data, secret } = cluster;
  const inventory = inventorySchema().parse({
    version: 1,
    people: [{ id: 'hana', name: 'Hana', roles: ['operator'], token: { env: 'TOKEN' } }],
    targets: [{ id: 'db', kind: 'postgres', nodes, roles }],
  }) as Inventory;
  const on = createPostgresPatroniActivities(withoutHistory(createPorts({ inventory: () => inventory, data, secret })));
  const wish = { mode: 'switchover' } as const;
  const request = await on.assessPatroni({ target: 'db', wish });
  if (request.is !== 'move') throw new Error(request.sentence.en);
  return on.askPatroniToLead({ target: 'db', wish, request });
}

function withoutHistory(ports: Ports): Ports {
  const look: Ports['patroni']['look'] = async (node, signal) => {
    const report = await ports.patroni.look(node, signal);
    return 'cluster' in report && report.cluster ? { ...report, cluster: { ...report.cluster, lastSwitch: undefined } } : report;
  };
  return { ...ports, patroni: { ...ports.patroni, look } };
}

test('to a standby that commits wait for is nothing', slow, async () => {
  expect(await moved(true)).toMatchObject({ node: 'b', already: false, lostMs: 0 });
});

test('to any other is not known', slow, async () => {
  const leader = await moved(false);
  expect(leader).toMatchObject({ node: 'b', already: false });
  expect(leader).not.toHaveProperty('lostMs');
});
