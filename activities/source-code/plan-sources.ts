/** Plans how a target's code becomes what its sources hold. Changes nothing. */
import { fail } from '../../domain/fail.ts';
import type { Plan } from '../../domain/recovery.ts';
import { decideSources, sourcePlanHead, type SourcePlan, type SourceView } from '../../domain/source-code/source-plan.ts';
import { keepWholePlan, readWholePlan } from '../records/plans.ts';
import type { Ports } from '../ports/index.ts';
import { checkedName } from '../records/checked-name.ts';
import { missingFolders } from '../tool-store/scan-store.ts';
import { requireRoot, toolStoreTarget } from '../tool-store/target.ts';
import { viewSource } from './view-sources.ts';

export interface PlanSourcesInput {
  readonly target: string;
  readonly recovery: string;
  readonly extras: 'keep' | 'move-out';
}

export async function planSources(ports: Ports, input: PlanSourcesInput, signal?: AbortSignal): Promise<Plan> {
  const target = toolStoreTarget(ports, input.target);
  await requireRoot(ports, target);
  const views: SourceView[] = [];
  for (const source of target.sources) views.push(await viewSource(ports, target, source, signal));
  const wanted = views.flatMap(({ files }) => files.map(({ path }) => path));
  const missing = (await missingFolders(ports, target, wanted)).filter((folder) =>
    wanted.some((path) => path.startsWith(`${folder}/`)),
  );
  const decision = decideSources(target.id, views, missing, input.extras === 'move-out');
  if ('blocked' in decision) {
    throw fail('target-missing', {
      en: `${decision.blocked[0]} in ${target.root} is neither a file nor a link; move it away.`,
      ja: `${target.root} の ${decision.blocked[0]} はファイルでもリンクでもありません。移動してください。`,
    });
  }
  const ref = await keepWholePlan(ports.records, checkedName(input.recovery), decision.plan);
  return sourcePlanHead(decision.plan, ref);
}

/** A kept plan, for this target. Fails: plan-changed. */
export const readSourcePlan = (ports: Ports, target: string, ref: string): Promise<SourcePlan> =>
  readWholePlan(ports.records, ref, target);
