/** Drills: recoveries of what nobody depends on, with an injected fault and a score. */
import type { FieldError } from '../../domain/failures.ts';
import { regionDrillInput } from '../inputs/region-move.ts';
import type { TargetEntry } from '../inventory.ts';
import type { ScenarioEntry } from '../scenario-entry.ts';
import type { ServiceSettings } from '../service-settings.ts';
import { actsOn, regionFailoverEntry } from './region.ts';

/** What may be asked for as a drill, and the scenario that it is. */
export const drills = { region: 'region-drill' } as const;
export type DrillName = keyof typeof drills;

/** Undefined for what is no drill. */
export const drillOf = (scenario: string): DrillName | undefined =>
  (Object.keys(drills) as DrillName[]).find((name) => drills[name] === scenario);

/** Why a drill on this service could touch production; nothing where it cannot. */
export function refuseProduction(target: TargetEntry, all: readonly TargetEntry[]): FieldError[] {
  const touched = new Set([target.id, ...actsOn(undefined, target, all)]);
  const isSandbox = (id: string): boolean => all.some((one) => one.id === id && one.sandbox === true);
  const { drill } = target as unknown as ServiceSettings;
  return [
    ...(drill ? [] : [{ path: 'target', message: `${target.id} has no \`drill\` in the inventory` }]),
    ...[...touched]
      .filter((id) => !isSandbox(id))
      .map((id) => ({ path: 'target', message: `${id} is not declared \`sandbox: true\` in the inventory` })),
  ];
}

export const drillScenarios: readonly ScenarioEntry[] = [
  {
    ...regionFailoverEntry,
    id: 'region-drill',
    workflowType: 'regionDrill',
    title: { en: 'Drill: a region is lost', ja: '演習: リージョン障害' },
    summary: {
      en: 'On a sandbox: times the requests at home, cuts home off, moves the whole service as in an outage, times them again, lets home back, plans the way home, verifies; each criterion gets a verdict with its number.',
      ja: 'サンドボックス上で、元の側の応答を計測し、元の側を隔離し、障害時と同じくサービス全体を移し、再び計測し、隔離を解除し、戻る計画を立て、検証します。各成功基準を数値とともに判定します。',
    },
    input: regionDrillInput,
    refuseTarget: refuseProduction,
    /** Those of the move inside: people meet them there. */
    gates: [],
  },
];
