/** A filled checklist as Markdown, in the runbook's own form: a box an item, the measured value beside the expected, two signatures. */
import { reportCell, reportTable } from '../report-table.ts';
import type { Locale } from '../text.ts';
import { countOutcomes } from './fill.ts';
import { answerOutcomes, type FilledChecklist, type FilledItem } from './words.ts';

interface Signatures {
  readonly verifiers: readonly string[];
  readonly approvers: readonly string[];
}

const wordsOf = {
  en: {
    title: 'Verification checklist after a recovery',
    target: 'Target',
    started: 'Checked at',
    headings: ['', 'Item', 'Measured', 'Expected', 'Finding'],
    result: 'Result',
    passed: 'Items passed',
    failed: 'Items failed',
    open: 'Needs further action',
    none: 'none',
    signatures: 'Signatures',
    verifier: 'Verified by',
    approver: 'Approved by',
  },
  ja: {
    title: '復旧後検証チェックリスト',
    target: '対象',
    started: '調査日時',
    headings: ['', '項目', '測定値', '期待値', '所見'],
    result: '確認結果',
    passed: '合格項目数',
    failed: '不合格項目',
    open: '追加対応が必要な項目',
    none: 'なし',
    signatures: '署名',
    verifier: '検証者',
    approver: '承認者',
  },
} as const;

const boxes = { ok: '☑', failed: '☒', 'not-applicable': '–', 'not-checked': '☐' } as const;

/** The whole page; `when` tells an instant in the inventory's time zone. */
export function renderChecklist(
  list: FilledChecklist,
  locale: Locale,
  when: (iso: string) => string,
  signatures: Signatures = { verifiers: [], approvers: [] },
): string {
  const words = wordsOf[locale];
  const signed = (people: readonly string[]): string => reportCell(people.join(', ')) || '________';
  return `${[
    `# ${words.title}`,
    [`- ${words.target}: ${reportCell(list.target)}`, `- ${words.started}: ${when(list.startedAt)}`].join('\n'),
    ...renderChecklistParts(list, locale, '##'),
    `## ${words.signatures}`,
    [`- ${words.verifier}: ${signed(signatures.verifiers)}`, `- ${words.approver}: ${signed(signatures.approvers)}`].join('\n'),
  ].join('\n\n')}\n`;
}

/** The parts and the result, as paragraphs of a page or of a report. */
export function renderChecklistParts({ parts, items }: FilledChecklist, locale: Locale, level: '##' | '###'): string[] {
  const words = wordsOf[locale];
  const counts = countOutcomes(items);
  const named = (outcome: FilledItem['outcome']): string =>
    items
      .filter((item) => item.outcome === outcome)
      .map(({ title }) => reportCell(title[locale]))
      .join(', ') || words.none;
  return [
    ...parts.flatMap(({ id, title }) => [
      `${level} ${title[locale]}`,
      reportTable(
        words.headings,
        items.filter(({ part }) => part === id).map((item) => rowOf(item, locale)),
      ),
    ]),
    `${level} ${words.result}`,
    [
      `- ${words.passed}: ${counts.ok}/${items.length - counts['not-applicable']}`,
      `- ${words.failed}: ${named('failed')}`,
      `- ${words.open}: ${named('not-checked')}`,
    ].join('\n'),
  ];
}

const rowOf = ({ title, outcome, measured = '', expected = '', sentence }: FilledItem, locale: Locale): string[] => [
  `${boxes[outcome]} ${answerOutcomes[outcome][locale]}`,
  ...[title[locale], measured, expected, sentence[locale]].map(reportCell),
];
