/** A test message takes the way of a real one: API, Temporal, a worker, a real mail server and a real webhook. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { expect, test } from 'vitest';
import { createActivities } from '../../activities/index.ts';
import { createTemporalGateway } from '../../api/temporal-gateway.ts';
import { createPorts } from '../../adapters/ports.ts';
import { workflowBundle } from '../../worker/bundle.ts';
import { startWorker } from '../../worker/run.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import { startNotifyWorld, type NotifyWorld } from '../support/notify-world.ts';
import { openForFile } from '../support/open-for-file.ts';

let api: TestApi;
let world: NotifyWorld;

openForFile(async (server, tidy) => {
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: { logging: { filter: { core: 'ERROR', other: 'ERROR' }, forward: {} } },
  });
  world = await startNotifyWorld();
  tidy.defer(() => world.stop());
  const data = mkdtempSync(join(tmpdir(), 'okiagari-worker-'));
  tidy.defer(() => rmSync(data, { recursive: true, force: true }));
  const gateway = createTemporalGateway({ address: server.address });
  tidy.defer(() => gateway.close());
  const connection = await NativeConnection.connect({ address: server.address });
  tidy.defer(() => connection.close());
  const ports = createPorts({
    inventory: () => world.inventory,
    data,
    secret: (ref) => ('env' in ref ? world.secrets[ref.env] : undefined),
  });
  api = await startTestApi({ gateway, records: ports.records });
  tidy.defer(() => api.close());
  // The API knows who asks; both know the same people otherwise.
  const hana = api.inventory.people[0]!;
  api.inventory = {
    ...world.inventory,
    people: world.inventory.people.map((one) => ({ ...one, token: hana.token })).slice(0, 1),
  };
  const activities = createActivities(ports);
  return startWorker({ connection, activities, site: 'main', workflowBundle: await workflowBundle() });
});

test('it is sent by a worker, once for one key even while the first request still waits', async () => {
  const tryChannels = () => api.send('hana', 'POST', '/v1/people/hana/test-message', { headers: { 'idempotency-key': 'k' } });
  const answers = await Promise.all([tryChannels(), tryChannels(), tryChannels()]);
  for (const answer of answers) {
    expect(answer.json()).toMatchObject({
      person: 'hana',
      channels: [
        { channel: 'mail', ok: true },
        { channel: 'webhook', ok: true },
      ],
    });
  }
  expect(world.server.mails.map(({ to }) => to)).toEqual(['hana@example.jp']);
  expect(world.receiver.posts).toHaveLength(1);
});
