/** The questions after a breach: is nothing unknown left, and is everything still there that tells what happened? */
import type { MovePlan } from '../set-aside/move-plan.ts';
import { isSameContent } from '../set-aside/set-aside-world.ts';
import type { SourceComparison } from '../source-code/words.ts';
import type { Text } from '../text.ts';
import type { LiveFile } from '../tool-store/restore-plan.ts';
import { naming } from '../tool-store/tool-limit.ts';
import type { Check } from '../verification.ts';
import type { Examination } from './words.ts';

export interface AfterBreach {
  /** The store examined anew, against the backup that was restored. */
  readonly examination: Examination;
  /** Of the quarantine; undefined where nothing had to go there. */
  readonly moves: MovePlan | undefined;
  readonly live: readonly LiveFile[];
  /** Undefined where people chose to leave the code. */
  readonly sources: readonly SourceComparison[] | undefined;
  /** Files of the evidence that are not as they were preserved; undefined where there is no evidence. */
  readonly evidenceFaults: readonly string[] | undefined;
}

export function checkAfterBreach({ examination, moves, live, sources, evidenceFaults }: AfterBreach): Check[] {
  return [
    nothingUnknown(examination),
    quarantined(moves, live),
    ...(sources === undefined ? [codeLeft] : [codeCheck(sources)]),
    evidence(evidenceFaults),
  ];
}

const check = (id: string, wrong: readonly string[], good: Text, en: string, ja: string): Check => {
  const words = naming(wrong, 5);
  return {
    id,
    ok: wrong.length === 0,
    sentence: wrong.length === 0 ? good : { en: `${en}: ${words.en}.`, ja: `${ja}: ${words.ja}。` },
    evidence: { wrong: wrong.length },
  };
};

const nothingUnknown = ({ suspicions, baseline }: Examination): Check =>
  baseline === undefined
    ? check('nothing-unknown', ['no trusted backup'], { en: '', ja: '' }, 'Cannot be told', '判定不能')
    : check(
        'nothing-unknown',
        suspicions.map(({ path, reasons }) => `${path} (${reasons[0]?.en ?? ''})`),
        {
          en: `Every tool in use is as in ${baseline} or was named trusted, its mode, owner and code too.`,
          ja: `使用中の全ツールは ${baseline} と一致(モード・所有者・コードを含む)、または信頼済みと指定。`,
        },
        'Not to be trusted',
        '信頼できないもの',
      );

function quarantined(moves: MovePlan | undefined, live: readonly LiveFile[]): Check {
  const now = new Map(live.map((file) => [file.path, file]));
  const missing = (moves?.moves ?? []).filter(({ to, state }) => !now.has(to) || !isSameContent(now.get(to)!.state, state));
  return check(
    'quarantine',
    missing.map(({ to }) => to),
    {
      en: `${moves?.moves.length ?? 0} file(s) lie in quarantine byte for byte.`,
      ja: `${moves?.moves.length ?? 0} ファイルが隔離先に元の内容のままあります。`,
    },
    'Missing from quarantine, or altered',
    '隔離先で欠落・変更',
  );
}

const codeLeft: Check = {
  id: 'code',
  ok: true,
  sentence: { en: 'The code was left as it is, as people chose.', ja: '指示によりコードはそのままです。' },
};

const codeCheck = (sources: readonly SourceComparison[]): Check =>
  check(
    'code',
    sources.flatMap(({ path, counts, fault }) =>
      fault ? [`${path}: ${fault.en}`] : counts.missing + counts.differing + counts.extra + counts.strange > 0 ? [path] : [],
    ),
    sources.length === 0
      ? { en: 'No sources are declared, so no code was compared.', ja: 'sources の宣言がないため、コードは比較していません。' }
      : { en: 'Extensions and libraries are as in their git sources.', ja: '拡張機能とライブラリは git と一致します。' },
    'Not as in the git source',
    'git と異なるもの',
  );

const evidence = (faults: readonly string[] | undefined): Check =>
  check(
    'evidence',
    faults ?? ['evidence'],
    { en: 'The evidence is complete, unchanged and read-only.', ja: '証拠は完全で、変更されておらず、読み取り専用です。' },
    'Evidence missing or altered',
    '証拠の欠落・変更',
  );
