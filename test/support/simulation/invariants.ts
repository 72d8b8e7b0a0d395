/** What must be true after every run, whatever happened in it; each answers with what is wrong. */
import { isDeepStrictEqual } from 'node:util';
import { defaultPolicy, whyGateIsDue, type GatePolicy } from '../../../domain/gate-policy.ts';
import { hasEnded } from '../../../domain/recovery.ts';
import type { Facts, Story } from './facts.ts';
import type { Effect } from './journal.ts';
import { strayVotes, unfoundedClosings } from './votes.ts';

export type Invariant = (facts: Facts) => readonly string[];

export const invariants: Readonly<Record<string, Invariant>> = {
  'no workflow task ever fails': ({ taskFailures }) => taskFailures,

  'nothing is applied without a gate that was due': (facts) =>
    applied(facts).flatMap((effect) => missingConsent(facts, effect).map((gate) => `${told(effect)} without ${gate}`)),

  'nothing is applied before its way back is kept': ({ journal, ...facts }) =>
    applied({ journal, ...facts })
      .filter(
        ({ at, recovery, target, plan, wayBack }) =>
          wayBack === undefined &&
          !journal.kept.some(
            (kept) => kept.at <= at && kept.recovery === recovery && kept.target === target && isWayBack(kept.undo.input, plan),
          ),
      )
      .map(told),

  'nothing is applied twice': ({ journal }) =>
    journal.effects
      .filter((effect, n) => effect.kind === 'apply' && isDoneAlready(journal.effects.slice(0, n), effect))
      .map(told),

  'every applied change is done, undone, or waits for a person': (facts) =>
    leftOvers(facts)
      .filter((effect) => !isAccountedFor(facts, effect))
      .map((effect) => `${told(effect)} is left over`),

  'no vote counts that domain/gate.ts ignores': (facts) => facts.stories.flatMap((story) => strayVotes(facts, story)),

  'no gate closes but by votes, by its deadline, or with its recovery': (facts) => facts.stories.flatMap(unfoundedClosings),

  'what was done outside the usual rules is to be reviewed': ({ stories, reviews }) =>
    stories.flatMap((story) =>
      unusualGates(story)
        .filter((gate) => !reviews.some((review) => review.recovery === story.state.id && gate.endsWith(review.gate)))
        .map((gate) => `${story.state.id}: ${gate} leaves no review`),
    ),

  'an event that people are told is one and the same': ({ journal: { announced } }) =>
    announced
      .filter((one, n) => announced.slice(0, n).some(({ event, ...other }) => event === one.event && !isSameNews(other, one)))
      .map(({ event }) => event),

  'the ledger tells what happened': (facts) => facts.stories.flatMap((story) => untold(facts, story)),

  'nothing is applied or taken back while a backup is taken': ({ journal }) =>
    journal.effects.filter(({ kind, duringBackup }) => kind !== 'by hand' && duringBackup).map(told),

  'a dry run touches nothing': ({ journal, stories }) =>
    stories
      .filter(({ state }) => state.mode === 'dry-run')
      .flatMap(({ runId }) => journal.effects.filter((effect) => effect.recovery === runId).map(told)),

  'every recovery ends or waits for a person': ({ stories }) =>
    stories
      .filter(({ ended, state }) => ended === 'open' && state.waitingFor.length === 0)
      .map(({ state }) => `${state.id} is ${state.status} and waits for nobody`),

  'a recovery that is through ends as it says': ({ stories }) =>
    stories
      .filter(
        ({ ended, state }) =>
          (ended === 'completed' && (!hasEnded(state.status) || state.status === 'failed')) ||
          (ended === 'failed' && state.status !== 'failed'),
      )
      .map(({ ended, state }) => `${state.id} says ${state.status} and ${ended}`),
};

/** Every sentence about what is wrong, with the invariant that it breaks. */
export const judge = (facts: Facts): string[] =>
  Object.entries(invariants)
    // Where a task failed the story is not told to its end.
    .filter((_, n) => n === 0 || facts.taskFailures.length === 0)
    .flatMap(([name, invariant]) => invariant(facts).map((fault) => `${name}: ${fault}`));

const told = ({ kind, recovery, target, thing, before, after, at }: Effect): string =>
  `${kind} ${thing} of ${target} ${JSON.stringify(before)} → ${JSON.stringify(after)} by ${recovery} at ${new Date(at).toISOString()}`;

const applied = ({ journal }: Pick<Facts, 'journal'>): Effect[] => journal.effects.filter(({ kind }) => kind === 'apply');

/** Gates that an effect needed and did not have, judged from the plan and from what people sent, not from the ledger. */
function missingConsent({ journal, stories, inventory }: Facts, { at, recovery, target, plan, wayBack }: Effect): string[] {
  const shown = journal.shown.find((one) => one.recovery === recovery && one.target === target && one.plan.ref === plan);
  if (shown === undefined) return wayBack === undefined ? ['a plan'] : [];
  const story = stories.find(({ runId }) => runId === recovery)!;
  const approvals = inventory.targets.find(({ id }) => id === target)!.approvals;
  const missing = (gate: string, since: number, digest?: string): boolean => {
    const policy = approvals[gate];
    const voters = journal.sent.filter(
      ({ statement, voter, at: sentAt }) =>
        sentAt <= at &&
        statement.recovery === story.state.id &&
        (statement.gate === gate || statement.gate.endsWith(`/${gate}`)) &&
        statement.decision === 'approve' &&
        (digest === undefined || statement.digest === digest) &&
        voter.trusted &&
        voter.known,
    );
    const alone = policy?.alone !== undefined && isAlone(voters, since + policy.alone);
    const others = voters.filter(
      ({ statement, voter }) => statement.by !== story.state.requestedBy && voter.roles.includes('approver'),
    );
    if (alone || new Set(others.map(({ statement }) => statement.by)).size >= (policy?.need ?? 1)) return false;
    const patience = (policy?.within ?? 0) + (policy?.then ?? []).reduce((sum, { within }) => sum + within, 0);
    return policy?.otherwise !== 'proceed' || at - since < patience;
  };
  const always = approvals[shown.gate]?.always ?? false;
  const due = shown.plan.needsPeople ?? whyGateIsDue(shown.plan, { ...defaultPolicy(0), always } satisfies GatePolicy);
  const isUnknown = story.state.requestedBy === 'unknown';
  return [
    ...((due !== undefined || isUnknown) && missing(shown.gate, shown.at, shown.plan.digest) ? [shown.gate] : []),
    ...(shown.consent !== undefined && missing(shown.consent, Date.parse(story.state.startedAt)) ? [shown.consent] : []),
  ];
}

const isAlone = (voters: Facts['journal']['sent'], from: number): boolean =>
  voters.some(({ statement, voter }) => voter.roles.includes('operator') && Date.parse(statement.at) >= from);

const isSameNews = (a: object, { event: _event, ...b }: Facts['journal']['announced'][number]): boolean =>
  isDeepStrictEqual(a, b);

/** Gates that one operator decided alone, and safety checks that people overrode. */
const unusualGates = ({ ledger }: Story): string[] =>
  ledger.flatMap((entry) => {
    if (entry.event !== 'gate' || entry.state === 'open') return [];
    const { votes, need, breakGlass } = entry.waiting;
    const overridden = breakGlass && votes.filter(({ decision }) => decision === 'skip').length >= need;
    return overridden || / approve, alone: /.test(entry.sentence.en) ? [entry.gate] : [];
  });

/** The undo names the plan that it takes back. */
const isWayBack = (input: unknown, plan: string): boolean => (input as { plan?: string } | undefined)?.plan === plan;

/** Whether the same was done for the same recovery before, and nobody took it back or changed it since. */
function isDoneAlready(earlier: readonly Effect[], effect: Effect): boolean {
  const last = earlier.findLast(({ target, thing }) => target === effect.target && thing === effect.thing);
  return last?.kind === 'apply' && last.plan === effect.plan && last.recovery === effect.recovery;
}

/** Applied, and neither taken back nor overwritten by somebody else since. Acts that keep no way back are left out. */
function leftOvers({ journal }: Facts): Effect[] {
  const last = new Map<string, Effect>();
  for (const effect of journal.effects) {
    const key = `${effect.target} ${effect.thing}`;
    if (effect.kind === 'apply' && effect.before !== effect.after) last.set(key, effect);
    else last.delete(key);
  }
  return [...last.values()].filter(
    ({ wayBack, recovery, target }) =>
      wayBack === undefined ||
      journal.kept.some((kept) => kept.recovery === recovery && kept.target === target && kept.undo.activity === wayBack),
  );
}

/** Done by a recovery that was verified after it, or kept as an open change for the next one, or its recovery waits for people. */
function isAccountedFor({ journal, stories, openChange }: Facts, { recovery, target, at }: Effect): boolean {
  const own = stories.find(({ runId }) => runId === recovery)!;
  if (own.state.status === 'recovered' && own.ended !== 'terminated') return true;
  if (
    own.ended === 'terminated' &&
    journal.closed.some((one) => one.recovery === recovery && one.target === target && one.at >= at)
  )
    return true;
  if (own.ended === 'open') return own.state.waitingFor.length > 0;
  const recovered = stories.some(
    ({ state }) =>
      state.status === 'recovered' && Date.parse(state.endedAt!) >= at && (state.target === target || own.state.id === state.id),
  );
  if (recovered) return true;
  const mayLeave = own.ended === 'terminated' || own.state.status === 'failed';
  return mayLeave && openChange(target) !== undefined;
}

function untold({ journal, openChange }: Facts, { runId, state, ledger, record, ended }: Story): string[] {
  const faults: string[] = [];
  const say = (fault: string): void => void faults.push(`${state.id}: ${fault}`);
  if (ledger.some(({ number }, n) => number !== n + 1)) say('entries are not numbered one by one');
  if (ledger.some(({ at }, n) => n > 0 && at < ledger[n - 1]!.at)) say('entries go back in time');
  const steps = new Map(
    ledger.flatMap((entry) => (entry.event === 'step' ? [[`${entry.step.path}\n${entry.step.name}`, entry.step]] : [])),
  );
  if (!isDeepStrictEqual([...steps.values()], state.steps)) say('the steps are not what the entries make of them');
  if (ended === 'completed' && record === undefined) say('its end is not recorded');
  if (record && !isDeepStrictEqual(record.ledger, ledger.slice(0, record.ledger.length)))
    say('the record is not what was told before');
  if (record && !record.ledger.some(({ event }) => event === 'end')) say('the record has no end');

  const effects = journal.effects.filter((effect) => effect.recovery === runId);
  for (const effect of effects) {
    const tellers = ledger.filter(
      (entry) =>
        entry.event === 'step' && !['planned', 'skipped'].includes(entry.step.outcome) && Date.parse(entry.at) <= effect.at,
    );
    if (tellers.length === 0) say(`no step tells of ${told(effect)}`);
  }
  const undone = state.steps.filter(({ outcome }) => outcome === 'undone');
  if (undone.length > 0 && ended === 'completed' && ['rolled-back', 'stopped'].includes(state.status)) {
    for (const effect of leftOvers({ journal } as Facts).filter(({ recovery }) => recovery === runId)) {
      if (openChange(effect.target)?.recovery !== state.id) say(`says undone, but ${told(effect)} is still there`);
    }
  }
  for (const { evidence, outcome, name } of state.steps) {
    const shown = journal.shown.find((one) => one.recovery === runId && one.plan.digest === evidence?.['digest']);
    if (!shown || outcome !== 'done') continue;
    // Somebody may have done by hand what the plan says.
    if (!journal.effects.some(({ at, target, plan }) => target === shown.target && (plan === shown.plan.ref || at >= shown.at)))
      say(`${name} is done, but nothing of its plan was`);
  }
  const sentences = new Set(ledger.flatMap((entry) => ('sentence' in entry && entry.sentence ? [entry.sentence.en] : [])));
  for (const { statement, answer, to } of journal.sent) {
    if (to !== runId || answer?.how !== 'refused') continue;
    if (!sentences.has(String(answer.value)) && !String(answer.value).includes('Activity task failed'))
      say(`nothing tells that ${statement.by} was refused: ${String(answer.value)}`);
  }
  return faults;
}
