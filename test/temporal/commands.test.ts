/**
 * The exact commands that each word of the kernel emits, on a real server. A difference here is a difference that the replay of
 * a running recovery would meet: put the new way behind `patched`, then record the histories anew (see support/record-history.ts).
 */
import { WorkflowFailedError } from '@temporalio/client';
import { describe, expect, test } from 'vitest';
import { backupWorkflowId, leaseWorkflowId } from '../../domain/identity.ts';
import { cancelUpdate } from '../../domain/messages.ts';
import type { Decision, RecoveryStatus } from '../../domain/recovery.ts';
import { phaseAttribute, statusAttribute } from '../../domain/search-attributes.ts';
import { memoOf, type StatusMemo } from '../../domain/stale.ts';
import { commandsOf, faultsOf } from '../support/histories.ts';
import { fetchHistory, recordHistory } from '../support/record-history.ts';
import { openForFile } from '../support/open-for-file.ts';
import { startToyStack, type ToyStack } from '../support/toy/stack.ts';

interface Decided {
  readonly gate: string;
  readonly by?: string;
  readonly decision: Decision;
  readonly input?: unknown;
}

interface Telling {
  /** Also the id of the target, and the name of the recorded history. */
  readonly title: string;
  readonly word: string;
  /** What the toy is before; to overwrite anything but 0 needs people. */
  readonly initially?: number;
  /** What a safety check finds. */
  readonly unsafe?: boolean;
  /** Activities that fail until somebody decided. */
  readonly fails?: readonly string[];
  readonly mode?: 'run' | 'dry-run';
  /** What people do, one after the other. */
  readonly people?: readonly Decided[];
  readonly ends: RecoveryStatus;
  /** Of the word alone; `$` stands for the target. What is held before and said at the end is the same for all. */
  readonly commands: readonly string[];
  /** Of the verification after it, and of what is settled at the end. */
  readonly closing?: readonly string[];
}

/** A new status or phase goes into the search attributes and, as everything of the ledger, into the memo. */
const turns = (to: string): string[] => [`attributes ${to}`, 'memo'];
/** The first memo is there before anything is done, the second says that the target is held. */
const patch = ['marker core_patch', 'versions ["kernel-2"]'];
const begun = [...patch, 'activity beginRecovery', 'child lease: lease/$', 'memo', 'memo'];
const verified = [...turns('running/verify'), 'memo'];
const verifiedAndClosed = [...turns('running/verify'), 'activity closeChange', 'memo'];
const ended = (status: string): string[] => [
  'activity recordEnd',
  'signal release to lease/$',
  ...turns(`${status}/end`),
  told,
  'complete',
];
/** People are told of it and reminded: the first timer is that of the reminder. */
const told = 'activity announce';
const opens = (gate: string): string[] => [told, `timer: reminder at gate ${gate}`];
const asked = [...opens('set'), ...turns('waiting/gate')];
const answered = ['accept decide', 'activity identifyVoter', 'answer'];
const gone = (phase: string): string[] => ['cancel timer', ...turns('running/gate'), ...turns(`running/${phase}`)];
const failed = (step: string, phase: string): string[] => [
  ...opens(`failed:${step}`),
  ...turns(`waiting/${phase}`),
  ...answered,
  'cancel timer',
  ...turns(`running/${phase}`),
];
/** A step that was waiting or failed is no longer so. */
const again = ['memo'];
const planned = ['activity planSet', ...turns('running/change')];
const applied = ['activity openChange', 'activity applySet', 'memo'];
const undone = ['activity undoSet', ...turns('running/undo'), 'memo', 'activity closeChange'];

const approve: Decided = { gate: 'set', by: 'ren', decision: 'approve' };
const reject: Decided = { gate: 'set', by: 'ren', decision: 'reject' };

const tellings: readonly Telling[] = [
  { title: 'nothing', word: 'nothing', ends: 'recovered', commands: [] },
  { title: 'step', word: 'step', ends: 'recovered', commands: ['activity readValue', 'memo'] },
  { title: 'act', word: 'act', ends: 'recovered', commands: ['activity pauseToy', 'memo'] },
  {
    title: 'act-with-undo',
    word: 'act-with-undo',
    ends: 'recovered',
    commands: ['activity openChange', 'activity pauseToy', 'memo'],
    closing: verifiedAndClosed,
  },
  { title: 'change', word: 'change', ends: 'recovered', commands: [...planned, ...applied], closing: verifiedAndClosed },
  { title: 'change-already-done', word: 'change', initially: 5, ends: 'recovered', commands: [...planned, 'memo'] },
  {
    title: 'change-approved',
    word: 'change',
    initially: 1,
    people: [approve],
    ends: 'recovered',
    commands: [...planned, ...asked, ...answered, ...gone('change'), ...again, ...applied],
    closing: verifiedAndClosed,
  },
  {
    title: 'change-rejected',
    word: 'change',
    initially: 1,
    people: [reject],
    ends: 'stopped',
    commands: [...planned, ...asked, ...answered, ...gone('change'), 'memo'],
  },
  {
    title: 'consent',
    word: 'consent',
    initially: 1,
    people: [approve],
    ends: 'recovered',
    commands: ['activity planSet', 'activity keepPlan', ...asked, ...answered, ...gone('begin'), ...again, 'memo'],
  },
  { title: 'wait', word: 'wait', ends: 'recovered', commands: ['timer: sit still', 'memo', 'memo'] },
  { title: 'wait-for-nothing', word: 'wait-for-nothing', ends: 'recovered', commands: ['memo'] },
  { title: 'guard', word: 'guard', ends: 'recovered', commands: ['activity checkSafe', 'memo'] },
  {
    title: 'break-glass',
    word: 'guard',
    unsafe: true,
    people: [
      { gate: 'failed:is it safe', by: 'ren', decision: 'skip' },
      { gate: 'failed:is it safe', by: 'mio', decision: 'skip' },
    ],
    ends: 'recovered',
    commands: [
      'activity checkSafe',
      ...opens('failed:is it safe'),
      ...turns('waiting/begin'),
      'accept decide',
      'activity identifyVoter',
      // One of two has said so.
      'memo',
      'answer',
      ...answered,
      'cancel timer',
      // Who did it is told to everybody else, and kept for the review.
      told,
      ...turns('running/begin'),
      'activity openReview',
      'memo',
    ],
  },
  {
    title: 'retry',
    word: 'step',
    fails: ['readValue'],
    people: [{ gate: 'failed:look', decision: 'retry' }],
    ends: 'recovered',
    commands: ['activity readValue', ...failed('look', 'begin'), 'activity readValue', ...again, 'memo'],
  },
  {
    title: 'amend',
    word: 'change',
    fails: ['planSet'],
    people: [{ gate: 'failed:set', decision: 'amend', input: { value: 6 } }],
    ends: 'recovered',
    commands: [...planned, ...failed('set', 'change'), 'activity planSet', ...again, ...applied],
    closing: verifiedAndClosed,
  },
  {
    title: 'skip',
    word: 'act-with-undo',
    fails: ['pauseToy'],
    people: [{ gate: 'failed:pause', decision: 'skip' }],
    ends: 'recovered',
    commands: ['activity openChange', 'activity pauseToy', ...failed('pause', 'begin'), 'memo'],
    closing: verifiedAndClosed,
  },
  {
    title: 'roll-back',
    word: 'change',
    fails: ['applySet'],
    people: [{ gate: 'failed:set', decision: 'roll-back' }],
    ends: 'rolled-back',
    commands: [...planned, 'activity openChange', 'activity applySet', ...failed('set', 'change'), ...undone],
  },
  {
    title: 'checklist',
    word: 'checklist',
    people: [{ gate: 'check:item', decision: 'tick' }],
    ends: 'recovered',
    commands: [...opens('check:item'), ...turns('waiting/gate'), ...answered, ...gone('begin'), 'memo'],
  },
  {
    title: 'checklist-of-two',
    word: 'checklist-of-two',
    people: [
      { gate: 'check:one', decision: 'tick' },
      { gate: 'check:two', decision: 'tick' },
    ],
    ends: 'recovered',
    commands: [
      ...opens('check:one'),
      ...opens('check:two'),
      ...turns('waiting/gate'),
      ...answered,
      // One item is ticked, and it still waits for the other.
      'cancel timer',
      'memo',
      ...answered,
      ...gone('begin'),
      'memo',
    ],
  },
  {
    title: 'verify',
    word: 'verify',
    ends: 'recovered',
    commands: ['activity checkValue', ...turns('running/verify'), 'memo'],
    // The phase is `verify` already when the second one begins.
    closing: ['memo'],
  },
  { title: 'mitigated', word: 'mitigated', ends: 'recovered', commands: ['activity checkValue', 'memo'] },
  // A note is in the ledger alone.
  { title: 'point-of-no-return', word: 'point-of-no-return', ends: 'recovered', commands: [] },
  { title: 'lost', word: 'lost', ends: 'recovered', commands: [] },
];

let toys: ToyStack;
openForFile(async (server) => {
  const outer = ['recover', 'no-return-inside', 'serving-inside', 'asks-inside', 'undone-inside'];
  const others = ['dry-run', 'cancelled', 'undo-given-up', 'left-open', 'waits', 'twenty-steps'];
  const group = ['group', 'group-first', 'group-second', 'together', 'together-one', 'together-two'];
  const inner = outer.map((target) => `${target}-inner`);
  const targets = [...tellings.map(({ title }) => title), ...outer, ...inner, ...others, ...group];
  return (toys = await startToyStack(server, targets.map((id) => `  - { id: ${id}, kind: toy }\n`).join('')));
});

const handle = (workflowId: string) => toys.client.workflow.getHandle(workflowId);
const about = (target: string, commands: readonly string[]): string[] => commands.map((line) => line.replaceAll('$', target));

async function start({
  title: target,
  word,
  initially,
  unsafe = false,
  fails = [],
  mode = 'run',
}: Omit<Telling, 'ends' | 'commands'>): Promise<string> {
  if (initially !== undefined) toys.world.write(target, initially);
  if (unsafe) toys.world.makeUnsafe(target);
  for (const activity of fails) toys.world.failures.set(`${activity} ${target}`, 'target-missing');
  return toys.start({ scenario: 'toy-word', target, input: { word }, mode });
}

async function decide(
  id: string,
  { gate, by = 'hana', decision, input }: Decided,
  stillFails: readonly string[] = [],
): Promise<void> {
  const open = await toys.gate(id, gate);
  for (const known of toys.world.failures.keys()) if (!stillFails.includes(known)) toys.world.failures.delete(known);
  await toys.decide(id, open, by, decision, input === undefined ? {} : { input });
}

/** Ends so, and says so to whoever looks without a worker: attributes and memo are those of the whole end. */
async function endsAs(workflowId: string, status: RecoveryStatus): Promise<void> {
  const state = await toys.result(workflowId);
  expect(state.status).toBe(status);
  const { memo, typedSearchAttributes: known } = await handle(workflowId).describe();
  expect([known.get(statusAttribute), known.get(phaseAttribute)]).toEqual([status, 'end']);
  expect((memo!['status'] as StatusMemo).state).toEqual(memoOf(state, '').state);
}

/** The commands of a finished workflow in whose history nothing is amiss. It is kept for replay where that is asked for. */
async function emitted(workflowId: string, name: string): Promise<string[]> {
  await recordHistory(handle(workflowId), `toys/${name}`);
  const history = await fetchHistory(handle(workflowId));
  expect(faultsOf(history)).toEqual([]);
  return commandsOf(history);
}

describe('the word alone emits exactly these commands:', () => {
  test.each(tellings)('$title', async (telling) => {
    const { title, people = [], ends, commands, closing = ends === 'recovered' ? verified : [] } = telling;
    const id = await start(telling);
    for (const one of people) await decide(id, one);
    await endsAs(id, ends);
    expect(await emitted(id, title)).toEqual(about(title, [...begun, ...commands, ...closing, ...ended(ends)]));
  });
});

describe('so does', () => {
  test('a dry run: it plans, takes no lease and applies nothing', async () => {
    const id = await start({ title: 'dry-run', word: 'change', initially: 1, mode: 'dry-run' });
    await endsAs(id, 'planned');
    expect(await emitted(id, 'dry-run')).toEqual([
      ...patch,
      'activity beginRecovery',
      ...planned,
      'memo',
      ...verified,
      'activity recordEnd',
      ...turns('planned/end'),
      'complete',
    ]);
  });

  test('a cancellation at a gate', async () => {
    const id = await start({ title: 'cancelled', word: 'change', initially: 1 });
    await toys.gate(id, 'set');
    await handle(id).executeUpdate(cancelUpdate, { args: [{ by: 'ren', reason: 'enough' }] });
    await endsAs(id, 'stopped');
    expect(await emitted(id, 'cancelled')).toEqual(
      about('cancelled', [
        ...begun,
        ...planned,
        ...asked,
        'accept cancel',
        'answer',
        ...gone('change'),
        'memo',
        ...ended('stopped'),
      ]),
    );
  });

  test('an undo that people give up on: the change stays open, the workflow fails', async () => {
    const undo = 'undoSet undo-given-up';
    const id = await start({ title: 'undo-given-up', word: 'change', fails: ['applySet', 'undoSet'] });
    await decide(id, { gate: 'failed:set', decision: 'roll-back' }, [undo]);
    await decide(id, { gate: 'failed:undo:set', decision: 'skip' });
    await expect(toys.result(id)).rejects.toBeInstanceOf(WorkflowFailedError);
    expect(await emitted(id, 'undo-given-up')).toEqual(
      about('undo-given-up', [
        ...begun,
        ...planned,
        'activity openChange',
        'activity applySet',
        ...failed('set', 'change'),
        'activity undoSet',
        ...turns('running/undo'),
        ...failed('undo:set', 'undo'),
        ...ended('failed').slice(0, -1),
        'fail changes-remain',
      ]),
    );
  });

  test('a change that an earlier recovery left open: it is undone first', async () => {
    const first = await start({ title: 'left-open', word: 'change', fails: ['applySet'] });
    await toys.gate(first, 'failed:set');
    await handle(first).terminate('the host burns');
    toys.world.failures.clear();
    await expect.poll(async () => (await handle(leaseWorkflowId('left-open')).describe()).status.name).toBe('TERMINATED');
    const id = await start({ title: 'left-open', word: 'nothing' });
    await endsAs(id, 'recovered');
    expect(await emitted(id, 'left-open')).toEqual(
      about('left-open', [
        ...patch,
        'activity beginRecovery',
        'child lease: lease/$',
        'memo',
        // What was open is read anew once the target is held.
        'activity beginRecovery',
        'memo',
        'activity undoSet',
        'activity closeChange',
        'memo',
        ...verified,
        ...ended('recovered'),
      ]),
    );
  });
});

describe('a recovery inside another', () => {
  const innerBegun = [
    ...patch,
    ...['marker core_patch', 'versions ["kernel-2","kernel-6"]'],
    ...begun.slice(patch.length).map((line) => line.replace('$', '$-inner')),
  ];
  /** Only the root tells people. */
  const innerEnded = (status: string): string[] =>
    ended(status).flatMap((line) => (line === told ? [] : [line.replace('$', '$-inner')]));
  const toParent = 'signal childFinished to recovery/$';
  const starts = 'child toyWord: recovery/$/inner';
  const settles = 'signal settle to recovery/$/inner';
  const between = (least: number, most: number): unknown => expect.toSatisfy((n: number) => n >= least && n <= most);

  const atMost = (most: number): unknown => between(1, most);

  /**
   * Both sides. What happens while a report is under way goes into the next one, so their number and their places among the other
   * commands depend on the load; and what the root hears in one breath goes into one memo.
   */
  async function emittedByBoth(id: string, target: string, name = 'inner') {
    const inner = await emitted(`${id}/${name}`, `${target}.${name}`);
    const outer = await emitted(id, target);
    const report = `signal childReport to ${id}`;
    return {
      outer: outer.filter((line) => line !== 'memo'),
      memos: outer.filter((line) => line === 'memo').length,
      inner: inner.filter((line) => line !== report),
      reports: inner.filter((line) => line === report).length,
    };
  }
  /** The outer one's, whose memos are counted apart. */
  const aboutOuter = (target: string, commands: readonly string[]): string[] =>
    about(target, commands).filter((line) => line !== 'memo');

  test('tells every step, then that it is through, and ends with the last word of its parent', async () => {
    const id = await start({ title: 'recover', word: 'recover' });
    await endsAs(id, 'recovered');
    expect(await emittedByBoth(id, 'recover')).toEqual({
      outer: aboutOuter('recover', [...begun, starts, ...verified, settles, ...ended('recovered')]),
      // The root hears of three steps done, then says so of its own.
      memos: between(6, 9),
      inner: about('recover', [
        ...innerBegun,
        ...planned,
        ...applied,
        ...verifiedAndClosed,
        toParent,
        ...innerEnded('recovered'),
      ]),
      // Begun, done, of three steps: one ends as the next begins.
      reports: atMost(4),
    });
  });

  test('tells that there is no way back', async () => {
    const id = await start({ title: 'no-return-inside', word: 'recover-past-no-return' });
    await endsAs(id, 'recovered');
    expect(await emittedByBoth(id, 'no-return-inside')).toEqual({
      outer: aboutOuter('no-return-inside', [...begun, starts, ...verified, settles, ...ended('recovered')]),
      memos: between(6, 8),
      inner: about('no-return-inside', [...innerBegun, ...verified, toParent, ...innerEnded('recovered')]),
      reports: atMost(3),
    });
  });

  test('tells its parent that users can be led there', async () => {
    const id = await start({ title: 'serving-inside', word: 'recover-serving' });
    await endsAs(id, 'recovered');
    const { inner } = await emittedByBoth(id, 'serving-inside');
    const serves = ['marker core_patch', 'versions ["kernel-2","kernel-4","kernel-6"]', 'signal childServes to recovery/$'];
    expect(inner).toEqual(about('serving-inside', [...innerBegun, ...serves, ...verified, toParent, ...innerEnded('recovered')]));
  });

  test('asks people through its root, which owns the gate and its deadline', async () => {
    toys.world.write('asks-inside-inner', 1);
    const id = await start({ title: 'asks-inside', word: 'recover' });
    await decide(id, { ...approve, gate: 'inner/set' });
    await endsAs(id, 'recovered');
    expect(await emittedByBoth(id, 'asks-inside')).toEqual({
      outer: aboutOuter('asks-inside', [
        ...begun,
        starts,
        ...opens('inner/set'),
        ...turns('waiting/begin'),
        ...answered,
        'cancel timer',
        ...turns('running/begin'),
        'signal gateOutcome to recovery/$/inner',
        ...verified,
        settles,
        ...ended('recovered'),
      ]),
      memos: between(9, 14),
      inner: about('asks-inside', [
        ...innerBegun,
        ...planned,
        ...turns('running/gate'),
        // What the root answers is proven by the statements behind it.
        'activity identifyVoter',
        ...turns('running/change'),
        ...again,
        ...applied,
        ...verifiedAndClosed,
        toParent,
        ...innerEnded('recovered'),
      ]),
      // As without a gate, and two for waiting and running again.
      reports: atMost(6),
    });
  });

  test('is undone with the one around it', async () => {
    const id = await start({ title: 'undone-inside', word: 'recover-and-look', fails: ['readValue'] });
    await decide(id, { gate: 'failed:look', decision: 'roll-back' });
    await endsAs(id, 'rolled-back');
    expect(await emittedByBoth(id, 'undone-inside')).toEqual({
      outer: aboutOuter('undone-inside', [
        ...begun,
        starts,
        'activity readValue',
        ...failed('look', 'begin'),
        settles,
        ...turns('running/undo'),
        ...ended('rolled-back'),
      ]),
      memos: between(8, 13),
      inner: about('undone-inside', [
        ...innerBegun,
        ...planned,
        ...applied,
        ...verifiedAndClosed,
        toParent,
        'activity undoSet',
        ...turns('running/undo'),
        'memo',
        ...innerEnded('rolled-back'),
      ]),
      reports: atMost(5),
    });
  });

  test('is one of two that run side by side', async () => {
    const id = await start({ title: 'together', word: 'recover-together' });
    await endsAs(id, 'recovered');
    const { outer } = await emittedByBoth(id, 'together', 'one');
    const begins = ['child toyWord: recovery/$/one', 'child toyWord: recovery/$/two'];
    const settling = ['signal settle to recovery/$/one', 'signal settle to recovery/$/two'];
    const wanted = aboutOuter('together', [...begun, ...begins, ...verified, ...settling, ...ended('recovered')]);
    // The one that is through first hears its last word first.
    const inOrder = (lines: readonly string[]): string[] => {
      const last = lines.filter((line) => line.startsWith('signal settle')).toSorted();
      return lines.map((line) => (line.startsWith('signal settle') ? last.shift()! : line));
    };
    expect(inOrder(outer)).toEqual(wanted);
  });

  test('is one of two on a second level, each on its own target', async () => {
    toys.world.write('group-second', 1);
    const input = { first: 'group-first', second: 'group-second', value: 3 };
    const id = await toys.start({ scenario: 'toy-group', target: 'group', input });
    await decide(id, { ...approve, gate: 'second/set' });
    await endsAs(id, 'recovered');
    const children = (await emitted(id, 'group')).filter((line) => line.startsWith('child '));
    expect(children).toEqual([
      'child lease: lease/group',
      'child toySet: recovery/group/first',
      'child toySet: recovery/group/second',
    ]);
    for (const child of ['first', 'second']) {
      expect(await emitted(`${id}/${child}`, `group.${child}`)).toContain(`child lease: lease/group-${child}`);
    }
  });
});

describe('a target that is held', () => {
  test('is given by a backup to a recovery and taken back afterwards; the lease tells each of the other', async () => {
    let taken = 0;
    toys.world.hooks.set('takeToy', () => (taken++ === 0 ? undefined : 'done'));
    const backup = await toys.startBackup('waits', 'b1');
    await expect.poll(() => taken).toBe(1);
    const firstLease = (await handle(leaseWorkflowId('waits')).describe()).runId;
    const id = await start({ title: 'waits', word: 'change' });
    await endsAs(id, 'recovered');
    await backup.result();
    expect(taken).toBe(2);
    const taking = await emitted(id, 'takes-over');
    expect(taking).toContain('signal wantLease to lease/waits');
    expect(taking).toContain('timer: answer of lease/waits');
    expect(await emitted(backupWorkflowId('b1'), 'backup')).toContain('cancel activity');
    const lease = toys.client.workflow.getHandle(leaseWorkflowId('waits'), firstLease);
    await recordHistory(lease, 'toys/lease');
    // Whoever waits may ask more than once.
    const signals = new Set(commandsOf(await fetchHistory(lease)).filter((line) => line.startsWith('signal')));
    expect([...signals]).toEqual([
      'signal leaseHeld to recovery/waits',
      'signal pleaseYield to backup/b1',
      'signal leaseFree to recovery/waits',
    ]);
  });
});

describe('twenty steps', () => {
  test('take one activity and one memo each, and stay far below the 2,000 events that a recovery may have', async ({
    annotate,
  }) => {
    const id = await toys.start({ scenario: 'toy-steps', target: 'twenty-steps', input: { steps: 20 } });
    await endsAs(id, 'recovered');
    await recordHistory(handle(id), 'toys/twenty-steps');
    const history = await fetchHistory(handle(id));
    const step = ['activity nothing', 'memo'];
    expect(commandsOf(history)).toEqual(
      about('twenty-steps', [...begun, ...Array.from({ length: 20 }, () => step).flat(), ...verified, ...ended('recovered')]),
    );
    expect(history.events.length).toBeLessThan(300);
    await annotate(
      `A recovery of 20 steps has ${history.events.length} events, ${JSON.stringify(history).length} bytes as JSON.`,
    );
  });
});
