/** The report as Markdown: both languages, every part, and nothing that breaks out of its place. */
import { describe, expect, test } from 'vitest';
import { renderReport, type ReportInput } from '../../domain/report.ts';
import type { LedgerEntry } from '../../domain/recovery.ts';
import { plain } from '../../domain/text.ts';
import { gateOfPlan, stateOf } from '../support/api.ts';

const at = '2026-11-22T10:00:00.000Z';
const ledger: LedgerEntry[] = [
  { number: 1, at, event: 'status', status: 'running', phase: 'begin' },
  { number: 2, at, event: 'step', step: stateOf().steps[0]! },
  {
    number: 3,
    at,
    event: 'gate',
    gate: 'restore',
    path: '',
    state: 'approved',
    waiting: gateOfPlan(),
    sentence: { en: 'ren approved: seen.', ja: 'ren が承認: 確認済み。' },
  },
  { number: 4, at, event: 'status', status: 'running', phase: 'verify', sentence: plain('vote of hana does not count') },
  { number: 5, at, event: 'end', status: 'recovered' },
];
const input = (more: Partial<ReportInput> = {}): ReportInput => ({
  state: stateOf({
    status: 'recovered',
    waitingFor: [],
    endedAt: '2026-11-22T10:01:30.000Z',
    timing: { detectionMs: 3_600_000, decisionMs: 0, approvalMs: 62_000, machineMs: 1_500, totalMs: 3_663_500 },
    objectives: { rtoMs: 900_000, rpoMs: 3_600_000, rpoAchieved: 4_000_000, metRto: true, metRpo: false },
  }),
  ledger,
  scenario: { en: 'Tool store lost', ja: '全ツール定義ファイルの消失' },
  owner: 'hana',
  contacts: [
    { id: 'support', mail: 'support@example.com', phone: '+81 3 0000 0000', url: 'https://support.example.com', external: true },
  ],
  links: [{ title: 'Dashboard', url: 'https://grafana.example.jp/d/dr' }],
  timezone: 'Asia/Tokyo',
  ...more,
});

describe('the whole story', () => {
  test('is told in English', () => {
    const text = renderReport(input(), 'en');
    for (const part of [
      '# Recovery report: Tool store lost (tools)',
      '**recovered and verified**',
      '| Requested by | hana |',
      '| Started | 2026-11-22 19:00:00 |',
      '| Times in | Asia/Tokyo |',
      '| Waiting for people | 1 min 2 s |',
      '| Detection (broken until noticed) | 1 h |',
      '| RTO | 15 min | 1 min 3 s | met |',
      '| RPO | 1 h | 1 h 6 min | missed |',
      '| protect | done | Copied 12 files. | 2026-11-22 19:00:00 | 1 s |',
      '| 3 | 2026-11-22 19:00:00 | restore: ren approved: seen. |',
      '- Owner: hana',
      '- support (external), support@example.com, +81 3 0000 0000, <https://support.example.com>',
      '- [Dashboard](<https://grafana.example.jp/d/dr>)',
    ]) {
      expect(text).toContain(part);
    }
  });

  test('is told in Japanese, without a word of English of ours', () => {
    const text = renderReport(input(), 'ja');
    for (const part of [
      '# 復旧報告書: 全ツール定義ファイルの消失 (tools)',
      '**復旧・検証済み**',
      '| RTO | 15 分 | 1 分 3 秒 | 達成 |',
      'ren が承認: 確認済み。',
      '- 責任者: hana',
    ]) {
      expect(text).toContain(part);
    }
    expect(text).not.toMatch(/Recovery report|Started|Copied|approved|min\b/);
  });

  test('of what still runs says what it waits for, and that times are not final', () => {
    const text = renderReport(input({ state: stateOf(), asOf: at }), 'en');
    expect(text).toContain('- Overwrite live tools: admins, until 2026-11-22 19:05:00');
    expect(text).toContain('| Ended | not yet |');
    expect(text).toContain('No worker answers: this is what was known at 2026-11-22 19:00:00.');
    expect(text).toContain('| RTO | 15 min | 1.5 s | still open |');
  });

  test('with nothing to tell still has its parts', () => {
    const text = renderReport(input({ ledger: [], contacts: [], links: [], owner: undefined }), 'en');
    expect(text).toContain('## Ledger\n\nNone.');
    expect(text).toContain('## Contacts\n\nNone.');
    expect(text).not.toContain('## Links');
  });
});

test('text of people breaks no table and becomes no markup', () => {
  const nasty = 'a | b\n| --- |\n# heading <script>alert(1)</script> **bold** `x` [link](http://x) \\';
  const state = stateOf({ reason: nasty, steps: [{ ...stateOf().steps[0]!, sentence: plain(nasty) }] });
  const text = renderReport(input({ state }), 'en');
  const lines = text.split('\n');
  expect(lines.some((line) => line.startsWith('# heading'))).toBe(false);
  expect(text).not.toContain('<script>');
  const row = lines.find((line) => line.startsWith('| Reason'))!;
  expect(row.replaceAll('\\|', '').split('|')).toHaveLength(4);
});
