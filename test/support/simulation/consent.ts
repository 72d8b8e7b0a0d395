/** Whether people had agreed before something was done, judged from the plan and from what they sent, not from the ledger. */
import { defaultPolicy, whyGateIsDue } from '../../../domain/gate-policy.ts';
import { told, type Facts } from './facts.ts';
import type { Effect, Sent } from './journal.ts';

/** What a gate had to decide, and since when it can have been open. */
interface Due {
  readonly gate: string;
  readonly since: number;
  /** Of the plan that was shown; left out where the choice itself is the question. */
  readonly digest?: string;
}

/** Gates that an effect needed and did not have. */
export function missingConsent(facts: Facts, effect: Effect): string[] {
  const { journal, stories, inventory } = facts;
  const { recovery, target, plan, wayBack } = effect;
  const shown = journal.shown.find((one) => one.recovery === recovery && one.target === target && one.plan.ref === plan);
  // An act has no plan; whether people agree to it is the scenario's affair.
  if (shown === undefined) return wayBack === undefined ? [`${told(effect)} without a plan`] : [];
  const { approvals } = inventory.targets.find(({ id }) => id === target)!;
  const always = approvals[shown.gate]?.always ?? false;
  const isDue = shown.plan.needsPeople ?? whyGateIsDue(shown.plan, { ...defaultPolicy(0), always });
  const { state } = stories.find(({ runId }) => runId === recovery)!;
  const startedAt = Date.parse(state.startedAt);
  const cover = target === state.target || approvals[shown.gate] !== undefined ? undefined : shown.cover;
  const own: Due = cover?.scenarios.includes(state.scenario)
    ? { gate: cover.gate, since: startedAt }
    : { gate: shown.gate, since: shown.at, digest: shown.plan.digest };
  const due: readonly Due[] = [
    ...(isDue || state.requestedBy === 'unknown' ? [own] : []),
    ...(shown.consent === undefined ? [] : [{ gate: shown.consent, since: startedAt }]),
  ];
  return due.filter((one) => !isGiven(facts, effect, one)).map(({ gate }) => `${told(effect)} without ${gate}`);
}

/** Enough different people approved, or nobody had to in the end. */
function isGiven(
  { journal, stories, inventory }: Facts,
  { at, recovery, target }: Effect,
  { gate, since, digest }: Due,
): boolean {
  const { state } = stories.find(({ runId }) => runId === recovery)!;
  // A gate of the whole has the policy of the whole.
  const policies = [target, state.target].map((one) => inventory.targets.find(({ id }) => id === one)!.approvals[gate]);
  const policy = policies.find((one) => one !== undefined);
  const approves = ({ statement, voter, at: sentAt }: Sent): boolean =>
    sentAt <= at &&
    statement.recovery === state.id &&
    (statement.gate === gate || statement.gate.endsWith(`/${gate}`)) &&
    statement.decision === 'approve' &&
    (digest === undefined || statement.digest === digest) &&
    voter.trusted;
  const sent = journal.sent.filter(approves);
  const others = sent.filter(({ statement, voter }) => statement.by !== state.requestedBy && voter.roles.includes('approver'));
  if (new Set(others.map(({ statement }) => statement.by)).size >= (policy?.need ?? 1)) return true;
  const aloneFrom = policy?.alone === undefined ? Infinity : since + policy.alone;
  if (sent.some(({ voter, at: sentAt }) => voter.roles.includes('operator') && sentAt >= aloneFrom)) return true;
  const patience = (policy?.within ?? 0) + (policy?.then ?? []).reduce((sum, { within }) => sum + within, 0);
  return policy?.otherwise === 'proceed' && at - since >= patience;
}

/** Done by a plan whose undo was not in the open change by then. */
export function lacksWayBack({ journal }: Facts, { at, recovery, target, plan, wayBack }: Effect): boolean {
  if (wayBack !== undefined) return false;
  const isKept = journal.kept.some(
    (kept) =>
      kept.at <= at &&
      kept.recovery === recovery &&
      kept.target === target &&
      (kept.undo.input as { plan?: string }).plan === plan,
  );
  return !isKept;
}
