/** The kernel's words on a real Temporal server, told by toys: no word knows what kind of target it works on. */
import { WorkflowFailedError, WorkflowUpdateFailedError } from '@temporalio/client';
import { afterEach, describe, expect, test } from 'vitest';
import { openChangeKey, recoveryEndKey } from '../../activities/records/keys.ts';
import { leaseWorkflowId } from '../../domain/identity.ts';
import { cancelUpdate, decideSignal } from '../../domain/messages.ts';
import { outcomesOf, refusal } from '../support/recovery-driver.ts';
import { openForFile } from '../support/open-for-file.ts';
import { startToyStack, type ToyStack } from '../support/toy/stack.ts';

let toys: ToyStack;

openForFile(async (server) => {
  const plain = 'abcdefghijklmnopqrstuvwxyz'.split('').map((id) => `  - { id: ${id}, kind: toy }\n`);
  return (toys = await startToyStack(
    server,
    [
      ...plain,
      '  - { id: n-inner, kind: toy }\n',
      '  - { id: late, kind: toy, approvals: { set: { always: true } } }\n',
      '  - { id: asks-always, kind: toy, approvals: { set: { always: true } } }\n',
      '  - { id: asks-two, kind: toy, approvals: { set: { always: true, need: 2, from: [admins] } } }\n',
      '  - { id: hurries, kind: toy, approvals: { set: { always: true, from: [operations], within: 300ms, then: [{ from: [admins], within: 300ms }] } } }\n',
      '  - { id: proceeds, kind: toy, approvals: { set: { always: true, within: 200ms, otherwise: proceed } } }\n',
    ].join(''),
  ));
});
afterEach(() => {
  toys.world.failures.clear();
  toys.world.hooks.clear();
});

const sentences = (id: string) => toys.sentences(id);

describe('a change', () => {
  test('that overwrites nothing is applied without asking, verified, and recovered', async () => {
    const id = await toys.start({ scenario: 'toy-set', target: 'a', input: { value: 5 } });
    const state = await toys.result(id);
    expect(state.status).toBe('recovered');
    expect(outcomesOf(state)).toEqual([
      ['hold target', 'done'],
      ['set', 'done'],
      ['verify', 'done'],
    ]);
    expect(toys.world.read('a')).toBe(5);
    expect(await toys.records.get(openChangeKey('a'))).toBeUndefined();
    expect(JSON.parse((await toys.records.get(recoveryEndKey(state.id)))!)).toMatchObject({ state: { status: 'recovered' } });
  });

  test('that somebody did by hand is noticed, not repeated', async () => {
    toys.world.write('b', 7);
    const state = await toys.result(await toys.start({ scenario: 'toy-set', target: 'b', input: { value: 7 } }));
    expect(outcomesOf(state)).toContainEqual(['set', 'already-done']);
    expect(state.status).toBe('recovered');
    expect(toys.world.effects.filter((effect) => effect.startsWith('set b'))).toEqual([]);
  });

  test('that overwrites waits for another person, who sees the plan; then it is applied once', async () => {
    toys.world.write('c', 1);
    const id = await toys.start({ scenario: 'toy-set', target: 'c', input: { value: 2 } });
    const gate = await toys.gate(id, 'set');
    expect(gate).toMatchObject({ kind: 'approval', need: 1, choices: ['approve', 'reject'], plan: { counts: { overwrite: 1 } } });
    expect(toys.world.read('c')).toBe(1);
    expect((await toys.state(id)).status).toBe('waiting');
    expect(await toys.decide(id, gate, 'ren', 'approve')).toMatchObject({ state: 'approved', votes: [{ by: 'ren' }] });
    expect((await toys.result(id)).status).toBe('recovered');
    expect(toys.world.effects.filter((effect) => effect === 'set c 2')).toHaveLength(1);
  });

  test('is planned and asked anew when the world changed after the approval', async () => {
    toys.world.write('d', 1);
    const id = await toys.start({ scenario: 'toy-set', target: 'd', input: { value: 3 } });
    const first = await toys.gate(id, 'set');
    toys.world.write('d', 2);
    await toys.decide(id, first, 'ren', 'approve');
    const state = await toys.until(id, ({ waitingFor }) => waitingFor.some(({ digest }) => digest !== first.digest));
    const second = state.waitingFor[0]!;
    expect((await refusal(toys.decide(id, first, 'mio', 'approve'))).type).toBe('plan-changed');
    await toys.decide(id, second, 'ren', 'approve');
    expect((await toys.result(id)).status).toBe('recovered');
    expect(toys.world.read('d')).toBe(3);
  });

  test('that is rejected stops the recovery with nothing applied and the target free', async () => {
    toys.world.write('e', 1);
    const id = await toys.start({ scenario: 'toy-set', target: 'e', input: { value: 2 } });
    await toys.decide(id, await toys.gate(id, 'set'), 'ren', 'reject');
    expect((await toys.result(id)).status).toBe('stopped');
    expect(toys.world.read('e')).toBe(1);
    const lease = await toys.client.workflow.getHandle(leaseWorkflowId('e')).describe();
    expect(lease.status.name).toBe('COMPLETED');
  });
});

describe('a vote', () => {
  test('does not count from the requester, twice, from outside the group, without the role, unknown, or unsigned; each is in the ledger', async () => {
    const id = await toys.start({ scenario: 'toy-set', target: 'asks-two', input: { value: 2 }, requestedBy: 'ren' });
    const gate = await toys.gate(id, 'set');
    expect(gate).toMatchObject({ need: 2, from: ['admins'] });
    expect((await refusal(toys.decide(id, gate, 'ren', 'approve'))).type).toBe('self-approval');
    expect((await refusal(toys.decide(id, gate, 'hana', 'approve'))).type).toBe('forbidden');
    expect((await refusal(toys.decide(id, gate, 'sora', 'approve'))).type).toBe('forbidden');
    expect((await refusal(toys.decide(id, gate, 'nobody', 'approve'))).type).toBe('forbidden');
    expect((await refusal(toys.decide(id, gate, 'mio', 'approve', { recovery: 'another' }))).type).toBe('invalid-input');
    expect(await toys.decide(id, gate, 'mio', 'approve')).toMatchObject({ state: 'open', votes: [{ by: 'mio' }] });
    expect((await refusal(toys.decide(id, gate, 'mio', 'approve'))).type).toBe('already-decided');
    expect((await refusal(toys.decide(id, gate, 'mio', 'retry'))).type).toBe('invalid-input');
    const handle = toys.client.workflow.getHandle(id);
    const statement = {
      recovery: (await toys.state(id)).id,
      gate: 'set',
      digest: gate.digest,
      decision: 'reject' as const,
      by: 'mio',
      at: new Date().toISOString(),
      reason: 'forged',
    };
    await handle.signal(decideSignal, { statement, signature: 'forged' });
    await toys.until(id, ({ ledger }) => ledger > 0);
    await expect.poll(() => sentences(id)).toContain('not signed');
    const told = await sentences(id);
    for (const words of [
      'cannot approve it',
      'none of the groups',
      'lacks the role',
      'not in the inventory',
      'another recovery',
      'has voted already',
    ]) {
      expect(told).toContain(words);
    }
    expect((await toys.state(id)).status).toBe('waiting');
    await handle.executeUpdate(cancelUpdate, { args: [{ by: 'ren', reason: 'enough' }] });
    expect((await toys.result(id)).status).toBe('stopped');
  });

  test('counts as a plain unsigned signal where the inventory says so', async () => {
    const id = await toys.start({ scenario: 'toy-set', target: 'asks-always', input: { value: 2 } });
    const gate = await toys.gate(id, 'set');
    const statement = {
      recovery: (await toys.state(id)).id,
      gate: 'set',
      digest: gate.digest,
      decision: 'approve' as const,
      by: 'ren',
      at: new Date().toISOString(),
      reason: 'fine',
    };
    await toys.client.workflow.getHandle(id).signal(decideSignal, { statement });
    expect((await toys.result(id)).status).toBe('recovered');
    const closed = (await toys.ledger(id)).find((entry) => entry.event === 'gate' && entry.state === 'approved');
    expect(closed).toMatchObject({
      waiting: { votes: [{ by: 'ren', unsigned: true }] },
      sentence: { en: expect.stringContaining('(unsigned)') },
    });
  });

  test('counts once in the whole recovery, also where the same gate opens again for the same plan', async () => {
    toys.world.write('n', 1);
    toys.world.failures.set('applySet n', 'plan-changed');
    const id = await toys.start({ scenario: 'toy-set', target: 'n', input: { value: 2 } });
    const gate = await toys.gate(id, 'set');
    const at = new Date().toISOString();
    await toys.decide(id, gate, 'ren', 'approve', { at });
    await toys.until(id, ({ waitingFor, ledger }) => waitingFor.some(({ votes }) => votes.length === 0) && ledger > 12);
    expect((await refusal(toys.decide(id, gate, 'ren', 'approve', { at }))).type).toBe('already-decided');
    toys.world.failures.clear();
    await toys.decide(id, gate, 'ren', 'approve');
    expect((await toys.result(id)).status).toBe('recovered');
  });

  test('of a wrong shape or for an unknown gate is refused and leaves no event', async () => {
    toys.world.write('f', 1);
    const id = await toys.start({ scenario: 'toy-set', target: 'f', input: { value: 2 } });
    const gate = await toys.gate(id, 'set');
    const events = async () => (await toys.client.workflow.getHandle(id).fetchHistory()).events!.length;
    // People are told beside the recovery: events are counted when nothing is under way any more.
    const isIdle = async (): Promise<boolean> => {
      const { raw } = await toys.client.workflow.getHandle(id).describe();
      return !raw.pendingWorkflowTask && !raw.pendingActivities?.length;
    };
    await expect.poll(() => sentences(id)).toContain('was told to');
    await expect.poll(isIdle).toBe(true);
    const before = await events();
    expect((await refusal(toys.decide(id, { ...gate, gate: 'other' }, 'ren', 'approve'))).type).toBe('not-found');
    expect((await refusal(toys.decide(id, { ...gate, digest: '' }, 'ren', 'approve'))).type).toBe('bad-request');
    expect(await events()).toBe(before);
    await toys.decide(id, gate, 'ren', 'approve');
    expect((await toys.result(id)).status).toBe('recovered');
    expect(
      (
        await refusal(
          toys
            .decide(id, gate, 'mio', 'approve')
            .catch(() => Promise.reject(new WorkflowUpdateFailedError('closed', { type: 'closed' } as never))),
        )
      ).type,
    ).toBe('closed');
  });
});

describe('a deadline', () => {
  test('leads to the next group and then to the safe default, stop', async () => {
    const id = await toys.start({ scenario: 'toy-set', target: 'hurries', input: { value: 2 } });
    const state = await toys.result(id);
    expect(state.status).toBe('stopped');
    const asked = (await toys.ledger(id)).flatMap((entry) =>
      entry.event === 'gate' && entry.state === 'open' ? [entry.waiting.from] : [],
    );
    expect(asked).toEqual([['operations'], ['admins']]);
    expect(state.timing.approvalMs).toBeGreaterThanOrEqual(600);
  });

  test('goes on where the inventory says proceed', async () => {
    const state = await toys.result(await toys.start({ scenario: 'toy-set', target: 'proceeds', input: { value: 2 } }));
    expect(state.status).toBe('recovered');
  });
});

describe('a failed step', () => {
  test('waits for a person and goes on with retry, no earlier step again', async () => {
    toys.world.failures.set('checkValue g', 'verification-failed');
    const id = await toys.start({ scenario: 'toy-set', target: 'g', input: { value: 2 } });
    const gate = await toys.gate(id, 'failed:verify');
    expect(gate).toMatchObject({
      kind: 'failed-step',
      choices: ['retry', 'roll-back'],
      error: { code: 'verification-failed' },
      deadline: null,
    });
    toys.world.failures.clear();
    expect(await toys.decide(id, gate, 'hana', 'retry')).toMatchObject({ state: 'decided' });
    const state = await toys.result(id);
    expect(state.status).toBe('recovered');
    expect(state.steps.find(({ name }) => name === 'verify')).toMatchObject({ outcome: 'done', attempts: 2 });
    expect(toys.world.effects.filter((effect) => effect === 'set g 2')).toHaveLength(1);
  });

  test('takes a corrected input, checked by the schema, in the same run', async () => {
    toys.world.failures.set('planSet h', 'unknown-tool');
    const id = await toys.start({ scenario: 'toy-set', target: 'h', input: { value: 2 } });
    const gate = await toys.gate(id, 'failed:set');
    expect(gate).toMatchObject({
      input: { value: 2 },
      choices: ['retry', 'amend', 'roll-back'],
      inputSchema: { type: 'object' },
    });
    const wrong = await refusal(toys.decide(id, gate, 'hana', 'amend', { input: { value: -1 } }));
    expect(wrong).toMatchObject({ type: 'invalid-input', details: [{ errors: [{ path: 'input.value' }] }] });
    toys.world.failures.clear();
    await toys.decide(id, gate, 'hana', 'amend', { input: { value: 9 } });
    // The scenario still expects 2: verification fails, and rolling back leaves the target as it was.
    await toys.decide(id, await toys.gate(id, 'failed:verify'), 'hana', 'roll-back');
    expect((await toys.result(id)).status).toBe('rolled-back');
    expect(toys.world.effects).toContain('set h 9');
    expect(toys.world.read('h')).toBe(0);
  });

  test('rolled back undoes every change in reverse and marks the steps undone', async () => {
    toys.world.write('i', 4);
    toys.world.failures.set('checkValue i', 'verification-failed');
    const id = await toys.start({ scenario: 'toy-set', target: 'i', input: { value: 2 } });
    await toys.decide(id, await toys.gate(id, 'set'), 'ren', 'approve');
    await toys.decide(id, await toys.gate(id, 'failed:verify'), 'sora', 'roll-back');
    const state = await toys.result(id);
    expect(state.status).toBe('rolled-back');
    expect(outcomesOf(state)).toContainEqual(['set', 'undone']);
    expect(toys.world.read('i')).toBe(4);
    expect(await toys.records.get(openChangeKey('i'))).toBeUndefined();
  });

  test('what an undo had to leave is not over: the recovery has failed, says so, and leaves its change open', async () => {
    toys.world.failures.set('checkValue t', 'verification-failed');
    toys.world.staying.add('t');
    const id = await toys.start({ scenario: 'toy-set', target: 't', input: { value: 2 } });
    await toys.decide(id, await toys.gate(id, 'failed:verify'), 'sora', 'roll-back');
    await expect(toys.result(id)).rejects.toBeInstanceOf(WorkflowFailedError);
    const { status, steps } = await toys.state(id);
    expect(status).toBe('failed');
    expect(steps.find(({ name }) => name === 'set')).toMatchObject({
      outcome: 'failed',
      sentence: { en: 't had to be left as it is, which stays open until a recovery here is verified.' },
    });
    expect(JSON.parse((await toys.records.get(openChangeKey('t')))!)).toMatchObject({ undos: [{ activity: 'undoSet' }] });
  });

  test('an undo that fails waits for a person; given up, the recovery has failed and says so', async () => {
    toys.world.failures.set('checkValue j', 'verification-failed').set('undoSet j', 'target-read-only');
    const id = await toys.start({ scenario: 'toy-set', target: 'j', input: { value: 2 } });
    await toys.decide(id, await toys.gate(id, 'failed:verify'), 'sora', 'roll-back');
    const gate = await toys.gate(id, 'failed:undo:set');
    expect(gate.choices).toEqual(['retry', 'skip']);
    await toys.decide(id, gate, 'sora', 'skip');
    await expect(toys.result(id)).rejects.toBeInstanceOf(WorkflowFailedError);
    expect((await toys.state(id)).status).toBe('failed');
    expect(JSON.parse((await toys.records.get(openChangeKey('j')))!)).toMatchObject({ undos: [{ activity: 'undoSet' }] });
  });
});

describe('a verification', () => {
  test('that checked nothing has proven nothing: it does not recover, and cannot be skipped', async () => {
    const id = await toys.start({ scenario: 'toy-word', target: 'o', input: { word: 'verify-nothing' } });
    const gate = await toys.gate(id, 'failed:look closely');
    expect(gate).toMatchObject({ choices: ['retry', 'roll-back'], error: { code: 'verification-failed' } });
    await toys.decide(id, gate, 'sora', 'roll-back');
    const state = await toys.result(id);
    expect(state.status).toBe('stopped');
    expect(outcomesOf(state)).toEqual([
      ['hold target', 'done'],
      ['look closely', 'failed'],
    ]);
  });
});

describe('a checklist', () => {
  test('keeps the phase at the gate while one of its items is open, and gives it back with the last', async () => {
    const id = await toys.start({ scenario: 'toy-word', target: 'p', input: { word: 'checklist-of-two' } });
    await toys.decide(id, await toys.gate(id, 'check:one'), 'sora', 'tick');
    const half = await toys.until(id, ({ waitingFor }) => waitingFor.length === 1);
    expect(half).toMatchObject({ status: 'waiting', phase: 'gate', waitingFor: [{ gate: 'check:two' }] });
    await toys.decide(id, await toys.gate(id, 'check:two'), 'hana', 'tick');
    expect((await toys.result(id)).status).toBe('recovered');
    const turns = (await toys.ledger(id)).flatMap((entry) =>
      entry.event === 'status' && !entry.sentence ? [`${entry.status} ${entry.phase}`] : [],
    );
    expect(turns).toEqual(['running gate', 'waiting gate', 'running gate', 'running begin', 'running verify', 'recovered end']);
  });
});

test.each(['mitigated-and-held', 'serves-and-mends'])('the clock stops where users are served again: %s', async (word) => {
  const id = await toys.start({ scenario: 'toy-word', target: 'q', input: { word } });
  const { status, timing, startedAt, endedAt } = await toys.result(id);
  expect(status).toBe('recovered');
  expect(Date.parse(endedAt!) - Date.parse(startedAt) - timing.totalMs).toBeGreaterThanOrEqual(1_500);
});

describe('every word together', () => {
  test('pauses, looks, asks for ticks, sets, passes the point of no return, resumes and verifies', async () => {
    toys.world.write('k', 1);
    toys.world.failures.set('pauseToy k', 'agent-command-failed').set('readValue k', 'no-backup');
    const id = await toys.start({ scenario: 'toy-every-word', target: 'k', input: { value: 2 } });
    await toys.decide(id, await toys.gate(id, 'failed:pause'), 'sora', 'skip');
    const look = await toys.gate(id, 'failed:look');
    toys.world.failures.clear();
    await toys.decide(id, look, 'sora', 'amend', { input: { note: 'corrected' } });
    await toys.until(id, ({ steps }) => steps.some(({ sentence }) => sentence.en === 'read for corrected'));
    await toys.decide(id, await toys.gate(id, 'check:one'), 'sora', 'tick');
    await toys.decide(id, await toys.gate(id, 'check:two'), 'hana', 'tick');
    toys.world.failures.set('resumeToy k', 'agent-command-failed');
    await toys.decide(id, await toys.gate(id, 'set'), 'ren', 'approve');
    const late = await toys.gate(id, 'failed:resume');
    expect(late.choices).toEqual(['retry']);
    const cancel = toys.client.workflow.getHandle(id).executeUpdate(cancelUpdate, { args: [{ by: 'sora', reason: 'too late' }] });
    expect((await refusal(cancel)).type).toBe('past-no-return');
    toys.world.failures.clear();
    await toys.decide(id, late, 'sora', 'retry');
    const state = await toys.result(id);
    expect(outcomesOf(state)).toEqual([
      ['hold target', 'done'],
      ['pause', 'skipped'],
      ['look', 'done'],
      ['ask around', 'done'],
      ['set', 'done'],
      ['resume', 'done'],
      ['verify', 'done'],
    ]);
    expect(state.status).toBe('recovered');
    const { timing } = state;
    expect(timing.detectionMs + timing.decisionMs + timing.approvalMs + timing.machineMs).toBe(timing.totalMs);
    expect(timing.decisionMs).toBeGreaterThan(0);
    expect(timing.approvalMs).toBeGreaterThan(0);
  });

  test('a failed item is a failed step; a cancellation there takes back what was begun', async () => {
    const id = await toys.start({ scenario: 'toy-every-word', target: 'l', input: { value: 2 } });
    await toys.decide(id, await toys.gate(id, 'check:one'), 'sora', 'tick');
    await toys.decide(id, await toys.gate(id, 'check:two'), 'sora', 'fail');
    await toys.gate(id, 'failed:ask around');
    await toys.client.workflow.getHandle(id).cancel();
    const state = await toys.result(id);
    expect(state.status).toBe('stopped');
    expect(outcomesOf(state)).toContainEqual(['pause', 'undone']);
    expect(toys.world.effects.filter((effect) => effect.endsWith(' l'))).toEqual(['pause l', 'resume l']);
  });

  test('a dry run says what it would do, ends planned, touches nothing and takes no lease', async () => {
    toys.world.write('m', 1);
    const before = toys.world.effects;
    const id = await toys.start({ scenario: 'toy-every-word', target: 'm', input: { value: 2 }, mode: 'dry-run' });
    const state = await toys.result(id);
    expect(state.status).toBe('planned');
    expect(outcomesOf(state)).toEqual([
      ['pause', 'planned'],
      ['look', 'done'],
      ['ask around', 'planned'],
      ['set', 'planned'],
      ['resume', 'planned'],
      ['verify', 'planned'],
    ]);
    expect(toys.world.read('m')).toBe(1);
    expect(toys.world.effects).toEqual(before);
    await expect(toys.client.workflow.getHandle(leaseWorkflowId('m')).describe()).rejects.toThrow();
  });

  test('a dry run of one inside another tells every step of it, also those that nothing had to be awaited for', async () => {
    const before = toys.world.effects;
    const id = await toys.start({ scenario: 'toy-word', target: 'n', input: { word: 'recover-acts' }, mode: 'dry-run' });
    const state = await toys.result(id);
    expect(state.status).toBe('planned');
    expect(outcomesOf(state)).toEqual([
      ['inner', 'planned'],
      ['inner/first', 'planned'],
      ['inner/second', 'planned'],
      ['inner/third', 'planned'],
      ['inner/verify', 'planned'],
      ['verify', 'planned'],
    ]);
    const told = (await toys.ledger(id)).flatMap((entry) =>
      entry.event === 'step' && entry.step.path === 'inner' ? [`${entry.step.name} ${entry.step.outcome}`] : [],
    );
    expect(told).toEqual(['first', 'second', 'third', 'verify'].flatMap((name) => [`${name} running`, `${name} planned`]));
    expect(toys.world.effects).toEqual(before);
  });
});

describe('past the point of no return', () => {
  test('a rejected plan and an expired gate undo nothing: the step waits for a person', async () => {
    const id = await toys.start({ scenario: 'toy-late-change', target: 'late', input: { value: 2 } });
    await toys.decide(id, await toys.gate(id, 'set'), 'ren', 'reject');
    const failed = await toys.gate(id, 'failed:set');
    expect(failed.choices).toEqual(['retry', 'amend']);
    expect(toys.world.effects.filter((effect) => effect.endsWith(' late'))).toEqual(['pause late']);
    await toys.decide(id, failed, 'sora', 'retry');
    await toys.decide(id, await toys.gate(id, 'set'), 'mio', 'approve');
    expect((await toys.result(id)).status).toBe('recovered');
  });
});

describe('a start past the API', () => {
  test('cannot call itself part of another recovery', async () => {
    const parent = { root: 'a~1', rootWorkflowId: 'recovery/a', rootRunId: '1', path: 'x', leases: ['b'] };
    const id = await toys.start({ scenario: 'toy-set', target: 'b', input: { value: 9 }, parent });
    await expect(toys.result(id)).rejects.toMatchObject({ cause: { type: 'invalid-input' } });
    expect(toys.world.effects).not.toContain('set b 9');
  });
});
