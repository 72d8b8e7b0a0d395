/** Answers on running existing tools, whoever ran them: the agent in a fresh process, or our own sample runner. */
import type { Text } from '../text.ts';
import { naming } from '../tool-store/tool-limit.ts';
import { judged, notApplicable, type Answer } from './words.ts';

/** `absent`: the store has no such tool, so that nothing can be said of running it. */
export interface ToolRun {
  readonly name: string;
  readonly state: 'right' | 'wrong' | 'failed' | 'late' | 'absent';
  readonly ms: number;
  readonly why?: string;
}

const ids = ['run-in-time', 'run-works', 'run-result', 'tool-time'] as const;

export function answerRuns(runs: readonly ToolRun[], limitMs: number): Answer[] {
  if (runs.length === 0) {
    const why = { en: 'No critical tools are declared, so none was run.', ja: '重要ツールの宣言がないため実行していません。' };
    return ids.map((id) => notApplicable(id, why));
  }
  const absent = runs.filter(({ state }) => state === 'absent').map(({ name }) => name);
  const ran = runs.filter(({ state }) => state !== 'absent');
  /** `without` are the runs of which this question can say nothing. */
  const answer = (
    id: (typeof ids)[number],
    bad: readonly ToolRun[],
    without: readonly ToolRun[],
    good: Text,
    wrong: Text,
    figures = {},
  ): Answer => {
    if (bad.length > 0) return judged(id, false, withWhy(wrong, bad), figures);
    if (absent.length > 0) return { id, outcome: 'not-checked', sentence: missing(absent) };
    if (without.length > 0) return { id, outcome: 'not-checked', sentence: withWhy(noResult, without) };
    return judged(id, true, good, figures);
  };
  const slowest = Math.max(0, ...ran.map(({ ms }) => ms));
  const of = (state: ToolRun['state']): readonly ToolRun[] => ran.filter((run) => run.state === state);
  const names = naming(
    ran.map(({ name }) => name),
    5,
  );
  return [
    answer(
      'run-in-time',
      of('late'),
      [],
      { en: 'All answered in time.', ja: 'すべて時間内に応答しました。' },
      { en: 'No answer in time:', ja: '時間内に応答なし:' },
    ),
    answer(
      'run-works',
      of('failed'),
      of('late'),
      { en: `Run: ${names.en}.`, ja: `実行: ${names.ja}。` },
      { en: 'Failed:', ja: '失敗:' },
      { measured: ran.filter(({ state }) => state === 'right' || state === 'wrong').length, expected: runs.length },
    ),
    answer(
      'run-result',
      of('wrong'),
      [...of('late'), ...of('failed')],
      { en: 'Every result is as declared.', ja: '結果はすべて宣言どおりです。' },
      { en: 'Not as declared:', ja: '宣言と異なる結果:' },
    ),
    answer(
      'tool-time',
      ran.filter(({ state, ms }) => state !== 'late' && ms > limitMs),
      [...of('late'), ...of('failed')],
      { en: `The slowest took ${slowest} ms.`, ja: `最長 ${slowest} ms でした。` },
      { en: `Slower than ${limitMs} ms:`, ja: `${limitMs} ms を超過:` },
      { measured: `${slowest} ms`, expected: `≤ ${limitMs} ms` },
    ),
  ];
}

const noResult: Text = { en: 'No result:', ja: '結果なし:' };

function withWhy({ en, ja }: Text, runs: readonly ToolRun[]): Text {
  const named = naming(
    runs.map(({ name, ms, why }) => `${name} (${why ?? `${ms} ms`})`),
    3,
  );
  return { en: `${en} ${named.en}.`, ja: `${ja} ${named.ja}。` };
}

const missing = (names: readonly string[]): Text => {
  const named = naming(names, 5);
  return { en: `Not in the store: ${named.en}.`, ja: `ストアにありません: ${named.ja}。` };
};
