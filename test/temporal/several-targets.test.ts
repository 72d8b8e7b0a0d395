/** Recoveries of several targets on a real Temporal server: leases in one order, inherited, lost, cooling down; answers to inner gates that nobody can forge. */
import { afterEach, describe, expect, test } from 'vitest';
import { childWorkflowId, leaseWorkflowId } from '../../domain/identity.ts';
import { cancelUpdate, gateOutcomeSignal, holderQuery } from '../../domain/messages.ts';
import { plain } from '../../domain/text.ts';
import { recordHistory } from '../support/record-history.ts';
import { outcomesOf } from '../support/recovery-driver.ts';
import { openForFile } from '../support/open-for-file.ts';
import { startToyStack, type ToyStack } from '../support/toy/stack.ts';

let toys: ToyStack;

openForFile(async (server) => {
  const names = ['ca', 'cb', 'cc', ...'abcdefghijklmnopqrstuvwx'.split('')];
  return (toys = await startToyStack(server, names.map((id) => `  - { id: ${id}, kind: toy }\n`).join('')));
});
afterEach(() => {
  toys.world.failures.clear();
  toys.world.hooks.clear();
});

const handle = (id: string) => toys.client.workflow.getHandle(id);
const holder = (target: string) => handle(leaseWorkflowId(target)).query(holderQuery);
const leaseStatus = async (target: string) =>
  handle(leaseWorkflowId(target))
    .describe()
    .then(
      ({ status }) => status.name,
      () => 'NONE',
    );
const service = (target: string, first: string, second: string) =>
  toys.start({ scenario: 'toy-service', target, input: { first, second, value: 3 } });
const cancel = (id: string) => handle(id).executeUpdate(cancelUpdate, { args: [{ by: 'ren', reason: 'enough' }] });

describe('a recovery of several targets', () => {
  test('holds all of them from its start, lends them to the inner ones, and gives all back', async () => {
    toys.world.write('b', 1);
    const id = await service('c', 'b', 'a');
    await toys.gate(id, 'first/set');
    const { id: recovery } = await toys.state(id);
    for (const target of ['a', 'b', 'c']) expect((await holder(target)).id).toBe(recovery);
    await toys.decide(id, await toys.gate(id, 'first/set'), 'ren', 'approve');
    const state = await toys.result(id);
    expect(state.status).toBe('recovered');
    expect(outcomesOf(state).map(([name]) => name)).not.toContain('first/hold target');
    expect(state.steps[0]).toMatchObject({ name: 'hold target', sentence: { en: 'a, b, c are held by this recovery alone.' } });
    for (const target of ['a', 'b', 'c']) await expect.poll(() => leaseStatus(target)).toBe('COMPLETED');
    await recordHistory(handle(id), 'toys/several-targets');
    await recordHistory(handle(`${id}/first`), 'toys/several-targets.first');
  });

  test('two that want the same targets never wait for each other: one gets them all, the other is told whose they are and keeps none', async () => {
    toys.world.write('e', 1);
    toys.world.write('f', 1);
    const [one, two] = await Promise.all([service('d', 'e', 'f'), service('g', 'f', 'e')]);
    const winner = async () => (await holder('e')).workflowId;
    await expect.poll(winner).toMatch(/^recovery\/[dg]$/);
    const [first, second] = (await winner()) === one ? [one, two] : [two, one];
    const failed = await toys.gate(second, 'failed:hold target');
    expect(failed.error).toMatchObject({ code: 'held', sentence: { en: expect.stringContaining((await toys.state(first)).id) } });
    expect((await holder('f')).workflowId).toBe(first);
    // What it had got it gave back: nobody waits for a recovery that waits itself.
    await expect.poll(() => leaseStatus(second.replace('recovery/', ''))).not.toBe('RUNNING');
    await cancel(first);
    await toys.result(first);
    await toys.decide(second, failed, 'sora', 'retry');
    await toys.gate(second, 'first/set');
    await cancel(second);
    expect((await toys.result(second)).status).toBe('stopped');
  });

  test('undoes what an earlier recovery left open on a member before it goes on there', async () => {
    toys.world.failures.set('checkValue h', 'verification-failed');
    const left = await toys.start({ scenario: 'toy-set', target: 'h', input: { value: 9 } });
    await toys.gate(left, 'failed:verify');
    await handle(left).terminate('the host burns');
    toys.world.failures.clear();
    const state = await toys.result(await service('i', 'h', 'j'));
    expect(state.status).toBe('recovered');
    expect(outcomesOf(state)).toContainEqual(['first/settle open change', 'done']);
    expect(toys.world.effects.filter((effect) => effect.includes(' h '))).toEqual(['set h 9', 'unset h 0', 'set h 3']);
  });

  test('stops an inner one before it applies anything when the lease that it was lent is lost', async () => {
    toys.world.write('k', 1);
    const id = await service('l', 'k', 'm');
    const gate = await toys.gate(id, 'first/set');
    await handle(leaseWorkflowId('k')).terminate('taken away');
    await toys.decide(id, gate, 'ren', 'approve');
    expect((await toys.gate(id, 'first/failed:set')).error?.code).toBe('lease-lost');
    expect(toys.world.read('k')).toBe(1);
    await cancel(id);
    expect((await toys.result(id)).status).toBe('stopped');
  });
});

test('what an inner recovery leaves behind is left behind by the outer one too, whatever it has to say itself', async () => {
  toys.world.failures.set('checkValue cb', 'verification-failed').set('undoSet cb', 'agent-command-failed');
  const id = await service('ca', 'cb', 'cc');
  const decide = async (name: string, decision: 'roll-back' | 'skip') =>
    toys.decide(id, await toys.gate(id, name), 'sora', decision);
  await decide('first/failed:verify', 'roll-back');
  await decide('first/failed:undo:set', 'skip');
  await decide('failed:first', 'roll-back');
  await expect(toys.result(id)).rejects.toThrow();
  expect(await toys.state(id)).toMatchObject({ status: 'failed' });
  expect(toys.world.read('cb')).toBe(3);
});

test.each([
  ['before it took its lease', 't', 0],
  ['after it took its lease', 'u', -1],
] as const)('a recovery that was reset to %s notices when that is lost', async (_, target, at) => {
  toys.world.write(target, 1);
  const id = await toys.start({ scenario: 'toy-set', target, input: { value: 2 } });
  await toys.gate(id, 'set');
  const { events } = await handle(id).fetchHistory();
  const tasks = events!.filter((event) => event.workflowTaskCompletedEventAttributes);
  await toys.client.workflowService.resetWorkflowExecution({
    namespace: 'default',
    workflowExecution: { workflowId: id },
    workflowTaskFinishEventId: tasks.at(at)!.eventId!,
    requestId: `reset-${target}`,
    reason: 'test',
  });
  const again = await toys.gate(id, 'set');
  await handle(leaseWorkflowId(target)).terminate('taken away');
  await toys.decide(id, again, 'ren', 'approve');
  expect((await toys.gate(id, 'failed:set')).error?.code).toBe('lease-lost');
  await cancel(id);
  expect((await toys.result(id)).status).toBe('stopped');
});

describe('the answer to an inner gate', () => {
  test('sent straight to Temporal does not count, and the inner ledger says so; the real one does', async () => {
    toys.world.write('p', 1);
    const id = await service('o', 'p', 'q');
    const gate = await toys.gate(id, 'first/set');
    const inner = childWorkflowId(id, 'first');
    const forged = { gate: gate.gate, decision: 'approve' as const, by: 'ren', why: plain('forged') };
    const { id: recovery } = await toys.state(id);
    const at = new Date().toISOString();
    const statement = { recovery, gate: gate.gate, digest: gate.digest, decision: 'approve' as const, at, reason: 'forged' };
    await handle(inner).signal(gateOutcomeSignal, forged);
    await handle(inner).signal(gateOutcomeSignal, {
      ...forged,
      statements: [{ statement: { ...statement, by: 'ren' }, signature: 'forged' }],
    });
    await handle(inner).signal(gateOutcomeSignal, {
      ...forged,
      statements: [{ statement: { ...statement, by: 'hana' }, signature: 'signed' }],
    });
    await expect.poll(async () => (await toys.sentences(inner)).split('do not prove it').length - 1).toBeGreaterThanOrEqual(1);
    expect(toys.world.read('p')).toBe(1);
    await toys.decide(id, gate, 'ren', 'approve');
    expect((await toys.result(id)).status).toBe('recovered');
    expect(toys.world.effects.filter((effect) => effect === 'set p 3')).toHaveLength(1);
  });

  test('that counted once does not answer the same gate when it opens again', async () => {
    toys.world.write('w', 1);
    // Applied it finds a changed world, so the same plan is made and asked again.
    toys.world.failures.set('applySet w', 'plan-changed');
    const id = await service('v', 'w', 'q');
    const gate = await toys.gate(id, 'first/set');
    const { id: recovery } = await toys.state(id);
    const at = new Date().toISOString();
    const statement = {
      recovery,
      gate: gate.gate,
      digest: gate.digest,
      decision: 'approve' as const,
      by: 'ren',
      at,
      reason: 'test',
    };
    await toys.decide(id, gate, 'ren', 'approve', { at });
    await expect.poll(async () => (await toys.sentences(id)).split('Asked ').length - 1).toBe(2);
    toys.world.failures.clear();
    const inner = childWorkflowId(id, 'first');
    const replayed = { gate: gate.gate, decision: 'approve' as const, by: 'ren', why: plain('again') };
    await handle(inner).signal(gateOutcomeSignal, { ...replayed, statements: [{ statement, signature: 'signed' }] });
    await expect.poll(() => toys.sentences(inner)).toContain('do not prove it');
    expect(toys.world.read('w')).toBe(1);
    await cancel(id);
    expect(['stopped', 'rolled-back']).toContain((await toys.result(id)).status);
  });
});

describe('a cool-down', () => {
  test('makes a second run wait for an acknowledgement; given at the start, nobody is asked', async () => {
    const run = (value: number, more = {}) => toys.start({ scenario: 'toy-cooling', target: 'r', input: { value }, ...more });
    const { id: first } = await toys.result(await run(0));
    const id = await run(0);
    const failed = await toys.gate(id, 'failed:cool-down');
    expect(failed).toMatchObject({ error: { code: 'cooling-down' }, choices: ['retry', 'skip', 'roll-back'] });
    expect(failed.title.en).toContain(first);
    await toys.decide(id, failed, 'hana', 'skip');
    expect((await toys.result(id)).status).toBe('recovered');
    await recordHistory(handle(id), 'toys/cool-down');
    expect((await toys.result(await run(0, { acknowledgeCoolDown: true }))).status).toBe('recovered');
  });

  test('does not begin where nothing was changed', async () => {
    toys.world.write('s', 1);
    const id = await toys.start({ scenario: 'toy-cooling', target: 's', input: { value: 2 } });
    await toys.decide(id, await toys.gate(id, 'set'), 'ren', 'reject');
    expect((await toys.result(id)).status).toBe('stopped');
    const again = await toys.start({ scenario: 'toy-cooling', target: 's', input: { value: 2 } });
    await toys.gate(again, 'set');
    await cancel(again);
    await toys.result(again);
  });
});
