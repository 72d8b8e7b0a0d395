/** One actor per target: leases between recoveries and backups, changes left open, recoveries inside recoveries. */
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { afterEach, describe, expect, test } from 'vitest';
import { openChangeKey } from '../../activities/records/keys.ts';
import { leaseWorkflowId } from '../../domain/identity.ts';
import { cancelUpdate, holderQuery } from '../../domain/messages.ts';
import { outcomesOf } from '../support/recovery-driver.ts';
import { openForFile } from '../support/open-for-file.ts';
import { startToyStack, type ToyStack } from '../support/toy/stack.ts';

let toys: ToyStack;

openForFile(
  async (server) =>
    (toys = await startToyStack(
      server,
      'abcdefghijklmnopqrstuvwxyz'
        .split('')
        .map((id) => `  - { id: ${id}, kind: toy }\n`)
        .join(''),
    )),
);
afterEach(() => {
  toys.world.failures.clear();
  toys.world.hooks.clear();
});

const holder = (target: string) => toys.client.workflow.getHandle(leaseWorkflowId(target)).query(holderQuery);
const leaseStatus = async (target: string) =>
  (await toys.client.workflow.getHandle(leaseWorkflowId(target)).describe()).status.name;

/** Back to its first task: what it began since, its lease too, is no longer its child. */
async function reset(workflowId: string): Promise<void> {
  const history = await toys.client.workflow.getHandle(workflowId).fetchHistory();
  const firstTask = history.events!.find((event) => event.workflowTaskCompletedEventAttributes)!;
  await toys.client.workflowService.resetWorkflowExecution({
    namespace: 'default',
    workflowExecution: { workflowId },
    workflowTaskFinishEventId: firstTask.eventId!,
    requestId: `reset-${workflowId}`,
    reason: 'test',
  });
}

describe('a held target', () => {
  test('takes one of fifty starts; the other forty-nine are refused by Temporal itself', async () => {
    toys.world.write('a', 1);
    const starts = await Promise.allSettled(
      Array.from({ length: 50 }, () => toys.start({ scenario: 'toy-set', target: 'a', input: { value: 2 } })),
    );
    const refused = starts.filter((one) => one.status === 'rejected');
    expect(refused).toHaveLength(49);
    for (const one of refused) expect(one.reason).toBeInstanceOf(WorkflowExecutionAlreadyStartedError);
    const gate = await toys.gate('recovery/a', 'set');
    expect((await holder('a')).id).toBe((await toys.state('recovery/a')).id);
    await toys.decide('recovery/a', gate, 'ren', 'approve');
    expect((await toys.result('recovery/a')).status).toBe('recovered');
    expect(toys.world.effects.filter((effect) => effect === 'set a 2')).toHaveLength(1);
    expect(await leaseStatus('a')).toBe('COMPLETED');
  });

  test('makes a backup wait, and a running backup yields to a recovery and is taken after it', async () => {
    toys.world.write('b', 1);
    let backups = 0;
    toys.world.hooks.set('takeToy', () => void (backups += 1));
    const backup = await toys.startBackup('b', 'first');
    await expect.poll(() => backups).toBe(1);
    const id = await toys.start({ scenario: 'toy-set', target: 'b', input: { value: 2 } });
    const gate = await toys.gate(id, 'set');
    expect((await holder('b')).kind).toBe('recovery');
    expect((await backup.describe()).status.name).toBe('RUNNING');
    expect(backups).toBe(1);
    toys.world.hooks.set('takeToy', () => {
      backups += 1;
      return 'done';
    });
    await toys.decide(id, gate, 'ren', 'approve');
    expect((await toys.result(id)).status).toBe('recovered');
    await backup.result();
    expect(backups).toBe(2);
  });

  test('is free again at once when its holder is terminated, and its change stays open for the next one to undo first', async () => {
    toys.world.failures.set('checkValue c', 'verification-failed');
    const first = await toys.start({ scenario: 'toy-set', target: 'c', input: { value: 5 } });
    await toys.gate(first, 'failed:verify');
    const { id } = await toys.state(first);
    await toys.client.workflow.getHandle(first).terminate('the host burns');
    await expect.poll(() => leaseStatus('c')).toBe('TERMINATED');
    expect(JSON.parse((await toys.records.get(openChangeKey('c')))!)).toMatchObject({
      recovery: id,
      undos: [{ activity: 'undoSet' }],
    });
    toys.world.failures.clear();
    const state = await toys.result(await toys.start({ scenario: 'toy-set', target: 'c', input: { value: 6 } }));
    expect(outcomesOf(state)).toEqual([
      ['hold target', 'done'],
      ['settle open change', 'done'],
      ['set', 'done'],
      ['verify', 'done'],
    ]);
    expect(
      toys.world.effects.filter((effect) => effect.endsWith(' c 5') || effect.includes('unset c') || effect.endsWith(' c 6')),
    ).toEqual(['set c 5', 'unset c 0', 'set c 6']);
    expect(await toys.records.get(openChangeKey('c'))).toBeUndefined();
  });

  test('ends with its holder, and a change that may not be undone any more stays open until a recovery is verified', async () => {
    toys.world.failures.set('checkValue v', 'verification-failed');
    const first = await toys.start({ scenario: 'toy-set', target: 'v', input: { value: 5 } });
    await toys.gate(first, 'failed:verify');
    const { id: lost } = await toys.state(first);
    await toys.client.workflow.getHandle(first).terminate('the host burns');
    toys.world.failures.clear();
    toys.world.staying.add('v');
    const second = await toys.start({ scenario: 'toy-set', target: 'v', input: { value: 6 } });
    await toys.decide(second, await toys.gate(second, 'set'), 'ren', 'reject');
    const settled = (await toys.result(second)).steps.find(({ name }) => name === 'settle open change');
    expect(settled?.sentence.en).toMatch(/v had to be left as it is, which stays open until a recovery here is verified\.$/);
    expect(JSON.parse((await toys.records.get(openChangeKey('v')))!)).toMatchObject({ recovery: lost });
    expect(toys.world.read('v')).toBe(5);
    // It has nothing of its own to change.
    const third = await toys.start({ scenario: 'toy-set', target: 'v', input: { value: 5 } });
    expect((await toys.result(third)).status).toBe('recovered');
    expect(await toys.records.get(openChangeKey('v'))).toBeUndefined();
  });

  test('that was reset goes on under its old lease and gives it back at its end', async () => {
    toys.world.write('d', 1);
    const id = await toys.start({ scenario: 'toy-set', target: 'd', input: { value: 2 } });
    const gate = await toys.gate(id, 'set');
    const { id: publicId } = await toys.state(id);
    await reset(id);
    const again = await toys.gate(id, 'set');
    expect(again.digest).toBe(gate.digest);
    expect((await toys.state(id)).id).toBe(publicId);
    await toys.decide(id, again, 'ren', 'approve');
    expect((await toys.result(id)).status).toBe('recovered');
    await expect.poll(() => leaseStatus('d')).not.toBe('RUNNING');
  });

  test('that was reset and then ended from outside leaves a lease that gives way to the next one', async () => {
    toys.world.write('x', 1);
    const id = await toys.start({ scenario: 'toy-set', target: 'x', input: { value: 2 } });
    await toys.gate(id, 'set');
    await reset(id);
    await toys.gate(id, 'set');
    await toys.client.workflow.getHandle(id).terminate('over');
    expect(await leaseStatus('x')).toBe('RUNNING');
    const next = await toys.start({ scenario: 'toy-set', target: 'x', input: { value: 3 } });
    await toys.decide(next, await toys.gate(next, 'set'), 'ren', 'approve');
    expect((await toys.result(next)).status).toBe('recovered');
    expect(toys.world.read('x')).toBe(3);
  });

  test('whose lease is lost is a failed step before anything is applied', async () => {
    toys.world.write('e', 1);
    const id = await toys.start({ scenario: 'toy-set', target: 'e', input: { value: 2 } });
    const gate = await toys.gate(id, 'set');
    await toys.client.workflow.getHandle(leaseWorkflowId('e')).terminate('taken away');
    await toys.decide(id, gate, 'ren', 'approve');
    expect((await toys.gate(id, 'failed:set')).error?.code).toBe('lease-lost');
    expect(toys.world.read('e')).toBe(1);
    await toys.client.workflow.getHandle(id).executeUpdate(cancelUpdate, { args: [{ by: 'ren', reason: 'over' }] });
    expect((await toys.result(id)).status).toBe('stopped');
  });
});

describe('a recovery inside another', () => {
  const group = (target: string, first: string, second: string) =>
    toys.start({ scenario: 'toy-group', target, input: { first, second, value: 3 } });

  test('shows its steps in the root under its path and holds its own target', async () => {
    toys.world.write('h', 1);
    const id = await group('f', 'g', 'h');
    const gate = await toys.gate(id, 'second/set');
    expect(gate.path).toBe('second');
    expect((await holder('h')).id).toBe((await toys.state(id)).id);
    expect(await toys.decide(id, gate, 'ren', 'approve')).toMatchObject({ gate: 'second/set', state: 'approved' });
    const state = await toys.result(id);
    expect(state.status).toBe('recovered');
    expect(outcomesOf(state)).toEqual([
      ['hold target', 'done'],
      ['first', 'done'],
      ['first/hold target', 'done'],
      ['first/set', 'done'],
      ['first/verify', 'done'],
      ['second', 'done'],
      ['second/hold target', 'done'],
      ['second/set', 'done'],
      ['second/verify', 'done'],
      ['set', 'done'],
      ['verify', 'done'],
    ]);
    expect(state.timing.approvalMs).toBeGreaterThan(0);
    for (const target of ['f', 'g', 'h']) expect(toys.world.read(target)).toBe(3);
    for (const target of ['f', 'g', 'h']) await expect.poll(() => leaseStatus(target)).toBe('COMPLETED');
  });

  test('is undone when the outer one rolls back, in reverse order', async () => {
    toys.world.failures.set('checkValue i', 'verification-failed');
    const id = await group('i', 'j', 'k');
    await toys.decide(id, await toys.gate(id, 'failed:verify'), 'sora', 'roll-back');
    const state = await toys.result(id);
    expect(state.status).toBe('rolled-back');
    const about = toys.world.effects.filter((effect) => /(un)?set [ijk] /.test(effect));
    expect(about).toEqual(['set j 3', 'set k 3', 'set i 3', 'unset i 0', 'unset k 0', 'unset j 0']);
    expect(outcomesOf(state)).toContainEqual(['first/set', 'undone']);
  });

  test('that fails waits for a person at the root; rejected, the whole is rolled back', async () => {
    toys.world.write('n', 1);
    toys.world.failures.set('checkValue m', 'verification-failed');
    const id = await group('l', 'm', 'n');
    const failed = await toys.gate(id, 'first/failed:verify');
    toys.world.failures.clear();
    await toys.decide(id, failed, 'sora', 'retry');
    await toys.decide(id, await toys.gate(id, 'second/set'), 'ren', 'reject');
    const state = await toys.result(id);
    expect(state.status).toBe('rolled-back');
    for (const target of ['l', 'm']) expect(toys.world.read(target)).toBe(0);
    expect(toys.world.read('n')).toBe(1);
  });

  test('is cancelled with the outer one', async () => {
    toys.world.write('p', 1);
    const id = await group('o', 'q', 'p');
    await toys.gate(id, 'second/set');
    await toys.client.workflow.getHandle(id).executeUpdate(cancelUpdate, { args: [{ by: 'ren', reason: 'enough' }] });
    expect((await toys.result(id)).status).toBe('rolled-back');
    expect([toys.world.read('q'), toys.world.read('p')]).toEqual([0, 1]);
  });

  test('on the same target leaves the change of the outer one alone, and is undone with it', async () => {
    toys.world.failures.set('checkValue r', 'verification-failed');
    const id = await toys.start({ scenario: 'toy-same-target', target: 'r', input: { value: 4 } });
    await toys.decide(id, await toys.gate(id, 'inner/set'), 'ren', 'approve');
    const inner = await toys.gate(id, 'inner/failed:verify');
    expect(toys.world.read('r')).toBe(5);
    expect(JSON.parse((await toys.records.get(openChangeKey('r')))!)).toMatchObject({
      earlier: { undos: [{ activity: 'undoSet' }] },
    });
    await toys.decide(id, inner, 'sora', 'roll-back');
    expect((await toys.result(id)).status).toBe('rolled-back');
    expect(toys.world.effects.filter((effect) => / r \d/.test(effect))).toEqual(['set r 4', 'set r 5', 'unset r 4', 'unset r 0']);
    expect(await toys.records.get(openChangeKey('r'))).toBeUndefined();
  });

  test('that is terminated at its gate is a failed step of the outer one; run again, its gate can be answered', async () => {
    toys.world.write('t', 1);
    const id = await group('s', 'u', 't');
    await toys.gate(id, 'second/set');
    await toys.client.workflow.getHandle(`${id}/second`).terminate('gone');
    await toys.decide(id, await toys.gate(id, 'failed:second'), 'sora', 'retry');
    await toys.decide(id, await toys.gate(id, 'second/set'), 'ren', 'approve');
    expect((await toys.result(id)).status).toBe('recovered');
  });
});
