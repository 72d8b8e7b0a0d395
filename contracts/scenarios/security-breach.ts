/** Somebody was inside: isolate, keep the evidence, come back from before. */
import { securityBreachInput } from '../inputs/security-breach.ts';
import { minutes, type ScenarioEntry } from '../scenario-entry.ts';

export const securityBreachScenarios: readonly ScenarioEntry[] = [
  {
    id: 'security-breach',
    workflowType: 'securityBreach',
    title: { en: 'Security breach suspected', ja: 'セキュリティ侵害の疑い' },
    summary: {
      en: 'Preserves evidence, stops the agent, examines every tool, plans the quarantine for two people, isolates, waits for the investigation, recovers from a backup older than the breach without what is suspicious, brings code from git, starts the agent, verifies that nothing unknown is left.',
      ja: '証拠を保全し、エージェントを停止し、全ツールを検査し、隔離を計画して 2 人の承認を得て隔離し、調査を待ち、侵害前のバックアップから疑わしい物を除いて復旧し、コードを git から取得し、エージェントを起動し、不明な物が残っていないことを検証します。',
    },
    input: securityBreachInput,
    kinds: ['tool-store'],
    objectives: { rtoMs: minutes(15), rpoMs: minutes(24 * 60) },
    gates: [
      { id: 'quarantine', need: 2, title: { en: 'Put suspicious tools into quarantine', ja: '疑わしいツールの隔離' } },
      {
        id: 'suspect-backup',
        title: { en: 'Use a backup that may hold the damage', ja: '損傷を含む疑いのあるバックアップの使用' },
      },
      { id: 'restore', title: { en: 'Overwrite or crowd live tools', ja: '現在のツールの上書き・上限超過' } },
      { id: 'code', title: { en: 'Replace extensions and libraries', ja: '拡張機能とライブラリの置き換え' } },
    ],
  },
];
