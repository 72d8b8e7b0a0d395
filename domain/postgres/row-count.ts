/** How much is in a database: what a backup notes, and what has to come back. */
import type { Text } from '../text.ts';
import type { Measure } from '../why-suspect.ts';

export interface RowCount {
  readonly tables: number;
  readonly rows: number;
  /** Tables whose rows are an estimate: there was no time, or no right, to count them. */
  readonly estimated: number;
}

/** What tells that a database shrank. */
export const databaseMeasures: readonly Measure[] = [
  { count: 'tables', name: { en: 'tables', ja: 'テーブル' } },
  { count: 'rows', name: { en: 'rows', ja: '行' } },
];

/** Writes go on while a backup is taken: what was there before and after it is what it holds at least. */
export const atLeast = (before: RowCount, after: RowCount): RowCount => ({
  tables: Math.min(before.tables, after.tables),
  rows: Math.min(before.rows, after.rows),
  estimated: Math.max(before.estimated, after.estimated),
});

/** Rows may go while it is taken, and estimates are estimates; tables do not vanish by themselves. */
const rowTolerance = 0.2;

/** Why what came back is not what the manifest counted; undefined where it is. */
export function whyTooLittle(
  id: string,
  noted: { readonly [count: string]: number | undefined },
  found: RowCount,
): Text | undefined {
  const { tables = 0, rows = 0 } = noted;
  if (found.tables < tables) {
    return {
      en: `${id}: the manifest counts ${tables} tables, ${found.tables} came back.`,
      ja: `${id}: マニフェストのテーブルは ${tables} 個ですが、復元できたのは ${found.tables} 個です。`,
    };
  }
  if (found.rows >= rows * (1 - rowTolerance)) return undefined;
  return {
    en: `${id}: the manifest counts ${rows} rows, ${found.rows} came back.`,
    ja: `${id}: マニフェストの行数は ${rows} ですが、復元できたのは ${found.rows} 行です。`,
  };
}
