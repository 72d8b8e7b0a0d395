/** Temporal is killed while a reminder is due: after its return people hear of it once, and of every later one once. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cancelUpdate } from '../../domain/messages.ts';
import { startTemporalServer, type TemporalServer } from '../support/temporal-server.ts';
import { startToyStack, type ToyStack } from '../support/toy/stack.ts';

let server: TemporalServer;
let toys: ToyStack;
beforeAll(async () => {
  server = await startTemporalServer();
  toys = await startToyStack(server, '  - { id: slow, kind: toy, approvals: { set: { always: true, within: 15s } } }\n');
});
afterAll(async () => {
  await toys?.stop();
  await server?.stop();
});

const reminders = () => toys.world.told.filter(({ occasion }) => occasion === 'reminder').map(({ event }) => event);

test('a reminder that was due meanwhile comes once, under one id', async () => {
  const id = await toys.start({ scenario: 'toy-set', target: 'slow', input: { value: 1 } });
  const gate = await toys.gate(id, 'set');
  const due = Date.parse(gate.deadline!) - 10_000;
  await server.kill();
  await expect.poll(() => Date.now() > due + 500, { timeout: 10_000 }).toBe(true);
  expect(reminders()).toEqual([]);
  await server.restart();
  await expect.poll(reminders, { timeout: 20_000 }).toHaveLength(1);
  await expect.poll(() => new Set(reminders()).size, { timeout: 20_000 }).toBe(2);
  expect(reminders()).toHaveLength(2);
  await toys.client.workflow.getHandle(id).executeUpdate(cancelUpdate, { args: [{ by: 'ren', reason: 'enough' }] });
  expect((await toys.result(id)).status).toBe('stopped');
});
