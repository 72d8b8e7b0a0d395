/** People at gates on a real Temporal server: who is told, reminded and asked next, who may go on alone, who overrides a safety check. */
import { afterEach, describe, expect, test } from 'vitest';
import { openReviews } from '../../activities/records/reviews.ts';
import { cancelUpdate, decideSignal } from '../../domain/messages.ts';
import { outcomesOf, refusal } from '../support/recovery-driver.ts';
import { openForFile } from '../support/open-for-file.ts';
import { startToyStack, type ToyStack } from '../support/toy/stack.ts';

let toys: ToyStack;

const target = (id: string, policy = ''): string => `  - { id: ${id}, kind: toy${policy && `, approvals: { ${policy} }`} }\n`;

openForFile(
  async (server) =>
    (toys = await startToyStack(
      server,
      [
        ...'abcdefgh'.split('').map((id) => target(id)),
        target(
          'hurries',
          'set: { always: true, from: [operations], within: 1500ms, then: [{ from: [admins], within: 1500ms }] }',
        ),
        target('stops', 'failed-step: { within: 900ms, otherwise: roll-back }'),
        target('alone', 'set: { always: true, need: 2, from: [admins], within: 1h, alone: after 1s }'),
        target('whole-alone'),
        target('whole-alone-inner', 'set: { always: true, need: 2, from: [admins], within: 1h, alone: after 1s }'),
        target('never-alone', 'set: { always: true, need: 2, from: [admins], within: 1h, alone: after 30m }'),
        target('in-time', 'set: { always: true, within: 6s }'),
        target('glass', 'break-glass: { need: 2, from: [admins] }'),
        target('glass-alone'),
        target('tired'),
      ].join(''),
    )),
);
afterEach(() => {
  toys.world.failures.clear();
  toys.world.hooks.clear();
});

const sentences = (id: string) => toys.sentences(id);
const told = (about: string) => toys.world.told.filter((one) => one.target === about);
const occasions = (about: string) => told(about).map(({ occasion }) => occasion);
const cancel = (id: string) =>
  toys.client.workflow.getHandle(id).executeUpdate(cancelUpdate, { args: [{ by: 'ren', reason: 'enough' }] });

describe('people are told', () => {
  test('of a gate, reminded at a third and two thirds, then the next group, then the end; each once, also over a restart', async () => {
    const id = await toys.start({ scenario: 'toy-set', target: 'hurries', input: { value: 1 } });
    // Told by a worker that goes meanwhile, the first news would come again with the next one, beside the reminders.
    await expect.poll(() => occasions('hurries')).toContain('gate');
    await toys.stopWorker();
    await toys.startWorker();
    expect((await toys.result(id)).status).toBe('stopped');
    expect(occasions('hurries')).toEqual(['gate', 'reminder', 'reminder', 'next-group', 'reminder', 'reminder', 'end']);
    expect(new Set(told('hurries').map(({ event }) => event)).size).toBe(7);
    await toys.record(id, 'toys/nobody-answers');
    const [gate, , , next] = told('hurries');
    expect(gate).toMatchObject({
      scenario: 'toy-set',
      requestedBy: 'hana',
      reason: 'test',
      to: { roles: ['approver'], from: ['operations'], except: ['hana'] },
      asks: { gate: 'set', need: 1, choices: ['approve', 'reject'], otherwise: 'stop', deadline: expect.any(String) },
    });
    expect(next!.to.from).toEqual(['admins']);
    expect(told('hurries').at(-1)).toMatchObject({ status: 'stopped', to: { also: ['hana'] } });
  });

  test('of a failed step, reminded, and when nobody answers the safe default comes', async () => {
    toys.world.failures.set('checkValue stops', 'verification-failed');
    const id = await toys.start({ scenario: 'toy-set', target: 'stops', input: { value: 1 } });
    expect((await toys.result(id)).status).toBe('rolled-back');
    expect(occasions('stops')).toEqual(['failed-step', 'reminder', 'reminder', 'end']);
    expect(told('stops')[0]).toMatchObject({ to: { roles: ['operator'], except: [] }, asks: { gate: 'failed:verify' } });
    expect(toys.world.read('stops')).toBe(0);
  });

  test('and what became of it is in the ledger', async () => {
    toys.world.write('a', 1);
    const id = await toys.start({ scenario: 'toy-set', target: 'a', input: { value: 2 } });
    await toys.gate(id, 'set');
    await expect.poll(() => sentences(id)).toContain('The gate was told to nobody: no channel reaches them.');
    await cancel(id);
    await toys.result(id);
  });
});

test('a quorum that was reached in time while no worker ran counts once one runs, though the time is over by then', async () => {
  const id = await toys.start({ scenario: 'toy-set', target: 'in-time', input: { value: 1 } });
  const gate = await toys.gate(id, 'set');
  const { id: recovery } = await toys.state(id);
  // From here on only the deadline is due: its timer fires while nobody is there to judge the vote.
  await expect.poll(() => occasions('in-time').filter((one) => one === 'reminder'), { timeout: 6_000 }).toHaveLength(2);
  await toys.stopWorker();
  const statement = { recovery, gate: 'set', digest: gate.digest, by: 'ren', reason: 'seen' };
  const handle = toys.client.workflow.getHandle(id);
  await handle.signal(decideSignal, {
    statement: { ...statement, decision: 'approve', at: new Date().toISOString() },
    signature: 'signed',
  });
  await expect.poll(() => Date.now() > Date.parse(gate.deadline!), { timeout: 10_000 }).toBe(true);
  await toys.startWorker();
  expect((await toys.result(id)).status).toBe('recovered');
});

describe('one operator may go on alone', () => {
  test('from the time that the policy says, with a reason; everyone is told, and a review opens', async () => {
    const id = await toys.start({ scenario: 'toy-set', target: 'alone', input: { value: 4 } });
    const gate = await toys.gate(id, 'set');
    expect(gate.aloneFrom).toBeDefined();
    await expect.poll(() => occasions('alone'), { timeout: 5_000 }).toContain('alone');
    // Sent before that time and judged after it, an approval is one of two.
    const before = { at: new Date(Date.parse(gate.aloneFrom!) - 200).toISOString() };
    expect(await toys.decide(id, gate, 'ren', 'approve', before)).toMatchObject({ state: 'open' });
    expect(await toys.decide(id, gate, 'hana', 'approve')).toMatchObject({ state: 'approved' });
    const state = await toys.result(id);
    expect(state.status).toBe('recovered');
    expect(await sentences(id)).toContain('hana chose approve, alone: test');
    await toys.record(id, 'toys/alone');
    expect(occasions('alone')).toContain('decided-alone');
    expect(await openReviews(toys.records, 'alone')).toMatchObject([
      { kind: 'alone', recovery: state.id, gate: 'set', by: [{ person: 'hana', reason: 'test' }] },
    ]);
  });

  test('inside another recovery too, where who has verified is no approver any more', async () => {
    const id = await toys.start({ scenario: 'toy-whole', target: 'whole-alone', input: { value: 4 }, requestedBy: 'sora' });
    await toys.decide(id, await toys.gate(id, 'agree'), 'hana', 'approve');
    for (const item of ['one', 'two']) await toys.decide(id, await toys.gate(id, `inner/check:${item}`), 'ren', 'tick');
    const gate = await toys.gate(id, 'inner/set');
    await toys.decide(id, gate, 'mio', 'approve');
    expect((await refusal(toys.decide(id, gate, 'ren', 'approve'))).message).toContain('cannot both verify and approve');
    await expect.poll(() => occasions('whole-alone'), { timeout: 5_000 }).toContain('alone');
    await toys.decide(id, gate, 'ren', 'approve');
    expect((await toys.result(id)).status).toBe('recovered');
    expect(await openReviews(toys.records, 'whole-alone-inner')).toMatchObject([
      { kind: 'alone', gate: 'set', by: [{ person: 'ren', reason: 'test' }] },
    ]);
  });

  test('not before', async () => {
    const id = await toys.start({ scenario: 'toy-set', target: 'never-alone', input: { value: 4 } });
    expect((await refusal(toys.decide(id, await toys.gate(id, 'set'), 'hana', 'approve'))).type).toBe('forbidden');
    await cancel(id);
    await toys.result(id);
    expect(await openReviews(toys.records, 'never-alone')).toEqual([]);
  });
});

describe('a safety check that refuses', () => {
  test('is overridden by two approvers, named and with their reasons, and leaves a review; one alone changes nothing', async () => {
    toys.world.makeUnsafe('glass');
    const id = await toys.start({ scenario: 'toy-guarded', target: 'glass', input: { value: 5 } });
    const gate = await toys.gate(id, 'failed:is it safe');
    expect(gate).toMatchObject({ need: 2, breakGlass: true, choices: ['retry', 'skip', 'roll-back'], from: ['admins'] });
    expect((await refusal(toys.decide(id, gate, 'hana', 'skip'))).type).toBe('forbidden');
    expect(await toys.decide(id, gate, 'ren', 'skip')).toMatchObject({ state: 'open', need: 2, votes: [{ by: 'ren' }] });
    expect((await refusal(toys.decide(id, gate, 'ren', 'skip'))).type).toBe('already-decided');
    expect(toys.world.read('glass')).toBe(0);
    expect(await toys.decide(id, gate, 'mio', 'skip')).toMatchObject({ state: 'decided' });
    const state = await toys.result(id);
    expect(outcomesOf(state)).toContainEqual(['is it safe', 'skipped']);
    expect(state.status).toBe('recovered');
    expect(await openReviews(toys.records, 'glass')).toMatchObject([
      { kind: 'break-glass', by: [{ person: 'ren' }, { person: 'mio' }], sentence: { en: expect.stringContaining('not safe') } },
    ]);
    expect(occasions('glass')).toEqual(['failed-step', 'break-glass', 'end']);
  });

  test('lets on once it holds, without a review', async () => {
    toys.world.makeUnsafe('glass-alone');
    const id = await toys.start({ scenario: 'toy-guarded', target: 'glass-alone', input: { value: 5 } });
    const gate = await toys.gate(id, 'failed:is it safe');
    toys.world.makeUnsafe('glass-alone', false);
    await toys.decide(id, gate, 'sora', 'retry');
    expect((await toys.result(id)).status).toBe('recovered');
    expect(await openReviews(toys.records, 'glass-alone')).toEqual([]);
  });
});

test('whoever ticked a checklist item cannot approve, and whoever approved cannot tick', async () => {
  toys.world.write('b', 1);
  const id = await toys.start({ scenario: 'toy-every-word', target: 'b', input: { value: 2 }, requestedBy: 'sora' });
  await toys.decide(id, await toys.gate(id, 'check:one'), 'hana', 'tick');
  await toys.decide(id, await toys.gate(id, 'check:two'), 'ren', 'tick');
  const gate = await toys.gate(id, 'set');
  expect((await refusal(toys.decide(id, gate, 'ren', 'approve'))).type).toBe('same-person');
  await toys.decide(id, gate, 'mio', 'approve');
  expect((await toys.result(id)).status).toBe('recovered');
});

test('an amended step that people had approved is shown to them again, even where the new plan alone would need nobody', async () => {
  toys.world.write('tired', 1);
  const id = await toys.start({ scenario: 'toy-word', target: 'tired', input: { word: 'change' } });
  const first = await toys.gate(id, 'set');
  toys.world.failures.set('applySet tired', 'target-missing');
  await toys.decide(id, first, 'ren', 'approve');
  const failed = await toys.gate(id, 'failed:set');
  expect((await refusal(toys.decide(id, failed, 'hana', 'amend', { input: { value: -1 } }))).type).toBe('invalid-input');
  toys.world.failures.clear();
  // What there was to overwrite is gone: the new plan only adds.
  toys.world.write('tired', 0);
  await toys.decide(id, failed, 'hana', 'amend', { input: { value: 3 } });
  const again = await toys.gate(id, 'set');
  expect(again.digest).not.toBe(first.digest);
  expect(again.plan!.counts.overwrite).toBe(0);
  await toys.decide(id, again, 'ren', 'approve');
  expect((await toys.result(id)).status).toBe('recovered');
  expect(toys.world.read('tired')).toBe(3);
});

describe('who asked', () => {
  test('is unknown without a trusted signature, and then also a change that overwrites nothing needs a gate', async () => {
    const proof = { at: new Date().toISOString(), signature: 'forged' };
    const id = await toys.start({ scenario: 'toy-set', target: 'c', input: { value: 2 }, requestedBy: 'sora', proof });
    const gate = await toys.gate(id, 'set');
    expect(gate.title.en).toContain('not proven who asked');
    expect((await toys.state(id)).requestedBy).toBe('unknown');
    await toys.decide(id, gate, 'hana', 'approve');
    expect((await toys.result(id)).status).toBe('recovered');
  });

  test('is unknown to a copy of a signed start', async () => {
    const proof = { at: new Date().toISOString(), signature: 'signed once' };
    const asked = { scenario: 'toy-set', target: 'd', input: { value: 2 }, requestedBy: 'hana', proof };
    const first = await toys.result(await toys.start(asked));
    expect(first).toMatchObject({ status: 'recovered', requestedBy: 'hana' });
    toys.world.write('d', 0);
    const id = await toys.start(asked);
    await toys.gate(id, 'set');
    expect((await toys.state(id)).requestedBy).toBe('unknown');
    await cancel(id);
    await toys.result(id);
  });

  test('is unknown where the signature is from long ago', async () => {
    const proof = { at: new Date(Date.now() - 3_600_000).toISOString(), signature: 'signed an hour ago' };
    const id = await toys.start({ scenario: 'toy-set', target: 'e', input: { value: 2 }, proof });
    await toys.gate(id, 'set');
    await cancel(id);
    await toys.result(id);
  });
});
