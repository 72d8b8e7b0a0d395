/** The question at a failed step: what went wrong, what a person may do about it, and who may override a refusing safety check. */
import { z } from 'zod';
import { breakGlassPolicy, patientPolicy } from '../../domain/gate-policy.ts';
import type { ChildQuestion } from '../../domain/messages.ts';
import type { Decision } from '../../domain/recovery.ts';
import type { ToldFailure } from './ending.ts';
import { askPeople } from './gate-keeper.ts';
import type { Run } from './run.ts';

/** Without a policy of this name in the inventory a failed step waits without a deadline. */
const failedStepPolicy = 'failed-step';
const overridePolicy = 'break-glass';

interface Failed {
  readonly name: string;
  readonly attempts: number;
  readonly failure: ToldFailure;
  readonly choices: readonly Decision[];
  /** What `amend` replaces, and how it is checked. */
  readonly amend?: { readonly input: unknown; readonly schema: z.ZodType } | undefined;
  /** A safety check refuses: to skip it takes several approvers. */
  readonly breakGlass?: boolean | undefined;
}

/** Opens the gate `failed:<step>`; its digest names this failure, so that a decision about an earlier one does not count. */
export async function askAboutFailure(run: Run, { name, attempts, failure, choices, amend, breakGlass }: Failed) {
  const wait: { from: number; to?: number } = { from: Date.now() };
  run.waits.decisions.push(wait);
  const question: ChildQuestion = {
    gate: gateName(run, `failed:${name}`),
    path: run.start.parent?.path ?? '',
    kind: 'failed-step',
    title: failure.sentence,
    digest: `${gateName(run, name)}#${attempts}`,
    choices,
    error: failure,
    ...(amend && { input: amend.input ?? null, inputSchema: z.toJSONSchema(amend.schema, { io: 'input' }) }),
    ...(breakGlass && { breakGlass }),
    ...(run.storyOver && { despiteCancel: true }),
  };
  const { gates } = run.context;
  const policy = breakGlass ? (gates[overridePolicy] ?? breakGlassPolicy) : (gates[failedStepPolicy] ?? patientPolicy);
  try {
    return await askPeople(run.gates, { ...question, policy });
  } finally {
    wait.to = Date.now();
  }
}

/** A gate's name is unique in the whole recovery: a child's carries its path. */
export const gateName = (run: Run, gate: string): string => (run.start.parent ? `${run.start.parent.path}/${gate}` : gate);
