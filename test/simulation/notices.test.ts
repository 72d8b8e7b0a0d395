/** The simulation notices: each invariant is seen to fail when what it guards is broken. */
import { describe, expect, test } from 'vitest';
import { fail } from '../../domain/fail.ts';
import { plain } from '../../domain/text.ts';
import type { Plan } from '../../domain/recovery.ts';
import type { Facts } from '../support/simulation/facts.ts';
import { invariants, judge } from '../support/simulation/invariants.ts';
import type { Journal } from '../support/simulation/journal.ts';
import { simulate, type Simulation } from '../support/simulation/simulate.ts';
import { brokenWorkflows, simulatedToys } from '../support/simulation/simulations.ts';
import type { Activities, WantedStart } from '../support/simulation/stage.ts';
import { toyStage } from '../support/simulation/toy-stage.ts';

const toys = await simulatedToys();
const broken = await simulatedToys(brokenWorkflows);
const set: WantedStart = { scenario: 'toy-set', target: 'alpha', input: { value: 5 } };
const group: WantedStart = { scenario: 'toy-group', target: 'alpha', input: { first: 'beta', second: 'gamma', value: 5 } };
const mostRuns = 150;

/** A recovery of this scenario in every run. */
const rooted = (simulation: Simulation, root: WantedStart): Simulation => ({
  ...simulation,
  stage: (dice, journal) => ({ ...toyStage(dice, journal), root }),
});

/** Runs until the invariant complains in these words; answers with the complaint. */
async function firstFault(
  invariant: string,
  words: string,
  simulation: Simulation,
  change = (facts: Facts): Facts => facts,
): Promise<string> {
  for (let seed = 1; seed <= mostRuns; seed++) {
    const { facts } = await simulate(seed, simulation);
    const fault = judge(change(facts)).find((one) => one.startsWith(`${invariant}: `) && one.includes(words));
    if (fault !== undefined) return fault;
  }
  throw new Error(`${mostRuns} runs and nobody noticed: ${invariant}, ${words}`);
}

type Tampered = (activities: Record<string, (input: unknown) => Promise<unknown>>) => Activities;
const lying = (root: WantedStart, lie: Tampered): Simulation => ({
  ...rooted(toys, root),
  tamper: (activities) => ({ ...activities, ...lie(activities as Parameters<Tampered>[0]) }),
});

/** Invariant, what it must say, the activity that lies, and the scenario where it does when not the simplest one. */
const lies: readonly (readonly [keyof typeof invariants, string, Tampered, WantedStart?])[] = [
  [
    'nothing is applied without a gate that was due',
    'without set',
    ({ planSet }) => ({
      planSet: async (input) => {
        const plan = (await planSet!(input)) as Plan;
        return { ...plan, counts: { ...plan.counts, overwrite: 0 } };
      },
    }),
  ],
  ['nothing is applied before its way back is kept', 'apply value', () => ({ openChange: () => Promise.resolve() })],
  [
    'nothing is applied twice',
    'apply value',
    ({ applySet, undoSet }) => ({
      applySet: async (input) => {
        await applySet!(input);
        await undoSet!(input);
        return applySet!(input);
      },
    }),
  ],
  [
    'every applied change is done, undone, or waits for a person',
    'apply value',
    () => ({ undoSet: () => Promise.resolve({ restored: 1 }) }),
    group,
  ],
  ['the ledger tells what happened', 'says undone, but', () => ({ undoSet: () => Promise.resolve({ restored: 1 }) }), group],
  [
    'the ledger tells what happened',
    'is done, but nothing of its plan was',
    () => ({ applySet: () => Promise.resolve({ written: 1 }), checkValue: () => Promise.resolve([sound]) }),
  ],
  ['the ledger tells what happened', 'not recorded', () => ({ recordEnd: () => Promise.resolve() })],
  [
    'the ledger tells what happened',
    'not what was told before',
    ({ recordEnd }) => ({
      recordEnd: (input) => {
        const { state, ledger } = input as { state: unknown; ledger: unknown[] };
        return recordEnd!({ state, ledger: ledger.toSpliced(2, 1) });
      },
    }),
  ],
  [
    'what was done outside the usual rules is to be reviewed',
    'leaves no review',
    () => ({ openReview: () => Promise.resolve() }),
    { scenario: 'toy-guarded', target: 'alpha', input: { value: 5 } },
  ],
  ['no vote counts that domain/gate.ts ignores', 'counts', () => ({ identifyVoter: () => Promise.resolve(anybody) })],
  [
    'a dry run touches nothing',
    'apply value',
    ({ planSet, applySet }) => ({
      planSet: async (input) => {
        const plan = (await planSet!(input)) as Plan;
        await applySet!({ ...(input as object), plan: plan.ref });
        return plan;
      },
    }),
  ],
  [
    'a recovery that is through ends as it says',
    'says recovered and failed',
    () => ({ recordEnd: () => Promise.reject(fail('unknown-target', plain('no record for this one'))) }),
  ],
];
const sound = { id: 'value', ok: true, sentence: plain('It is as it should be.') };
const anybody = { known: true, signed: true, trusted: true, roles: ['operator', 'approver'], groups: ['operations', 'admins'] };

describe('an activity that lies is noticed', () => {
  test.each(lies.map(([invariant, words, lie, root]) => [invariant, words, lie, root ?? set] as const))(
    '%s: %s',
    async (invariant, words, lie, root) => {
      expect(await firstFault(invariant, words, lying(root, lie))).toContain(words);
    },
  );
});

/** Invariant, what it must say, and the scenario of test/support/simulation/broken/ that breaks it. */
const wrong: readonly (readonly [keyof typeof invariants, string, string, object])[] = [
  ['no workflow task ever fails', 'replayed differently', 'toy-steps', { steps: 4 }],
  ['no workflow task ever fails', 'not a function', 'toy-late-change', { value: 1 }],
  ['every recovery ends or waits for a person', 'waits for nobody', 'toy-group', { first: 'beta', second: 'gamma', value: 1 }],
  ['nothing is applied or taken back while a backup is taken', 'of alpha', 'toy-every-word', { value: 1 }],
];

describe('a workflow that is wrong is noticed', () => {
  test.each(wrong)('%s: %s', async (invariant, words, scenario, input) => {
    expect(await firstFault(invariant, words, rooted(broken, { scenario, target: 'alpha', input }))).toContain(words);
  });
});

type Entry = Facts['stories'][number]['ledger'][number];

/** Invariant, what it must say, and what the ledger would have to tell for it; undefined takes the entry out. */
const untrue: readonly (readonly [keyof typeof invariants, string, (entry: Entry) => object | undefined])[] = [
  ['the ledger tells what happened', 'not numbered', (entry) => (entry.number === 3 ? undefined : entry)],
  ['the ledger tells what happened', 'back in time', (entry) => (entry.number === 3 ? { ...entry, at: '2020' } : entry)],
  [
    'the ledger tells what happened',
    'no step tells',
    (entry) => (entry.event === 'step' ? { ...entry, event: 'status' } : entry),
  ],
  [
    'the ledger tells what happened',
    'the steps are not what the entries make of them',
    (entry) => (entry.event === 'step' ? { ...entry, step: { ...entry.step, attempts: 99 } } : entry),
  ],
  ['the ledger tells what happened', 'has no end', (entry) => (entry.event === 'end' ? { ...entry, event: 'status' } : entry)],
  [
    'the ledger tells what happened',
    'was refused',
    (entry) => (entry.event === 'status' ? { ...entry, sentence: undefined } : entry),
  ],
  [
    'no gate closes but by votes, by its deadline, or with its recovery',
    'for no reason',
    (entry) =>
      entry.event === 'gate' && entry.state === 'approved'
        ? { ...entry, waiting: { ...entry.waiting, votes: [], deadline: null } }
        : entry,
  ],
];

describe('a ledger that is wrong is noticed', () => {
  test.each(untrue)('%s: %s', async (invariant, words, change) => {
    const told = (ledger: readonly Entry[]): Entry[] => ledger.flatMap((entry) => (change(entry) as Entry | undefined) ?? []);
    const changed = (facts: Facts): Facts => ({
      ...facts,
      stories: facts.stories.map((story) => ({
        ...story,
        ledger: told(story.ledger),
        record: story.record && { ...story.record, ledger: told(story.record.ledger) },
      })),
    });
    expect(await firstFault(invariant, words, rooted(toys, set), changed)).toContain(words);
  });
});

const oneNews = 'an event that people are told is one and the same';

test('other news under the id of earlier news is noticed', async () => {
  const repeated = (facts: Facts): Facts => {
    const { announced } = facts.journal;
    const again = announced.map((one) => ({ ...one, reason: 'another one' }));
    return { ...facts, journal: Object.assign(Object.create(facts.journal) as Journal, { announced: [...announced, ...again] }) };
  };
  expect(await firstFault(oneNews, '.end.', rooted(toys, set), repeated)).toContain(oneNews);
});

test('every invariant is seen to fail by a test of this file', () => {
  expect(new Set([oneNews, ...[...lies, ...wrong, ...untrue].map(([invariant]) => invariant)])).toEqual(
    new Set(Object.keys(invariants)),
  );
});
