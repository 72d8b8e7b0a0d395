/** Whether an approval of the whole stands for a gate of an inner recovery. Only the signed statements behind it say so. */
import { patched, workflowInfo } from '@temporalio/workflow';
import { patientPolicy } from '../../domain/gate-policy.ts';
import { parseRecoveryId } from '../../domain/identity.ts';
import type { Text } from '../../domain/text.ts';
import { proven } from './proven.ts';
import type { Run } from './run.ts';

export const coveredByWhole: Text = {
  en: 'Covered by the approval of the whole recovery.',
  ja: '復旧全体の承認に含まれます。',
};

/**
 * A policy of the target itself wants to be asked. What nobody signed covers nothing, such as a gate that went on by itself; and a
 * statement counts in the run alone that it was made for, so that nobody can begin another one around an approval of before. Where
 * people amended a step since, the whole was approved with something else.
 */
export async function isCovered(run: Run, gate: string): Promise<boolean> {
  const { parent } = run.start;
  if (parent?.covered === undefined || run.context.gates[gate] !== undefined) return false;
  if (!parent.covered.gates.includes(gate)) return false;
  if (parseRecoveryId(parent.root)?.runId !== workflowInfo().root?.runId) return false;
  const { statements, ...asked } = parent.covered.approval;
  if (statements.length === 0) return false;
  // Asked only here: a recovery that nobody amends goes the way that it always went.
  if (run.isAmended && patched('kernel-5')) return false;
  const question = {
    ...{ ...asked, path: '', kind: 'approval' as const, title: coveredByWhole, policy: patientPolicy },
    choices: ['approve' as const, 'reject' as const],
  };
  const { kernel, requestedBy, ledger } = run;
  const prover = {
    root: parent.root,
    requestedBy: () => requestedBy,
    kernel,
    note: (sentence: Text) => ledger.note(sentence),
    used: new Set<string>(),
  };
  const outcome = await proven({ decision: 'approve', by: '', why: coveredByWhole, statements }, question, Date.now(), prover);
  return outcome?.decision === 'approve';
}
