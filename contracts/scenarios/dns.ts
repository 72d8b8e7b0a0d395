/** Users are led to another side by the names they ask for. */
import { dnsSwitchInput } from '../inputs/dns-switch.ts';
import { minutes, type ScenarioEntry } from '../scenario-entry.ts';

export const dnsScenarios: readonly ScenarioEntry[] = [
  {
    id: 'dns-switch',
    workflowType: 'dnsSwitch',
    title: { en: 'Names switched to another side', ja: 'DNS の切り替え' },
    summary: {
      en: 'Asks every server and resolver, plans which record sets change, asks people, changes them only where they stand as planned, waits until every authoritative server and every resolver answers anew and nobody keeps the old answer, verifies.',
      ja: '全権威サーバーとリゾルバーに問い合わせ、変更するレコードを計画し、承認を得て、計画時のままの場合だけ変更し、全権威サーバーとリゾルバーが新しい応答を返し古いキャッシュが消えるまで待ち、検証します。',
    },
    input: dnsSwitchInput,
    kinds: ['dns-zone'],
    objectives: { rtoMs: minutes(10), rpoMs: 1_000 },
    gates: [
      { id: 'dns', title: { en: 'Lead users to another side', ja: '利用者の接続先の切り替え' } },
      { id: 'takeover', title: { en: 'Another server takes changes', ja: '別サーバーへのプライマリの移管' } },
      { id: 'ttl', title: { en: 'Another time to live', ja: 'TTL の変更' } },
    ],
  },
];
