/** The checklist of a traffic target: the proxies, the split, the servers, and what a restart would keep. */
import { judged, type Answer, type ChecklistDefinition } from '../checklist/words.ts';
import type { Symptom } from '../symptom.ts';

export const trafficChecklist: ChecklistDefinition = {
  parts: [
    { id: 'proxies', title: { en: '1. Proxies', ja: '1. プロキシ' } },
    { id: 'sides', title: { en: '2. Sides', ja: '2. 配分先' } },
  ],
  items: [
    {
      id: 'proxies-answer',
      part: 'proxies',
      title: { en: 'Every proxy answers and lets us set', ja: '全プロキシが応答し設定できる' },
    },
    {
      id: 'one-split',
      part: 'proxies',
      needs: ['proxies-answer'],
      title: { en: 'One side has everything, at every proxy', ja: '全プロキシで片側に寄り切っている' },
    },
    {
      id: 'state-saved',
      part: 'proxies',
      needs: ['proxies-answer'],
      title: { en: 'A restart keeps the split', ja: '再起動しても配分が保たれる' },
    },
    {
      id: 'ttl',
      part: 'proxies',
      needs: ['proxies-answer'],
      title: { en: 'Nobody keeps an answer of a name for too long', ja: '名前の応答が長く保持されない' },
    },
    {
      id: 'protection-ready',
      part: 'proxies',
      needs: ['proxies-answer'],
      title: { en: 'The protection against floods can be raised', ja: 'DDoS 防御を適用できる' },
    },
    {
      id: 'servers-up',
      part: 'sides',
      needs: ['proxies-answer'],
      title: { en: 'Every server is up', ja: '全サーバーが稼働している' },
    },
    { id: 'probes-well', part: 'sides', title: { en: 'Our own probes are answered', ja: 'プローブが正常に応答する' } },
  ],
};

/** Symptoms that fail each item, and the sentence where there is none. */
const meaning = {
  'proxies-answer': [/^(proxy-|no-admin-level)/, 'All answer.', 'すべて応答しています。'],
  'one-split': [/^(proxies-disagree|split-in-the-middle|no-side-serves|server-of-no-side)$/, 'They agree.', '一致しています。'],
  'state-saved': [/^(state-not-kept|weights-not-saved)$/, 'All is saved.', '保存済みです。'],
  ttl: [/^ttl-too-long$/, 'No answer is, or no name is declared.', '問題ありません(または名前の宣言がありません)。'],
  'protection-ready': [/^protection-/, 'It can be raised, or none is declared.', '適用できます(または宣言がありません)。'],
  'servers-up': [/^server-(missing|maint|down|drain)$/, 'All are up.', 'すべて稼働中です。'],
  'probes-well': [/^probe-failed$/, 'All are well.', 'すべて正常です。'],
} as const satisfies Record<string, readonly [RegExp, string, string]>;

export const answerTraffic = (symptoms: readonly Symptom[]): Answer[] =>
  Object.entries(meaning).map(([id, [about, en, ja]]) => {
    const found = symptoms.filter((one) => about.test(one.id));
    return judged(id, found.length === 0, found[0]?.sentence ?? { en, ja }, { measured: found.length, expected: 0 });
  });
