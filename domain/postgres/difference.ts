/** How a restored database differs from the one in use: what people are shown before one takes the place of the other. */
import type { Text } from '../text.ts';

export interface TableDifference {
  /** As the server quotes it; with its database in front where that is not the one of our login. */
  readonly table: string;
  /** Rows that stand in one of the two only. */
  readonly onlyNow: number;
  readonly onlyThen: number;
  /** Rows of one key that are not the same; null without a primary key: then such rows count on both sides. */
  readonly changed: number | null;
  /** One row in so many was compared, and the figures are scaled up; 1 = every row. */
  readonly oneIn: number;
}

export interface Difference {
  /** Every table that was compared, also where nothing differs. */
  readonly tables: readonly TableDifference[];
  /** Databases, tables, indexes, constraints, views, functions, triggers and roles, each with its kind in front. */
  readonly schema: {
    readonly onlyNow: readonly string[];
    readonly onlyThen: readonly string[];
    readonly changed: readonly string[];
  };
  /** What nobody looked into. `unlogged` tables are empty after every restore. */
  readonly unseen: readonly { readonly what: string; readonly why: WhyUnseen }[];
}

export type WhyUnseen = 'not-allowed' | 'no-time' | 'unlogged' | 'no-common-column';

export const differs = ({ onlyNow, onlyThen, changed }: TableDifference): boolean => onlyNow + onlyThen + (changed ?? 0) > 0;

/** A row as two digests: of its key, null where its table has none, and of all of it. */
export type RowDigest = readonly [key: string | null, row: string];

/** Of the same rows of both sides, or of the same sample of them. */
export function compareRows(
  now: readonly RowDigest[],
  then: readonly RowDigest[],
  oneIn: number,
): Omit<TableDifference, 'table'> {
  const hasKey = (now[0] ?? then[0])?.[0] !== null;
  const counts = hasKey ? byKey(now, then) : byRow(now, then);
  const scaled = (count: number): number => count * oneIn;
  const { onlyNow, onlyThen, changed } = counts;
  return { onlyNow: scaled(onlyNow), onlyThen: scaled(onlyThen), changed: changed === null ? null : scaled(changed), oneIn };
}

function byKey(now: readonly RowDigest[], then: readonly RowDigest[]) {
  const left = new Map(now);
  let [onlyThen, changed] = [0, 0];
  for (const [key, row] of then) {
    const known = left.get(key);
    if (known === undefined) onlyThen += 1;
    else if (known !== row) changed += 1;
    left.delete(key);
  }
  return { onlyNow: left.size, onlyThen, changed };
}

function byRow(now: readonly RowDigest[], then: readonly RowDigest[]) {
  const left = new Map<string, number>();
  for (const [, row] of now) left.set(row, (left.get(row) ?? 0) + 1);
  let onlyThen = 0;
  for (const [, row] of then) {
    const count = left.get(row) ?? 0;
    if (count === 0) onlyThen += 1;
    else left.set(row, count - 1);
  }
  return { onlyNow: [...left.values()].reduce((sum, count) => sum + count, 0), onlyThen, changed: null };
}

/** One breath: how much differs, and what nobody looked into. */
export function tellDifference({ tables, schema, unseen }: Difference): Text {
  const differing = tables.filter(differs);
  const sum = (of: (table: TableDifference) => number): number => differing.reduce((total, table) => total + of(table), 0);
  const [onlyNow, onlyThen, changed] = [sum((one) => one.onlyNow), sum((one) => one.onlyThen), sum((one) => one.changed ?? 0)];
  const objects = schema.onlyNow.length + schema.onlyThen.length + schema.changed.length;
  const about = tables.some(({ oneIn }) => oneIn > 1);
  const [en, ja] = [about ? 'about ' : '', about ? '約 ' : ''];
  const rows =
    differing.length === 0
      ? { en: `${tables.length} tables have the same rows`, ja: `${tables.length} テーブルの行は同一` }
      : {
          en: `${differing.length} of ${tables.length} tables differ: ${en}${onlyNow} rows only now, ${onlyThen} only then, ${changed} changed`,
          ja: `${tables.length} 中 ${differing.length} テーブルに差異: ${ja}現在のみ ${onlyNow} 行、復元のみ ${onlyThen} 行、変更 ${changed} 行`,
        };
  return {
    en: `${rows.en}; ${objects} differences of schema${unseen.length === 0 ? '' : `; not compared: ${unseen.length}`}.`,
    ja: `${rows.ja}、スキーマの差異 ${objects} 件${unseen.length === 0 ? '' : `、未比較 ${unseen.length} 件`}。`,
  };
}
