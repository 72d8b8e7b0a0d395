/** Answers to the checklist of a PostgreSQL cluster. */
import { judged, notApplicable, type Answer } from '../checklist/words.ts';
import type { Inspection, Named } from './inspection.ts';

export function answerIntegrity({
  database,
  tables,
  rows,
  sequences,
  checksumFailures,
  indexCheck,
  ...found
}: Inspection): Answer[] {
  return [
    judged(
      'tables',
      tables > 0,
      {
        en: `${database} has ${tables} tables with about ${rows} rows.`,
        ja: `${database} のテーブルは ${tables} 個、約 ${rows} 行です。`,
      },
      { measured: tables, expected: 'at least 1' },
    ),
    none('constraints', found.unvalidated, 'constraints are not validated', '個の制約が未検証です'),
    none('indexes', found.invalidIndexes, 'indexes are invalid', '個のインデックスが無効です'),
    answerIndexOrder(indexCheck),
    sequences === 0
      ? notApplicable('sequences', { en: 'No column takes its numbers from a sequence.', ja: 'シーケンスを使う列はありません。' })
      : none('sequences', found.behind, 'sequences would give numbers out again', '個のシーケンスが列の最大値に遅れています'),
    none(
      'collations',
      found.movedCollations,
      'collations have another version than their indexes',
      '個の照合順序のバージョンが異なります',
    ),
    checksumFailures === null
      ? notApplicable('checksums', { en: 'The cluster has no data checksums.', ja: 'データチェックサムは無効です。' })
      : judged(
          'checksums',
          checksumFailures === 0,
          { en: `${checksumFailures} pages failed their checksum.`, ja: `チェックサムエラー ${checksumFailures} 件。` },
          { measured: checksumFailures, expected: 0 },
        ),
  ];
}

function answerIndexOrder(check: Inspection['indexCheck']): Answer {
  if (check.is === 'not-installed') {
    return notApplicable('index-order', {
      en: 'The extension amcheck is not installed in this database.',
      ja: 'このデータベースに拡張 amcheck がありません。',
    });
  }
  if (check.is !== 'done') {
    return notChecked('index-order', 'Our role may not call bt_index_check.', 'bt_index_check を実行する権限がありません。');
  }
  const { indexes, of, broken } = check;
  if (broken.count === 0 && indexes < of) {
    return notChecked(
      'index-order',
      `There was time for ${indexes} of ${of} indexes.`,
      `${of} 個中 ${indexes} 個まで検査しました(時間切れ)。`,
    );
  }
  return none('index-order', broken, 'indexes are out of order', '個のインデックスが壊れています', {
    en: `${indexes} indexes are in order.`,
    ja: `${indexes} 個のインデックスは正常です。`,
  });
}

const notChecked = (id: string, en: string, ja: string): Answer => ({ id, outcome: 'not-checked', sentence: { en, ja } });

function none(
  id: string,
  { count, names }: Named,
  en: string,
  ja: string,
  well = { en: 'None is wrong.', ja: '異常はありません。' },
): Answer {
  const some = names.join(', ');
  const sentence = count === 0 ? well : { en: `${count} ${en}: ${some}.`, ja: `${count} ${ja}: ${some}。` };
  return judged(id, count === 0, sentence, { measured: count, expected: 0 });
}

export const answerCommit = (node: string, ms: number): Answer =>
  judged(
    'commit',
    true,
    { en: `${node} committed after ${ms} ms.`, ja: `${node} は ${ms} ミリ秒でコミットしました。` },
    { measured: `${ms} ms` },
  );
