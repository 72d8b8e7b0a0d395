/** Tools that are lost or damaged come back from a backup. */
import { toolRestoreInput } from '../inputs/tool-restore.ts';
import { toolStoreLossInput } from '../inputs/tool-store-loss.ts';
import { minutes, type ScenarioEntry } from '../scenario-entry.ts';

const restoreGates = [
  { id: 'suspect-backup', title: { en: 'Use a backup that may hold the damage', ja: '損傷を含む疑いのあるバックアップの使用' } },
  { id: 'restore', title: { en: 'Overwrite or crowd live tools', ja: '現在のツールの上書き・上限超過' } },
] as const;

export const toolStoreScenarios: readonly ScenarioEntry[] = [
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
