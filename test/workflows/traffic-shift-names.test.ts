/** traffic-shift on a weighted name of real PowerDNS servers: answers shifted step by step, back by itself where the new side errs, waited out, and exactly undone. */
import { expect, test } from 'vitest';
import { cancelUpdate } from '../../domain/messages.ts';
import type { RecoveryState } from '../../domain/recovery.ts';
import { eventually } from '../support/eventually.ts';
import { alone, drAddress, homeAddress, split, type PowerDnsServer } from '../support/powerdns/names.ts';
import { startNamesStack, type NamesStack } from '../support/powerdns/stack.ts';
import { outcomesOf } from '../support/recovery-driver.ts';
import { openForFile } from '../support/open-for-file.ts';

let stack: NamesStack;

openForFile(async (server) => (stack = await startNamesStack(server)));

const waiting = 'wait until nobody keeps the old answer';
const stepOf = ({ steps }: RecoveryState, name: string) => steps.find((step) => step.name === name);
const sentence = (state: RecoveryState, name: string) => stepOf(state, name)?.sentence.en;
const approve = (id: string) => stack.approve(id, 'shift');
const steps = ['hold target', 'assess', 'prove the side', 'shift', 'at 50 %', 'at 100 %', 'drain', waiting, 'verify'];

/** Of 200 answers, so many lead to dr: bounds that chance does not leave. */
async function leadsToDr(name: PowerDnsServer, least: number, most: number): Promise<void> {
  const { [drAddress]: dr = 0, [homeAddress]: home = 0 } = await name.count(200);
  expect(dr + home).toBe(200);
  expect(dr).toBeGreaterThanOrEqual(least);
  expect(dr).toBeLessThanOrEqual(most);
}

test('from home to dr in steps, the answers follow at every server, and home again', async () => {
  const bed = await stack.names({ secondary: true, fields: { dwell: '4s' } });
  const [first, second] = bed.servers as [PowerDnsServer, PowerDnsServer];
  const id = await bed.shift();
  const gate = await stack.gate(id, 'shift');
  expect(gate.plan?.summary.en).toBe(
    'home 100 % / dr 0 % becomes home 0 % / dr 100 %, by way of 10, 50, 100 %, each watched for 4 s. Nobody counts the requests of a name.',
  );
  expect(gate.plan?.changes).toEqual([
    { action: 'overwrite', path: 'dr at names', before: 'weight 0', after: 'weight 100' },
    { action: 'overwrite', path: 'prod at names', before: 'weight 100', after: 'weight 0, drain' },
  ]);
  await leadsToDr(second, 0, 0);
  await stack.decide(id, gate, 'ren', 'approve');
  await eventually(() => second.contents()).toEqual([`1 ${split(90, 10)}`]);
  await leadsToDr(second, 1, 60);
  await eventually(() => second.contents()).toEqual([`1 ${split(50, 50)}`]);
  await leadsToDr(first, 40, 160);
  const state = await stack.unattended(id);
  await stack.record(id, 'traffic-shift.names');
  expect(state.status).toBe('recovered');
  expect(outcomesOf(state)).toEqual(steps.map((name) => [name, 'done']));
  expect(sentence(state, 'at 50 %')).toBe('dr has 50 %.');
  expect(sentence(state, waiting)).toBe('Somebody may keep the old answer for 1 s.');
  for (const name of [first, second]) expect(await name.contents()).toEqual([`1 ${alone(drAddress)}`]);
  for (const name of [first, second]) await leadsToDr(name, 200, 200);

  const back = await bed.shift({ input: { side: 'home', steps: [100] } });
  await approve(back);
  expect((await stack.unattended(back)).status).toBe('recovered');
  for (const name of [first, second]) await leadsToDr(name, 0, 0);
});

test('the new side errs at half: back by itself to the same bytes, told how long users may still be led there, and tried again', async () => {
  const bed = await stack.names({ ttl: 3, fields: { dwell: '2s' } });
  const before = await bed.content();
  const id = await bed.shift();
  await approve(id);
  await eventually(() => bed.content()).toContain('{50,');
  bed.dr.probe = 'fails';
  const failed = await stack.gate(id, 'failed:at');
  expect(failed.error?.sentence.en).toBe(
    'The probe of dr failed twice: status 500. The split is home 100 % / dr 0 % again. Whoever asked before is led there for up to 3 s.',
  );
  expect(await bed.content()).toBe(before);
  await leadsToDr(bed.servers[0], 0, 0);
  bed.dr.probe = 'well';
  await stack.decide(id, failed, 'hana', 'retry');
  await eventually(() => bed.content()).toContain('{10,');
  const state = await stack.unattended(id);
  await stack.record(id, 'traffic-shift.names-reverted');
  expect([state.status, await bed.content()]).toEqual(['recovered', `3 ${alone(drAddress)}`]);
});

test('somebody edits the record between plan and apply: planned again; rejected, his edit stays', async () => {
  const bed = await stack.names();
  const id = await bed.shift();
  const gate = await stack.gate(id, 'shift');
  await bed.servers[0].edit([split(77, 3)]);
  await stack.decide(id, gate, 'ren', 'approve');
  const { waitingFor } = await stack.until(id, (state) =>
    state.waitingFor.some(({ plan }) => plan?.changes.some(({ before }) => before === 'weight 77')),
  );
  await stack.decide(id, waitingFor[0]!, 'ren', 'reject');
  expect([(await stack.result(id)).status, await bed.content()]).toEqual(['rolled-back', `1 ${split(77, 3)}`]);
});

test('the old answer is waited out up to `drain`; a cancel is heard meanwhile, and all is as before', async () => {
  const bed = await stack.names({ ttl: 300, fields: { drain: '60s', steps: [100] } });
  const before = await bed.content();
  const id = await bed.shift();
  await approve(id);
  const state = await stack.until(id, (one) => stepOf(one, waiting) !== undefined);
  expect(sentence(state, waiting)).toBe('Somebody may keep the old answer for 300 s; 60 s of it are waited for.');
  expect(await bed.content()).toBe(`300 ${alone(drAddress)}`);
  const began = performance.now();
  await stack.client.workflow.getHandle(id).executeUpdate(cancelUpdate, { args: [{ by: 'hana', reason: 'not today' }] });
  const ended = await stack.result(id);
  await stack.record(id, 'traffic-shift.names-cancelled');
  expect(performance.now() - began).toBeLessThan(10_000);
  expect([ended.status, await bed.content()]).toEqual(['rolled-back', before]);
});

test('a secondary that is gone keeps the shift from beginning; gone in the middle the way back is taken at the primary, and told', async () => {
  const bed = await stack.names({ secondary: true, fields: { dwell: '60s', steps: [50, 100] } });
  const [first, second] = bed.servers as [PowerDnsServer, PowerDnsServer];
  const before = await bed.content();
  await second.kill();
  const id = await bed.shift();
  const refused = await stack.gate(id, 'failed:assess');
  expect(refused.error?.sentence.en).toBe('0 of 1 proxies: names: ns2: no answer (ECONNREFUSED)');
  await second.start();
  await stack.decide(id, refused, 'hana', 'retry');
  await approve(id);
  await eventually(() => second.contents()).toEqual([`1 ${split(50, 50)}`]);
  await second.kill();
  const failed = await stack.gate(id, 'failed:shift');
  expect(failed.error?.sentence.en).toMatch(/^0 of 1 proxies: names.* ns2: /);
  await stack.decide(id, failed, 'hana', 'roll-back');
  const undoing = await stack.gate(id, 'failed:undo:shift');
  expect(undoing.error?.sentence.en).toMatch(/^0 of 1 proxies: names.* ns2: /);
  expect(await first.contents()).toEqual([before]);
  await second.start();
  await stack.decide(id, undoing, 'hana', 'retry');
  expect((await stack.result(id)).status).toBe('rolled-back');
  expect(await second.contents()).toEqual([before]);
});
