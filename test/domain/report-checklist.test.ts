/** The filled checklist: every item with who ticked or failed it, verifiers and approvers under it, in both languages. */
import { expect, test } from 'vitest';
import { filledChecklist } from '../../domain/report-checklist.ts';
import { renderReport } from '../../domain/report.ts';
import type { Decision, LedgerEntry, Waiting } from '../../domain/recovery.ts';
import { plain } from '../../domain/text.ts';
import { gateOfPlan, stateOf } from '../support/api.ts';

const at = '2026-11-22T10:00:00.000Z';
const closed = (more: Partial<Waiting>, by: string, decision: Decision, reason: string): LedgerEntry => {
  const waiting: Waiting = { ...gateOfPlan(), ...more, votes: [{ by, decision, at, reason }] };
  const state = decision === 'approve' ? 'approved' : 'decided';
  return { number: 1, at, event: 'gate', gate: waiting.gate, path: waiting.path, state, waiting, sentence: plain('') };
};
const item = (id: string, en: string, ja: string): Partial<Waiting> => ({
  gate: `check:${id}`,
  kind: 'checklist',
  title: { en, ja },
});

const ledger: LedgerEntry[] = [
  closed(item('stopped', 'No agent runs.', 'エージェントは停止。'), 'sora', 'fail', 'it still runs'),
  closed(item('stopped', 'No agent runs.', 'エージェントは停止。'), 'hana', 'tick', 'looked | twice'),
  closed({}, 'ren', 'approve', 'seen'),
  closed({ kind: 'failed-step', gate: 'failed:x' }, 'kai', 'retry', 'mended'),
];

test('has each item as it was decided, who verified and who approved; a failed item verifies nothing', () => {
  const { items, verifiers, approvers } = filledChecklist(ledger);
  expect(items.map(({ ticked, by }) => [ticked, by])).toEqual([
    [false, 'sora'],
    [true, 'hana'],
  ]);
  expect([verifiers, approvers]).toEqual([['hana'], ['ren']]);
});

const report = (entries: readonly LedgerEntry[], locale: 'en' | 'ja'): string =>
  renderReport(
    { state: stateOf(), ledger: entries, scenario: plain('x'), contacts: [], links: [], timezone: 'Asia/Tokyo' },
    locale,
  );

test('stands in the report, in English and in Japanese', () => {
  for (const line of [
    '## Checklist',
    '| ☒ | No agent runs. | sora | 2026-11-22 19:00:00 | it still runs |',
    '| ☑ | No agent runs. | hana | 2026-11-22 19:00:00 | looked \\| twice |',
    '- Verified by: hana',
    '- Approved by: ren',
  ]) {
    expect(report(ledger, 'en')).toContain(line);
  }
  for (const line of ['## 確認項目', '| ☑ | エージェントは停止。 | hana |', '- 検証者: hana', '- 承認者: ren']) {
    expect(report(ledger, 'ja')).toContain(line);
  }
});

test('is left out where nobody was asked to look at anything', () => {
  expect(report(ledger.slice(2), 'en')).not.toContain('Checklist');
});
