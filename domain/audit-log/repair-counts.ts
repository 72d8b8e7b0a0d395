/** What a repair counts: lines and bytes, each in exactly one place. */
import type { Text } from '../text.ts';

/** Why a piece does not stay in the log. */
export const rejectReasons = {
  torn: { en: 'cut off', ja: '途中で切れている' },
  'not-json': { en: 'not JSON', ja: 'JSON ではない' },
  'not-an-object': { en: 'JSON, but not an object', ja: 'オブジェクトではない JSON' },
  'invalid-utf-8': { en: 'not UTF-8', ja: 'UTF-8 ではない' },
  'nul-bytes': { en: 'NUL bytes', ja: 'NUL バイト' },
  'byte-order-mark': { en: 'a byte order mark', ja: 'BOM' },
  'too-long': { en: 'a line too long to be a record', ja: '記録としては長すぎる行' },
  disagrees: { en: 'the same id with other content', ja: '同じ ID で内容が異なる' },
} as const satisfies Record<string, Text>;
export type RejectReason = keyof typeof rejectReasons;

/** `bytes` = `keptBytes` + `rejectedBytes` + `separatorBytes`. */
export interface RepairCounts {
  readonly bytes: number;
  readonly lines: number;
  /** Lines that stay as they are. */
  readonly good: number;
  /** Objects saved from damaged lines. */
  readonly salvaged: number;
  readonly blank: number;
  readonly damaged: number;
  /** Of good lines without their newline, and of salvaged objects. */
  readonly keptBytes: number;
  readonly rejectedBytes: number;
  readonly separatorBytes: number;
  /** Pieces by reason. */
  readonly rejected: Readonly<Record<RejectReason, number>>;
}

const plainCounts = [
  'bytes',
  'lines',
  'good',
  'salvaged',
  'blank',
  'damaged',
  'keptBytes',
  'rejectedBytes',
  'separatorBytes',
] as const;
const reasons = Object.keys(rejectReasons) as RejectReason[];

/** The same counts as a row of numbers, for memory that threads share. */
export const countWidth = plainCounts.length + reasons.length;
export const countIndex = (name: (typeof plainCounts)[number] | RejectReason): number => {
  const plain = (plainCounts as readonly string[]).indexOf(name);
  return plain >= 0 ? plain : plainCounts.length + reasons.indexOf(name as RejectReason);
};

export function countsFrom(row: ArrayLike<number>): RepairCounts {
  const of = (name: (typeof plainCounts)[number] | RejectReason): number => row[countIndex(name)] ?? 0;
  return {
    ...(Object.fromEntries(plainCounts.map((name) => [name, of(name)])) as Omit<RepairCounts, 'rejected'>),
    rejected: Object.fromEntries(reasons.map((name) => [name, of(name)])) as Record<RejectReason, number>,
  };
}

export const rowOf = (counts: RepairCounts): number[] => [
  ...plainCounts.map((name) => counts[name]),
  ...reasons.map((name) => counts.rejected[name]),
];

export const noCounts: RepairCounts = countsFrom([]);

export const addCounts = (a: RepairCounts, b: RepairCounts): RepairCounts => {
  const [left, right] = [rowOf(a), rowOf(b)];
  return countsFrom(left.map((count, n) => count + right[n]!));
};

/** Whether every byte is in exactly one place. */
export const isComplete = ({ bytes, keptBytes, rejectedBytes, separatorBytes }: RepairCounts): boolean =>
  bytes === keptBytes + rejectedBytes + separatorBytes;
