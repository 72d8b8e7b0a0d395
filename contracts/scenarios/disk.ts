/** A disk that is full gets room again. */
import { diskExhaustionInput } from '../inputs/disk-exhaustion.ts';
import { minutes, type ScenarioEntry } from '../scenario-entry.ts';

export const diskScenarios: readonly ScenarioEntry[] = [
  {
    id: 'disk-exhaustion',
    workflowType: 'diskExhaustion',
    title: { en: 'Disk full', ja: 'ディスク容量枯渇' },
    summary: {
      en: 'Looks who takes the room, lists the least used tools, asks before backups past their time go, archives old log lines (compared before they leave the log), prunes the backups, verifies that room was gained.',
      ja: '使用量を調べ、使用頻度の低いツールを示し、期限切れバックアップの削除の承認を得て、古いログ行を照合のうえアーカイブし、バックアップを整理し、空きの増加を検証します。',
    },
    input: diskExhaustionInput,
    kinds: ['tool-store'],
    objectives: { rtoMs: minutes(60), rpoMs: minutes(60) },
    gates: [
      { id: 'prune', title: { en: 'Remove backups past their time', ja: '期限切れバックアップの削除' } },
      { id: 'archive', title: { en: 'Take old lines out of the log', ja: '古いログ行の移動' } },
    ],
  },
];
