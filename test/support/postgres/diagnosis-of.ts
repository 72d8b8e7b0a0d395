/** What a look at a test's cluster finds, as its control role sees it. */
import { createPostgresActivities } from '../../../activities/postgres/create-postgres-activities.ts';
import { createPorts } from '../../../adapters/ports.ts';
import { inventorySchema, type Inventory } from '../../../contracts/inventory.ts';
import type { Diagnosis } from '../../../domain/diagnosis.ts';
import type { TestCluster } from './cluster.ts';

export async function diagnose({ nodes, roles, secret, folder }: TestCluster, more: object = {}): Promise<Diagnosis> {
  const inventory = inventorySchema().parse({
    version: 1,
    people: [{ id: 'hana', name: 'Hana', roles: ['operator'], token: { env: 'TOKEN' } }],
    targets: [{ id: 'db', kind: 'postgres', nodes, roles, ...more }],
  }) as Inventory;
  const ports = createPorts({ inventory: () => inventory, data: folder, secret });
  return createPostgresActivities(ports).diagnosePostgres({ target: 'db' });
}

export const symptomsOf = async (cluster: TestCluster): Promise<string[]> =>
  (await diagnose(cluster)).symptoms.map(({ id }) => id);
