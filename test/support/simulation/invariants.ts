/** What must be true after every run, whatever happened in it; each answers with what is wrong. */
import { hasEnded } from '../../../domain/recovery.ts';
import { missingConsent, lacksWayBack } from './consent.ts';
import { told, type Facts, type Story } from './facts.ts';
import type { Effect } from './journal.ts';
import { isAccountedFor, leftOvers } from './left-overs.ts';
import { untold } from './truth.ts';
import { twoUnderOneEvent, unreviewed } from './unusual.ts';
import { strayVotes, unfoundedClosings } from './votes.ts';

export type Invariant = (facts: Facts) => readonly string[];

export const invariants = {
  'no workflow task ever fails': ({ taskFailures }) => taskFailures,
  'nothing is applied without a gate that was due': (facts) => applied(facts).flatMap((effect) => missingConsent(facts, effect)),
  'nothing is applied before its way back is kept': (facts) => tell(applied(facts), (effect) => lacksWayBack(facts, effect)),
  'nothing is applied twice': (facts) => tell(applied(facts), (effect) => isDoneAlready(facts, effect)),
  'every applied change is done, undone, or waits for a person': (facts) =>
    tell(leftOvers(facts), (effect) => !isAccountedFor(facts, effect)),
  'no vote counts that domain/gate.ts ignores': (facts) => facts.stories.flatMap((story) => strayVotes(facts, story)),
  'no gate closes but by votes, by its deadline, or with its recovery': ({ stories }) => stories.flatMap(unfoundedClosings),
  'what was done outside the usual rules is to be reviewed': (facts) =>
    facts.stories.flatMap((story) => unreviewed(facts, story)),
  'an event that people are told is one and the same': twoUnderOneEvent,
  'the ledger tells what happened': (facts) => facts.stories.flatMap((story) => untold(facts, story)),
  'nothing is applied or taken back while a backup is taken': ({ journal }) =>
    tell(journal.effects, ({ kind, duringBackup }) => kind !== 'by hand' && duringBackup),
  'a dry run touches nothing': ({ journal, stories }) =>
    tell(journal.effects, ({ recovery }) => stories.some(({ runId, state }) => runId === recovery && state.mode === 'dry-run')),
  'every recovery ends or waits for a person': ({ stories }) =>
    stories.filter(waitsForNobody).map(({ state }) => `${state.id} is ${state.status} and waits for nobody`),
  'a recovery that is through ends as it says': ({ stories }) =>
    stories.filter(endsOtherwise).map(({ ended, state }) => `${state.id} says ${state.status} and ${ended}`),
} as const satisfies Readonly<Record<string, Invariant>>;

/** Every sentence about what is wrong, with the invariant that it breaks. Where a task failed, no story is told to its end. */
export function judge(facts: Facts): string[] {
  if (facts.taskFailures.length > 0) return facts.taskFailures.map((fault) => `no workflow task ever fails: ${fault}`);
  return Object.entries(invariants).flatMap(([name, invariant]) => invariant(facts).map((fault) => `${name}: ${fault}`));
}

const applied = ({ journal }: Facts): readonly Effect[] => journal.effects.filter(({ kind }) => kind === 'apply');

const tell = (effects: readonly Effect[], isWrong: (effect: Effect) => boolean): string[] => effects.filter(isWrong).map(told);

/** Whether the same was done for the same recovery before, and nobody took it back or changed it since. */
function isDoneAlready({ journal: { effects } }: Facts, effect: Effect): boolean {
  const earlier = effects.slice(0, effects.indexOf(effect));
  const last = earlier.findLast(({ target, thing }) => target === effect.target && thing === effect.thing);
  return last?.kind === 'apply' && last.plan === effect.plan && last.recovery === effect.recovery;
}

const waitsForNobody = ({ ended, state }: Story): boolean => ended === 'open' && state.waitingFor.length === 0;

const endsOtherwise = ({ ended, state }: Story): boolean =>
  ended === 'completed' ? !hasEnded(state.status) || state.status === 'failed' : ended === 'failed' && state.status !== 'failed';
