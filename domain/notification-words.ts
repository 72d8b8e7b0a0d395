/** The words of messages to people in both languages. */
import type { Occasion } from './notification.ts';
import type { Decision } from './recovery.ts';
import type { Text } from './text.ts';

/** What a message is about, first of all in its subject. */
export const occasions: Readonly<Record<Occasion, Text>> = {
  gate: { en: 'Decision needed', ja: '判断をお願いします' },
  reminder: { en: 'Reminder, decision needed', ja: '再通知: 判断をお願いします' },
  'next-group': { en: 'Decision needed, others did not answer', ja: '先の担当が未回答のため判断をお願いします' },
  alone: { en: 'One operator may go on alone now', ja: '単独での続行が可能になりました' },
  'failed-step': { en: 'A step failed, decision needed', ja: '手順が失敗しました。判断をお願いします' },
  'decided-alone': { en: 'Decided by one person alone', ja: '単独で判断されました' },
  'break-glass': { en: 'A safety check was overridden', ja: '安全確認が解除されました' },
  'over-budget': { en: 'A phase takes longer than planned', ja: 'フェーズが予定時間を超えました' },
  end: { en: 'Recovery ended', ja: '復旧が終了しました' },
  'schedule-failed': { en: 'A scheduled run failed', ja: '定期実行が失敗しました' },
};

/** What happens when nobody decides in time. */
export const otherwises: Readonly<Record<'stop' | 'roll-back' | 'proceed', Text>> = {
  stop: { en: 'the recovery stops', ja: '復旧を停止します' },
  'roll-back': { en: 'every change is undone', ja: '変更をすべて元に戻します' },
  proceed: { en: 'it goes on without a decision', ja: '判断なしで続行します' },
};

const decisions: Readonly<Record<Decision, string>> = {
  approve: '承認',
  reject: '却下',
  retry: '再試行',
  amend: '入力を直して再試行',
  skip: '省略',
  'roll-back': '巻き戻し',
  tick: '確認済み',
  fail: '不合格',
};

/** By language; the same keys in both. */
export const messageWords = {
  en: {
    target: 'Target',
    requestedBy: 'Asked by',
    reason: 'Why',
    status: 'Status',
    gate: 'Gate',
    choices: 'Choices',
    needs: (people: number) => ` (${people} people needed)`,
    until: 'Until',
    noDeadline: 'no deadline, it waits for you',
    otherwise: 'Otherwise',
    decide: 'To decide',
    details: 'Details',
    report: 'Report',
    decision: (decision: Decision): string => decision,
    test: 'Test message',
    testSentence: (by: string, to: string) => `${by} tries whether messages reach ${to}. There is nothing to do.`,
  },
  ja: {
    target: '対象',
    requestedBy: '依頼者',
    reason: '理由',
    status: '結果',
    gate: 'ゲート',
    choices: '選択肢',
    needs: (people: number) => `(${people} 人必要)`,
    until: '期限',
    noDeadline: 'なし(判断があるまで待ちます)',
    otherwise: '期限を過ぎると',
    decide: '判断の方法',
    details: '詳細',
    report: '報告書',
    decision: (decision: Decision): string => `${decisions[decision]} (${decision})`,
    test: 'テスト送信',
    testSentence: (by: string, to: string) => `${by} が ${to} への通知を確認しています。対応は不要です。`,
  },
} as const;
