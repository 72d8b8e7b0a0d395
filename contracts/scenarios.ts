/** THE REGISTRY: every scenario that can be run, with what API, CLI, worker and documents need to know of it. */
import type { z } from 'zod';
import type { Text } from '../domain/text.ts';
import type { TargetEntry } from './inventory.ts';
import { toolRestoreInput } from './inputs/tool-restore.ts';
import { toolStoreLossInput } from './inputs/tool-store-loss.ts';

export interface ScenarioEntry {
  readonly id: string;
  /** Name of the exported workflow function: the id in camelCase. */
  readonly workflowType: string;
  readonly title: Text;
  /** What it does, in order, in one breath. */
  readonly summary: Text;
  readonly input: z.ZodType;
  /** Kinds of target it can run on. */
  readonly kinds: readonly string[];
  /** Defaults in milliseconds, overridable per target. */
  readonly objectives: { readonly rtoMs: number; readonly rpoMs: number };
  /** Further targets it acts on beside its own, such as the members of a service; it holds them all from its start. */
  readonly actsOn?: (input: unknown, target: TargetEntry) => readonly string[];
  /** After an end, the same scenario on the same target needs an acknowledgement for so long; a target's own `coolDown` counts more. */
  readonly coolDownMs?: number;
  /** Gates it may open; the inventory's `approvals` may name these. */
  readonly gates: readonly { readonly id: string; readonly title: Text }[];
}

const minutes = (n: number): number => n * 60_000;

const restoreGates = [
  { id: 'suspect-backup', title: { en: 'Use a backup that may hold the damage', ja: '損傷を含む疑いのあるバックアップの使用' } },
  { id: 'restore', title: { en: 'Overwrite or crowd live tools', ja: '現在のツールの上書き・上限超過' } },
] as const;

export const scenarios: readonly ScenarioEntry[] = [
  {
    id: 'tool-store-loss',
    workflowType: 'toolStoreLoss',
    title: { en: 'Tool store lost', ja: '全ツール定義ファイルの消失' },
    summary: {
      en: 'Stops the agent, protects what is left, chooses the newest verified backup from before the damage, plans, asks where anything is overwritten, restores, starts the agent, looks for write-backs, verifies.',
      ja: 'エージェントを停止し、残った物を保護し、損傷前の最新の検証済みバックアップを選び、計画し、上書きがあれば承認を求め、復元し、エージェントを起動し、書き戻しを調べ、検証します。',
    },
    input: toolStoreLossInput,
    kinds: ['tool-store'],
    objectives: { rtoMs: minutes(15), rpoMs: minutes(24 * 60) },
    gates: restoreGates,
  },
  {
    id: 'tool-restore',
    workflowType: 'toolRestore',
    title: { en: 'Restore single tools', ja: '特定ツールの復元' },
    summary: {
      en: 'Brings back one or several tools from a named or the newest verified backup, leaving every other tool alone.',
      ja: '指定した、または最新の検証済みバックアップから一部のツールだけを復元します。',
    },
    input: toolRestoreInput,
    kinds: ['tool-store'],
    objectives: { rtoMs: minutes(60), rpoMs: minutes(60) },
    gates: restoreGates,
  },
];

export const scenarioById = (id: string, registry: readonly ScenarioEntry[] = scenarios): ScenarioEntry | undefined =>
  registry.find((scenario) => scenario.id === id);
