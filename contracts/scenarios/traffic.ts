/** Users are moved to another side by the proxies they come in through, and protected there from floods. */
import { ddosMitigationInput } from '../inputs/ddos-mitigation.ts';
import { trafficShiftInput } from '../inputs/traffic-shift.ts';
import { minutes, type ScenarioEntry } from '../scenario-entry.ts';

export const trafficScenarios: readonly ScenarioEntry[] = [
  {
    id: 'traffic-shift',
    workflowType: 'trafficShift',
    title: { en: 'Traffic shifted to another side', ja: 'トラフィックの切り替え' },
    summary: {
      en: 'Looks at every proxy, proves that the side is able, asks, shifts requests step by step, watches errors and latency and goes back by itself, drains the side that was left without cutting a session, verifies.',
      ja: '全プロキシを調べ、切替先の稼働を証明し、承認を得て、段階的に配分を移し、エラー率と応答時間を監視して異常時は自動で戻し、旧側をセッションを切らずにドレインし、検証します。',
    },
    input: trafficShiftInput,
    kinds: ['traffic'],
    objectives: { rtoMs: minutes(10), rpoMs: 1_000 },
    gates: [{ id: 'shift', title: { en: 'Move requests to another side', ja: 'リクエストの移動' } }],
  },
  {
    id: 'ddos-mitigation',
    workflowType: 'ddosMitigation',
    title: { en: 'Flood of requests held off', ja: 'DDoS 攻撃の緩和' },
    summary: {
      en: 'Looks who sends how much, limits sources and denies the worst at every proxy in stages until it is enough, tells a WAF or CDN, never denies probes or operators, holds on while it lasts, lowers by itself to exactly what was before, verifies.',
      ja: '送信元ごとの要求数を調べ、足りるまで段階的に全プロキシで制限・拒否し、WAF/CDN に通知します。プローブと運用者は決して拒否せず、収束後は自動で元どおりに戻し、検証します。',
    },
    input: ddosMitigationInput,
    kinds: ['traffic'],
    refuseTarget: (target) =>
      target['protection'] === undefined
        ? [{ path: 'target', message: 'the inventory declares no `protection` of it: docs/traffic.md says which lines it takes' }]
        : [],
    objectives: { rtoMs: minutes(5), rpoMs: 1_000 },
    gates: [{ id: 'protect', title: { en: 'Limit and deny sources', ja: '送信元の制限と拒否' } }],
  },
];
