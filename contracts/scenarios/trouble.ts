/** Tools that make trouble are put away, and come back when it is over. */
import { quarantineReleaseInput } from '../inputs/quarantine-release.ts';
import { toolEnableInput } from '../inputs/tool-enable.ts';
import { toolTimeoutsInput } from '../inputs/tool-timeouts.ts';
import { minutes, type ScenarioEntry } from '../scenario-entry.ts';

export const troubleScenarios: readonly ScenarioEntry[] = [
  {
    id: 'tool-timeouts',
    workflowType: 'toolTimeouts',
    title: { en: 'Tools time out', ja: 'ツール実行の連続タイムアウト' },
    summary: {
      en: 'Looks at processor, memory and disk, probes the declared dependencies, counts timeouts by tool, plans which to disable, asks, puts them into `tools/disabled/`, starts the agent anew, has resources freed, verifies.',
      ja: 'CPU・メモリ・ディスクを調べ、宣言された依存先を確かめ、ツール別のタイムアウトを数え、無効化を計画し、承認を求め、`tools/disabled/` へ退避し、エージェントを起動し直し、資源の確保を確認し、検証します。',
    },
    input: toolTimeoutsInput,
    kinds: ['tool-store'],
    objectives: { rtoMs: minutes(60), rpoMs: minutes(60) },
    gates: [{ id: 'disable', title: { en: 'Disable tools that time out', ja: 'タイムアウトするツールの無効化' } }],
  },
  {
    id: 'tool-enable',
    workflowType: 'toolEnable',
    title: { en: 'Enable disabled tools', ja: '無効化したツールの再有効化' },
    summary: {
      en: 'Brings tools back from `tools/disabled/`: checks that the agent can load each and that nothing of its id or name is in use, moves it, starts the agent anew, verifies.',
      ja: '`tools/disabled/` のツールを使用に戻します。形式・ID・名前の重複・上限を確かめ、移動し、エージェントを起動し直し、検証します。',
    },
    input: toolEnableInput,
    kinds: ['tool-store'],
    objectives: { rtoMs: minutes(60), rpoMs: minutes(60) },
    gates: [{ id: 'enable', title: { en: 'Take disabled tools back into use', ja: '無効化したツールを使用に戻す' } }],
  },
  {
    id: 'quarantine-release',
    workflowType: 'quarantineRelease',
    title: { en: 'Release quarantined tools', ja: '隔離したツールの解除' },
    summary: {
      en: 'Brings tools back from `tools/quarantine/` after an investigation, once two people agreed to its finding; checks, moves, starts the agent anew, verifies.',
      ja: '調査の後、2 人の承認を得て `tools/quarantine/` のツールを使用に戻します。確認・移動・エージェントの起動・検証を行います。',
    },
    input: quarantineReleaseInput,
    kinds: ['tool-store'],
    objectives: { rtoMs: minutes(4 * 60), rpoMs: minutes(60) },
    gates: [
      {
        id: 'release',
        title: { en: 'Take quarantined tools back into use', ja: '隔離したツールを使用に戻す' },
        need: 2,
      },
    ],
  },
];
