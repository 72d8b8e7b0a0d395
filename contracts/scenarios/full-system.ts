/** A whole system comes back on an empty machine, in five phases that are recoveries of their own. */
import { backupPhaseInput, fetchPhaseInput, fullSystemRecoveryInput, phaseInput } from '../inputs/full-system-recovery.ts';
import { minutes, type ScenarioEntry, type ScenarioGate } from '../scenario-entry.ts';
import { switchedOver } from '../tool-store-settings.ts';

const gate = {
  environment: { id: 'environment', title: { en: 'Replace an installed agent', ja: '導入済みエージェントの置き換え' } },
  suspect: {
    id: 'suspect-backup',
    title: { en: 'Use a backup that may hold the damage', ja: '損傷を含む疑いのあるバックアップの使用' },
  },
  restore: { id: 'restore', title: { en: 'Overwrite or crowd live tools', ja: '現在のツールの上書き・上限超過' } },
  sources: { id: 'sources', title: { en: 'Overwrite extensions or libraries', ja: '拡張機能・ライブラリの上書き' } },
} as const satisfies Record<string, ScenarioGate>;

const phase = {
  inner: true,
  kinds: ['tool-store'],
  input: phaseInput,
  /** Those of the whole: people meet them there. */
  gates: [],
} as const;
/** As the whole. */
const rpoMs = minutes(60);

export const fullSystemScenarios: readonly ScenarioEntry[] = [
  {
    id: 'full-system-recovery',
    workflowType: 'fullSystemRecovery',
    title: { en: 'Full system recovery', ja: '完全システム復旧' },
    summary: {
      en: 'On an empty machine: prepares folders, Node, network and agent, fetches and tests the newest consistent backup, restores tools, log, extensions and libraries, verifies with the agent started, and leads users to it or lets people do so.',
      ja: '空の環境で、フォルダー・Node・ネットワーク・エージェントを準備し、最新の整合したバックアップを取得・検証し、ツール・ログ・拡張機能・ライブラリを復元し、エージェントを起動して検証し、利用者を切り替えます(または人が切り替えます)。',
    },
    input: fullSystemRecoveryInput,
    kinds: ['tool-store'],
    actsOn: (_, target) => switchedOver(target),
    objectives: { rtoMs: minutes(240), rpoMs },
    gates: [gate.environment, gate.suspect, gate.restore, gate.sources],
  },
  {
    ...phase,
    id: 'prepare-environment',
    workflowType: 'prepareEnvironment',
    title: { en: 'Phase 1: prepare the environment', ja: 'フェーズ1: 環境準備' },
    summary: {
      en: 'Makes the folders, installs the agent, checks room, network and Node.',
      ja: 'フォルダーを作り、エージェントを導入し、空き容量・ネットワーク・Node を確かめます。',
    },
    objectives: { rtoMs: minutes(15), rpoMs },
  },
  {
    ...phase,
    id: 'fetch-backup',
    workflowType: 'fetchBackup',
    title: { en: 'Phase 2: fetch the backup', ja: 'フェーズ2: バックアップの取得' },
    summary: {
      en: 'Chooses the newest consistent backup and proves it here by a restore test.',
      ja: '最新の整合したバックアップを選び、ここで復元試験をします。',
    },
    input: fetchPhaseInput,
    objectives: { rtoMs: minutes(10), rpoMs },
  },
  {
    ...phase,
    id: 'restore-system',
    workflowType: 'restoreSystem',
    title: { en: 'Phase 3: restore the data', ja: 'フェーズ3: データの復元' },
    summary: {
      en: 'Stops the agent, protects what is there, restores tools and log, brings extensions and libraries from git.',
      ja: 'エージェントを停止し、今ある物を保護し、ツールとログを復元し、拡張機能とライブラリを git から取得します。',
    },
    input: backupPhaseInput,
    objectives: { rtoMs: minutes(15), rpoMs },
  },
  {
    ...phase,
    id: 'verify-system',
    workflowType: 'verifySystem',
    title: { en: 'Phase 4: verify', ja: 'フェーズ4: 動作確認' },
    summary: {
      en: 'Starts the agent, fills in the whole checklist through it, looks whether anything was written back.',
      ja: 'エージェントを起動し、チェックリスト全体を確認し、書き戻しがないか調べます。',
    },
    input: backupPhaseInput,
    objectives: { rtoMs: minutes(15), rpoMs },
  },
  {
    ...phase,
    id: 'switch-over',
    workflowType: 'switchOver',
    title: { en: 'Phase 5: switch over', ja: 'フェーズ5: 切り替え' },
    summary: {
      en: 'Leads names and traffic to the new environment where the inventory says how; the rest people do and tick.',
      ja: 'インベントリーの指定に従い DNS とトラフィックを新環境に向け、残りは人が行って確認します。',
    },
    objectives: { rtoMs: minutes(60), rpoMs },
  },
];
