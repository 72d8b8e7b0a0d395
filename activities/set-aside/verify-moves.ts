/** Looks at the store after tools were moved. Changes nothing. */
import { checkMoved } from '../../domain/set-aside/moved-checks.ts';
import type { Check } from '../../domain/verification.ts';
import type { Ports } from '../ports/index.ts';
import { requireRoot, toolStoreTarget } from '../tool-store/target.ts';
import { lookAtTools } from './look-at-tools.ts';
import { readMoves } from './plan-moves.ts';

export async function verifyMoves(
  ports: Ports,
  input: { readonly target: string; readonly plan: string },
  signal?: AbortSignal,
): Promise<readonly Check[]> {
  const target = toolStoreTarget(ports, input.target);
  await requireRoot(ports, target);
  const plan = await readMoves(ports, target, input.plan);
  const { live, leftovers } = await lookAtTools(ports, target, plan.folder, signal);
  return checkMoved(plan, live, leftovers);
}
