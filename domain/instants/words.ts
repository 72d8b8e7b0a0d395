/** An instant that a person wrote down, once it is clear which one is meant. */
import type { Text } from '../text.ts';

export interface Instant {
  readonly ok: true;
  /** Such as 2024-01-20T05:30:00.000000Z: always UTC, always microseconds. */
  readonly at: string;
  readonly sentence: Text;
}

export interface Refusal {
  readonly ok: false;
  readonly sentence: Text;
}

export const refusal = (en: string, ja: string): Refusal => ({ ok: false, sentence: { en, ja } });

/** `seconds` since 1970 and a fraction of six digits. */
export const utc = (seconds: number, micros: string): string =>
  `${new Date(seconds * 1_000).toISOString().slice(0, 19)}.${micros}Z`;

/** Of seconds east of Greenwich, as +09:00. */
export function offsetText(seconds: number): string {
  const size = Math.abs(seconds);
  const parts = [size / 3_600, (size / 60) % 60, ...(size % 60 === 0 ? [] : [size % 60])];
  return (seconds < 0 ? '-' : '+') + parts.map((part) => String(Math.floor(part)).padStart(2, '0')).join(':');
}
