/** A site burns down with its worker, its databases, its name server, its users' way in, and the channel that would tell people: the other site's worker carries everything out. */
import { expect, onTestFinished, test } from 'vitest';
import { siteQueue } from '../../domain/identity.ts';
import { startWholeRegion } from '../support/region/bed.ts';
import { startStoreStack, workerHere, type StoreStack } from '../support/store-stack.ts';
import { openForFile } from '../support/open-for-file.ts';
import { freePort } from '../support/temporal-server.ts';

let stack: StoreStack;

openForFile(async (server) => {
  const nobody = `http://127.0.0.1:${await freePort()}/hook`;
  // Nobody serves the site that everything is declared to live in.
  return (stack = await startStoreStack(server, workerHere(server.address, undefined, undefined, 'osaka'), { webhook: nobody }));
});

const unserved = 'tokyo';

test('the move ends well, and nothing of it was ever asked of the lost site', { timeout: 180_000 }, async () => {
  const bed = await startWholeRegion(stack, { site: unserved, dr: { site: 'osaka' }, fields: { site: unserved } });
  onTestFinished(() => bed.stop());
  await Promise.all([bed.loseHome(), bed.names.servers[0].stop()]);
  const id = await bed.recover({ scenario: 'region-failover' });
  await stack.approve(id, 'move');
  await stack.decide(id, await stack.gate(id, 'move cache-of-'), 'ren', 'approve');
  // Nobody was told of the name server when the whole was approved.
  await stack.decide(id, await stack.gate(id, 'move names-of-1/takeover'), 'ren', 'approve');
  expect((await stack.result(id)).status).toBe('recovered');
  expect(await bed.whoWrites()).toEqual({ cluster: ['b'], cache: ['b'] });
  expect(bed.names.servers[1].dig('api.shodo.test', 'CNAME')).toEqual(['dr-api.shodo.test.']);

  const queues = new Set<string>();
  const members = (await stack.state(id)).steps.flatMap(({ path }) => (path === '' ? [] : [`${id}/${path}`]));
  for (const workflowId of new Set([id, ...members])) {
    const { events } = await stack.client.workflow.getHandle(workflowId).fetchHistory();
    for (const { activityTaskScheduledEventAttributes: scheduled } of events ?? []) {
      if (scheduled) queues.add(scheduled.taskQueue!.name!);
    }
  }
  expect([...queues].toSorted()).toEqual(['okiagari', siteQueue('osaka')]);
});
