/** A ledger held against what happened: whole, in order, nothing left out, nothing made up. */
import { isDeepStrictEqual } from 'node:util';
import type { LedgerEntry, Step } from '../../../domain/recovery.ts';
import { told, type Facts, type Story } from './facts.ts';
import { leftOvers } from './left-overs.ts';

export const untold = (facts: Facts, story: Story): string[] =>
  [...inItself(story), ...ofItsRecord(story), ...ofEffects(facts, story), ...ofRefusals(facts, story)].map(
    (fault) => `${story.state.id}: ${fault}`,
  );

const stepsOf = (ledger: readonly LedgerEntry[]) => ledger.flatMap((entry) => (entry.event === 'step' ? [entry] : []));

function* inItself({ ledger, state }: Story): Generator<string> {
  if (ledger.some(({ number }, n) => number !== n + 1)) yield 'the entries are not numbered one by one';
  if (ledger.some(({ at }, n) => n > 0 && at < ledger[n - 1]!.at)) yield 'the entries go back in time';
  const steps = new Map(stepsOf(ledger).map(({ step }) => [`${step.path}\n${step.name}`, step]));
  if (!isDeepStrictEqual([...steps.values()], state.steps)) yield 'the steps are not what the entries make of them';
}

function* ofItsRecord({ ledger, record, ended }: Story): Generator<string> {
  if (record === undefined) {
    if (ended === 'completed') yield 'its end is not recorded';
    return;
  }
  if (!isDeepStrictEqual(record.ledger, ledger.slice(0, record.ledger.length))) yield 'its record is not what was told before';
  if (record.ledger.every(({ event }) => event !== 'end')) yield 'its record has no end';
}

function* ofEffects(facts: Facts, { runId, state, ledger, ended }: Story): Generator<string> {
  const { journal, openChange } = facts;
  for (const effect of journal.effects) {
    if (effect.recovery !== runId) continue;
    const isTold = stepsOf(ledger).some(({ at, step }) => Date.parse(at) <= effect.at && !isIdle(step));
    if (!isTold) yield `no step tells of ${told(effect)}`;
  }
  if (ended === 'completed' && state.steps.some(({ outcome }) => outcome === 'undone')) {
    for (const effect of leftOvers(facts)) {
      const isHere = effect.recovery === runId && state.status !== 'recovered';
      if (isHere && openChange(effect.target) === undefined) yield `it says undone, but ${told(effect)} is still there`;
    }
  }
  for (const { evidence, outcome, name } of state.steps) {
    const shown = journal.shown.find((one) => one.recovery === runId && one.plan.digest === evidence?.['digest']);
    if (shown === undefined || outcome !== 'done') continue;
    // Somebody may have done by hand what the plan says.
    const isDone = journal.effects.some(
      ({ at, target, plan }) => target === shown.target && (plan === shown.plan.ref || at >= shown.at),
    );
    if (!isDone) yield `${name} is done, but nothing of its plan was`;
  }
}

const isIdle = ({ outcome }: Step): boolean => outcome === 'planned' || outcome === 'skipped';

/** What the validator refuses leaves no trace; everything else that is refused is told, unless the vote could not even be looked at. */
function* ofRefusals({ journal }: Facts, { runId, ledger }: Story): Generator<string> {
  const sentences = new Set(ledger.flatMap((entry) => ('sentence' in entry && entry.sentence ? [entry.sentence.en] : [])));
  for (const { statement, answer, to } of journal.sent) {
    if (to !== runId || answer?.how !== 'refused') continue;
    const why = String(answer.value);
    if (!sentences.has(why) && why !== 'Activity task failed') yield `nothing tells that ${statement.by} was refused: ${why}`;
  }
}
