/** Verification with people, where nothing is changed. */
import { toolStoreCheckInput } from '../inputs/tool-store-check.ts';
import { minutes, type ScenarioEntry } from '../scenario-entry.ts';

export const verificationScenarios: readonly ScenarioEntry[] = [
  {
    id: 'tool-store-check',
    workflowType: 'toolStoreCheck',
    title: { en: 'Verify a tool store', ja: 'ツールストアの検証' },
    summary: {
      en: 'Fills in the checklist of seven parts, asks people for what machines cannot check, and has another person sign it. Changes nothing.',
      ja: '7 部のチェックリストを記入し、機械で確認できない項目を人に求め、別の人の承認を得ます。何も変更しません。',
    },
    input: toolStoreCheckInput,
    kinds: ['tool-store'],
    objectives: { rtoMs: minutes(60), rpoMs: minutes(24 * 60) },
    gates: [{ id: 'sign-off', title: { en: 'Sign the filled checklist', ja: '記入済みチェックリストの承認' } }],
  },
];
