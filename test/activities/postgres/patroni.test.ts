/** A real cluster that Patroni runs is looked at: what Patroni and the servers say, each drift by its name, and nothing on a clean one. */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createPostgresActivities } from '../../../activities/postgres/create-postgres-activities.ts';
import { createPostgresPitrActivities } from '../../../activities/postgres/pitr/create-postgres-pitr-activities.ts';
import { createPorts } from '../../../adapters/ports.ts';
import { inventorySchema, type Inventory } from '../../../contracts/inventory.ts';
import { startPatroni, type PatroniCluster } from '../../support/patroni/cluster.ts';

let cluster: PatroniCluster;
beforeAll(async () => {
  cluster = await startPatroni();
}, 120_000);
afterAll(() => cluster.stop());

const slow = { timeout: 120_000 };
function portsHere() {
  const backup = {
    tool: { kind: 'base-backup', wal: join(cluster.folder, 'archive') },
    scratch: join(cluster.folder, 'scratch'),
    repositories: ['vault'],
  };
  const { nodes, roles, folder: data, secret } = cluster;
  const inventory = inventorySchema().parse({
    version: 1,
    people: [{ id: 'hana', name: 'Hana', roles: ['operator'], token: { env: 'TOKEN' } }],
    repositories: [{ id: 'vault', kind: 'directory', path: join(data, 'vault') }],
    targets: [{ id: 'db', kind: 'postgres', nodes, roles, backup }],
  }) as Inventory;
  return createPorts({ inventory: () => inventory, data, secret });
}
const found = async (): Promise<string[]> => {
  const { symptoms } = await createPostgresActivities(portsHere()).diagnosePostgres({ target: 'db' });
  return symptoms.map(({ id }) => id);
};
const settled = (wanted: unknown): Promise<void> => expect.poll(found, { timeout: 30_000, interval: 200 }).toEqual(wanted);

test('one that is well has nothing to tell, though our role may not promote', slow, async () => {
  await settled([]);
  expect(await createPostgresActivities(portsHere()).checkPostgresServers({ target: 'db' })).toMatchObject([
    { id: 'one-primary', outcome: 'ok' },
    { id: 'no-drift', outcome: 'ok' },
  ]);
});

test('a pause is found, and gone when it is over', slow, async () => {
  await cluster.configure({ pause: true });
  await settled(['patroni-paused']);
  await cluster.configure({ pause: false });
  await settled([]);
});

test('a going back to a moment is refused before anything is restored', slow, async () => {
  const asked = createPostgresPitrActivities(portsHere()).findPostgresMoment({
    ...{ target: 'db', recovery: 'db~1', wish: { at: '2026-11-28T00:00:00Z' } },
  });
  await expect(asked).rejects.toMatchObject({ type: 'patroni-runs-it' });
});

test('a Patroni that does not answer is found, and what that means for its server', slow, async () => {
  await cluster.members[1]!.killPatroni();
  await settled(expect.arrayContaining(['patroni-silent']));
});

test('a store that is away is found at each Patroni that answers', slow, async () => {
  await cluster.etcd.stop();
  await settled(expect.arrayContaining(['patroni-silent', 'patroni-store']));
});
