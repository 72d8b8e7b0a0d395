/** The last phase of a whole recovery on real name servers and a real proxy: users are led to the new system, or back with everything. */
import { existsSync, rmSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { leaseWorkflowId } from '../../domain/identity.ts';
import { startNameServers } from '../support/dns/servers.ts';
import { declareZone } from '../support/dns/stack.ts';
import { startProxies } from '../support/haproxy/proxy.ts';
import { outcomesOf } from '../support/recovery-driver.ts';
import { startStoreStack, type StoreStack } from '../support/store-stack.ts';
import { openForFile } from '../support/open-for-file.ts';

let stack: StoreStack;
let beds = 0;

openForFile(async (server) => (stack = await startStoreStack(server)));

const slow = { timeout: 120_000 };

/** A store that is gone, with a verified backup; users come by a name and through a proxy. */
async function lost() {
  const n = ++beds;
  const names = await startNameServers();
  onTestFinished(() => names.stop());
  const zone = declareZone(stack, names, `names-${n}`);
  const proxies = await startProxies();
  onTestFinished(() => proxies.stop());
  const fields = { kind: 'traffic', dwell: '400ms', ...proxies.declared };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
  const edge = stack.declare(`edge-${n}`, lines.join('\n'));
  const switchOver = {
    names: { zone: zone.id, side: 'dr', switches: ['api'] },
    traffic: { proxies: edge.id, side: 'dr' },
  };
  const store = await stack.store({
    settings: `agent: none\nlimits: { diskPercent: 100, memoryPercent: 100, toolMs: 60000 }\nswitchOver: ${JSON.stringify(switchOver)}`,
  });
  await store.verifiedBackup();
  rmSync(store.root, { recursive: true });
  const whereUsersGo = async () => ({
    names: names.servers.flatMap((one) => one.dig('api.shodo.test', 'CNAME')),
    split: await proxies.proxies[0]!.split(),
  });
  return { store, zone, edge, proxies, whereUsersGo };
}

const before = { names: Array(2).fill('prod-api.shodo.test.'), split: 'prod 100 ready, dr 0 ready' };

test('names and traffic are led to the new system, and nobody has to tick anything', slow, async () => {
  const { store, zone, edge, whereUsersGo } = await lost();
  const id = await store.recover({ scenario: 'full-system-recovery' });
  await stack.approve(id, 'switch-over/lead names/dns');
  await stack.approve(id, 'switch-over/shift traffic/shift');
  const state = await stack.result(id);
  await stack.record(id, 'full-system-recovery.switched-over');
  expect(state.status).toBe('recovered');
  const phase = outcomesOf(state)
    .map(([name]) => name)
    .filter((name) => name.startsWith('switch-over/'));
  expect(phase).not.toContain('switch-over/switch over');
  expect(await whereUsersGo()).toEqual({
    names: Array(2).fill('dr-api.shodo.test.'),
    split: expect.stringMatching(/^prod \d+ drain, dr 100 ready$/),
  });
  // Held from the start, so that nobody else moves them meanwhile.
  for (const target of [zone.id, edge.id]) {
    const lease = await stack.client.workflow.getHandle(leaseWorkflowId(target)).describe();
    expect(lease.parentExecution?.workflowId).toBe(id);
  }
});

test('where the new side does not bear its users, names go back, and so does all the rest', slow, async () => {
  const { store, proxies, whereUsersGo } = await lost();
  proxies.dr.probe = 'fails';
  const id = await store.recover({ scenario: 'full-system-recovery' });
  await stack.approve(id, 'switch-over/lead names/dns');
  const refused = await stack.gate(id, 'switch-over/shift traffic/failed:prove the side');
  expect(await whereUsersGo()).toMatchObject({ names: Array(2).fill('dr-api.shodo.test.'), split: before.split });
  await stack.decide(id, refused, 'sora', 'roll-back');
  expect((await stack.result(id)).status).toBe('rolled-back');
  await stack.record(id, 'full-system-recovery.not-switched-over');
  expect(await whereUsersGo()).toEqual(before);
  expect(existsSync(store.root)).toBe(false);
});
