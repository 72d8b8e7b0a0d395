/** The words of a report in both languages. */

/** `1 h 2 min`, `3.4 s`: the two largest units that say something. */
function spell(ms: number, [hour, minute, second]: readonly [string, string, string]): string {
  if (ms < 60_000) return `${Number((ms / 1_000).toFixed(1))}${second}`;
  const parts = [
    [Math.floor(ms / 3_600_000), hour],
    [Math.floor(ms / 60_000) % 60, minute],
    [Math.floor(ms / 1_000) % 60, second],
  ] as const;
  return parts
    .filter(([count]) => count > 0)
    .slice(0, 2)
    .map(([count, unit]) => `${count}${unit}`)
    .join(' ');
}

/** By language; the same keys in both. */
export const reportWords = {
  en: {
    title: 'Recovery report',
    stale: (at: string) => `No worker answers: this is what was known at ${at}.`,
    id: 'Id',
    mode: 'Mode',
    modes: { run: 'run', 'dry-run': 'dry run' },
    requestedBy: 'Requested by',
    reason: 'Reason',
    incident: 'Incident',
    startedAt: 'Started',
    endedAt: 'Ended',
    notYet: 'not yet',
    timezone: 'Times in',
    detection: 'Detection (broken until noticed)',
    decision: 'Decision (noticed until started, and at failed steps)',
    approval: 'Waiting for people',
    machine: 'Machine',
    total: 'Total',
    met: 'met',
    missed: 'missed',
    open: 'still open',
    unknown: 'unknown',
    nothing: 'None.',
    owner: 'Owner',
    external: 'external',
    verifiedBy: 'Verified by',
    approvedBy: 'Approved by',
    sections: {
      time: 'Time',
      score: 'Score of the drill',
      steps: 'Steps',
      waiting: 'Waits for',
      checklist: 'Checklist',
      verification: 'Verification',
      ledger: 'Ledger',
      contacts: 'Contacts',
      links: 'Links',
    },
    headings: {
      facts: ['', ''],
      time: ['Part', 'Duration'],
      objectives: ['Objective', 'Allowed', 'Taken', 'Result'],
      score: ['', 'Criterion', 'What was measured'],
      steps: ['Step', 'Outcome', 'What happened', 'Started', 'Took'],
      checklist: ['', 'Item', 'By', 'At', 'Remark'],
      ledger: ['No.', 'Time', 'Entry'],
    },
    waitsFor: (title: string, from: string, deadline: string | undefined) =>
      `- ${title}: ${from || 'everyone with the role'}${deadline === undefined ? '' : `, until ${deadline}`}`,
    duration: (ms: number): string => spell(ms, [' h', ' min', ' s']),
  },
  ja: {
    title: '復旧報告書',
    stale: (at: string) => `ワーカーが応答しないため、${at} 時点の内容です。`,
    id: 'ID',
    mode: '種別',
    modes: { run: '実行', 'dry-run': '予行(変更なし)' },
    requestedBy: '依頼者',
    reason: '理由',
    incident: 'インシデント',
    startedAt: '開始',
    endedAt: '終了',
    notYet: '未終了',
    timezone: '時刻の表記',
    detection: '検知(発生から気づくまで)',
    decision: '判断(検知から開始まで、失敗した手順での待ちを含む)',
    approval: '人の承認・確認待ち',
    machine: '処理',
    total: '合計',
    met: '達成',
    missed: '未達',
    open: '未確定',
    unknown: '不明',
    nothing: 'なし。',
    owner: '責任者',
    external: '社外',
    verifiedBy: '検証者',
    approvedBy: '承認者',
    sections: {
      time: '所要時間',
      score: '演習の評価',
      steps: '手順',
      waiting: '待機中',
      checklist: '確認項目',
      verification: '復旧後検証チェックリスト',
      ledger: '台帳',
      contacts: '連絡先',
      links: 'リンク',
    },
    headings: {
      facts: ['', ''],
      time: ['内訳', '時間'],
      objectives: ['目標', '許容', '実績', '結果'],
      score: ['', '成功基準', '実測'],
      steps: ['手順', '結果', '内容', '開始', '所要'],
      checklist: ['', '項目', '確認者', '時刻', '備考'],
      ledger: ['番号', '時刻', '記録'],
    },
    waitsFor: (title: string, from: string, deadline: string | undefined) =>
      `- ${title}: ${from || '権限を持つ全員'}${deadline === undefined ? '' : `(期限 ${deadline})`}`,
    duration: (ms: number): string => spell(ms, [' 時間', ' 分', ' 秒']),
  },
} as const;
