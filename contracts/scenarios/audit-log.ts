/** An audit log that is damaged is repaired, one that lost lines gets them back. */
import { auditLogCorruptionInput, auditLogRestoreInput } from '../inputs/audit-log.ts';
import { minutes, type ScenarioEntry } from '../scenario-entry.ts';

const quarantine = { id: 'log-quarantine', title: { en: 'Put much of the log into quarantine', ja: 'ログの多くを隔離' } };

export const auditLogScenarios: readonly ScenarioEntry[] = [
  {
    id: 'audit-log-corruption',
    workflowType: 'auditLogCorruption',
    title: { en: 'Audit log damaged', ja: '監査ログの破損' },
    summary: {
      en: 'Judges every line, shows the damage, asks where much would be lost, writes the log anew with every whole object, swaps it in without losing a line, keeps the original and a quarantine, verifies.',
      ja: '全行を検査して損傷を示し、隔離が多ければ承認を求め、正常なオブジェクトだけのログを作り直し、1 行も失わずに置き換え、元のログと隔離ファイルを残し、検証します。',
    },
    input: auditLogCorruptionInput,
    kinds: ['tool-store'],
    objectives: { rtoMs: minutes(60), rpoMs: minutes(60) },
    gates: [quarantine],
  },
  {
    id: 'audit-log-restore',
    workflowType: 'auditLogRestore',
    title: { en: 'Restore the audit log', ja: '監査ログのリストア' },
    summary: {
      en: 'Chooses a backup, merges its log with what the live one still has by time and place, nothing twice, nothing lost, puts what disagrees into quarantine, swaps the result in, verifies.',
      ja: 'バックアップを選び、現在のログに残る行と時刻順に、重複も欠落もなく統合し、矛盾する行は隔離して置き換え、検証します。',
    },
    input: auditLogRestoreInput,
    kinds: ['tool-store'],
    objectives: { rtoMs: minutes(60), rpoMs: minutes(60) },
    gates: [
      quarantine,
      {
        id: 'suspect-backup',
        title: { en: 'Use a backup that may hold the damage', ja: '損傷を含む疑いのあるバックアップの使用' },
      },
    ],
  },
];
