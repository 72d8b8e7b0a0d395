/** A change: plan → show → gate → apply, with its undo kept before the first effect. */
import type { UndoCall } from '../../activities/kernel-interface.ts';
import { defaultPolicy, whyGateIsDue } from '../../domain/gate-policy.ts';
import type { Plan } from '../../domain/recovery.ts';
import type { Text } from '../../domain/text.ts';
import type { OnTarget } from './activities.ts';
import { approve } from './approval.ts';
import { attempt, type Said, type StepOptions } from './attempt.ts';
import { tellFailure } from './ending.ts';
import { isDryRun, unknownRequester, type Run } from './run.ts';
import { keepUndo } from './undo.ts';

export interface Change<R, I = undefined> {
  /** Reads only; the same world gives the same digest. */
  readonly plan: (input: I) => Promise<Plan>;
  /** Name of the gate that opens when the plan needs people. */
  readonly gate: string;
  /** Part of the target (0..1) above which people are asked even where nothing is overwritten. */
  readonly maxShare?: number;
  /** Does what the plan says; may run twice; fails with `plan-changed` when the world is no longer what the plan saw. */
  readonly apply: (plan: Plan) => Promise<Said<R>>;
  /** How to take it back, as data: it also serves the next recovery when this one is gone. */
  readonly undo: (plan: Plan) => UndoCall;
  readonly amend?: StepOptions<unknown, I>['amend'];
  /** What it means that the plan is empty; the plan's own summary when left out. */
  readonly nothing?: Text;
}

/** What a change left: the plan it followed, and its receipt unless nothing was to be done (or this is a dry run). */
export interface Changed<R, I = undefined> {
  readonly plan: Plan;
  /** As amended by people. */
  readonly input: I;
  readonly receipt?: R;
}

export async function change<R, I = undefined>(
  run: Run,
  on: OnTarget<unknown>,
  name: string,
  { plan, gate, maxShare, apply, undo, amend, nothing }: Change<R, I>,
): Promise<Changed<R, I>> {
  // Outlives a failed attempt: a retry goes on with the plan that people saw, until the world has changed.
  let agreed: Plan | undefined;
  let agreedInput: I | undefined;
  /** People approved this step with some input: another one is shown to them too. */
  let approved = false;
  run.ledger.turnPhase('change');
  const options: StepOptions<Changed<R, I>, I> = amend ? { amend } : {};
  return attempt<Changed<R, I>, I>(
    run,
    name,
    async (input) => {
      if (input !== agreedInput) agreed = undefined;
      agreedInput = input;
      for (;;) {
        const next: Plan = agreed ?? (await plan(input));
        const evidence = { digest: next.digest, ref: next.ref, counts: next.counts };
        if (next.size.items === 0) {
          return { value: { plan: next, input }, outcome: 'already-done', sentence: nothing ?? next.summary, evidence };
        }
        if (isDryRun(run)) return { value: { plan: next, input }, outcome: 'planned', sentence: would(next.summary), evidence };
        const policy = run.context.gates[gate] ?? defaultPolicy(run.context.objectives.rtoMs);
        const due = next.needsPeople ?? whyGateIsDue(next, policy, maxShare) ?? whyAskAllTheSame(run, approved);
        if (agreed === undefined && due !== undefined) {
          await approve(run, {
            gate,
            step: name,
            plan: next,
            title: { en: `${next.summary.en} ${due.en}`, ja: `${next.summary.ja} ${due.ja}` },
          });
          approved = true;
        }
        agreed = next;
        await keepUndo(run, on, { key: `${name} ${next.digest}`, step: name, call: undo(next) });
        run.applied = true;
        try {
          const said = await apply(next);
          return { ...said, value: { plan: next, input, receipt: said.value }, evidence: { ...evidence, ...said.evidence } };
        } catch (error) {
          if (tellFailure(error).code !== 'plan-changed') throw error;
          run.ledger.note(tellFailure(error).sentence);
          agreed = undefined;
        }
      }
    },
    options,
  );
}

const would = (summary: Text): Text => ({ en: `Would: ${summary.en}`, ja: `予定: ${summary.ja}` });
/** A plan that would need nobody, in a recovery that nobody is known to have asked for, or in place of one that people approved. */
function whyAskAllTheSame({ isKernel2, requestedBy }: Run, approved: boolean): Text | undefined {
  if (!isKernel2) return undefined;
  return requestedBy === unknownRequester ? requesterUnknown : approved ? approvedBefore : undefined;
}
const requesterUnknown: Text = {
  en: 'It is not proven who asked for this recovery.',
  ja: 'この復旧の依頼者が確認できません。',
};
const approvedBefore: Text = {
  en: 'It was approved before with another plan.',
  ja: '以前に別の計画で承認されています。',
};
