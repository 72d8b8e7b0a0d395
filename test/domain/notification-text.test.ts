/** Messages as people read them: every occasion in both languages, short, and with all they need to decide. */
import { describe, expect, test } from 'vitest';
import { linkOf, renderNotification, renderTest } from '../../domain/notification-text.ts';
import { occasions } from '../../domain/notification-words.ts';
import type { Notification, Occasion } from '../../domain/notification.ts';
import type { Locale } from '../../domain/text.ts';

const recovery = 'tools~11111111-2222-3333-4444-555555555555';
const gate: Notification = {
  event: 'e',
  occasion: 'gate',
  at: '2026-11-22T10:00:00.000Z',
  recovery,
  scenario: 'tool-store-loss',
  target: 'tools',
  requestedBy: 'hana',
  reason: 'all tools\nare gone',
  sentence: { en: 'Add 3, overwrite 2.', ja: '追加 3、上書き 2。' },
  to: { roles: ['approver'], from: [], also: [], except: [] },
  asks: {
    gate: 'restore',
    need: 2,
    choices: ['approve', 'reject'],
    deadline: '2026-11-22T16:05:00.000Z',
    otherwise: 'roll-back',
  },
};
const { asks: _, ...withoutGate } = gate;
const end: Notification = { ...withoutGate, occasion: 'end', status: 'rolled-back', sentence: { en: 'Over.', ja: '終了。' } };
const render = (notification: Notification, locale: Locale, timezone = 'Asia/Tokyo') =>
  renderNotification(
    notification,
    { link: 'https://dr.example.jp/', timezone, scenario: { en: 'Tool store lost', ja: '全ツール定義ファイルの消失' } },
    locale,
  );

describe('a gate', () => {
  test('in English', () => {
    expect(render(gate, 'en')).toEqual({
      subject: '[Okiagari tools] Decision needed: restore',
      text: `Add 3, overwrite 2.

Target: tools (Tool store lost)
Asked by: hana
Why: all tools are gone

Gate: restore
Choices: approve, reject (2 people needed)
Until: 2026-11-23 01:05:00 (Asia/Tokyo)
Otherwise: every change is undone

Details: https://dr.example.jp/v1/recoveries/${recovery}
To decide: okiagari approve ${recovery} --gate restore --reason "…"
`,
    });
  });

  test('in Japanese', () => {
    expect(render(gate, 'ja')).toEqual({
      subject: '[Okiagari tools] 判断をお願いします: restore',
      text: `追加 3、上書き 2。

対象: tools (全ツール定義ファイルの消失)
依頼者: hana
理由: all tools are gone

ゲート: restore
選択肢: 承認 (approve), 却下 (reject)(2 人必要)
期限: 2026-11-23 01:05:00 (Asia/Tokyo)
期限を過ぎると: 変更をすべて元に戻します

詳細: https://dr.example.jp/v1/recoveries/${recovery}
判断の方法: okiagari approve ${recovery} --gate restore --reason "…"
`,
    });
  });

  test('tells its deadline in the time zone of the inventory', () => {
    expect(render(gate, 'en', 'America/New_York').text).toContain('Until: 2026-11-22 11:05:00 (America/New_York)');
  });

  test('without a deadline says that it waits, and of no default', () => {
    const { text } = render({ ...gate, asks: { ...gate.asks!, deadline: null } }, 'en');
    expect(text).toContain('Until: no deadline, it waits for you\n\n');
    expect(text).not.toContain('Otherwise');
  });

  test('of a failed step is decided through the API', () => {
    const { text } = render({ ...gate, occasion: 'failed-step', asks: { ...gate.asks!, choices: ['retry', 'skip'] } }, 'en');
    expect(text).toContain(`To decide: POST https://dr.example.jp/v1/recoveries/${recovery}/decisions\n`);
  });
});

describe('an end', () => {
  test('tells its status in words and leads to the report', () => {
    const [en, ja] = [render(end, 'en'), render(end, 'ja')];
    expect([en.subject, ja.subject]).toEqual([
      '[Okiagari tools] Recovery ended: rolled back, every change undone',
      '[Okiagari tools] 復旧が終了しました: 巻き戻し済み',
    ]);
    expect(en.text).toContain('Status: rolled back, every change undone\n\n');
    expect(en.text).toContain(`Report: https://dr.example.jp/v1/recoveries/${recovery}/report\n`);
    expect(ja.text).toContain(`報告書: https://dr.example.jp/v1/recoveries/${recovery}/report\n`);
  });
});

describe('every occasion', () => {
  const all = Object.keys(occasions) as Occasion[];
  test('says in its subject what it is about, differently from every other', () => {
    for (const locale of ['en', 'ja'] as const) {
      const subjects = all.map((occasion) => render({ ...gate, occasion }, locale).subject);
      expect(new Set(subjects).size).toBe(all.length);
    }
  });

  test.each(all)('%s is in the language of its reader throughout', (occasion) => {
    for (const notification of [
      { ...gate, occasion },
      { ...end, occasion },
    ]) {
      const own = { ...notification, reason: 'r' };
      expect(Object.values(render(own, 'en')).join('')).not.toMatch(/[ぁ-んァ-ン一-龠]/);
      expect(Object.values(render(own, 'ja')).join('')).toMatch(/[ぁ-んァ-ン一-龠]/);
    }
  });

  test.each(all)('%s stays short, whatever people and machines wrote', (occasion) => {
    const long = 'x'.repeat(50_000);
    const { subject, text } = render({ ...gate, occasion, reason: long, sentence: { en: long, ja: long } }, 'en');
    expect(subject.length).toBeLessThan(100);
    expect(text.length).toBeLessThan(1_500);
  });
});

test('the link may end with a slash or not', () => {
  for (const link of ['https://dr.example.jp', 'https://dr.example.jp/', 'https://dr.example.jp//']) {
    expect(linkOf(link, gate)).toBe(`https://dr.example.jp/v1/recoveries/${recovery}`);
  }
  expect(linkOf('https://example.jp/dr', gate)).toBe(`https://example.jp/dr/v1/recoveries/${recovery}`);
});

test('a test message says who sent it and that there is nothing to do', () => {
  expect(renderTest({ by: 'hana', to: 'ren', link: 'https://dr.example.jp' }, 'en')).toEqual({
    subject: '[Okiagari] Test message',
    text: 'hana tries whether messages reach ren. There is nothing to do.\n\nhttps://dr.example.jp\n',
  });
  expect(renderTest({ by: 'hana', to: 'ren', link: 'https://dr.example.jp' }, 'ja').text).toContain('対応は不要です。');
});
