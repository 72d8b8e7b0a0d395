/** An audit log that is damaged is repaired. */
import { auditLogCorruptionInput } from '../inputs/audit-log.ts';
import { minutes, type ScenarioEntry } from '../scenario-entry.ts';

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
    gates: [{ id: 'quarantine', title: { en: 'Put much of the log into quarantine', ja: 'ログの多くを隔離' } }],
  },
];
