/** One row of the failure table: what a code means to the door and to the reader. */
import type { Text } from './text.ts';

export interface FailureRow {
  /** HTTP status where the API answers with it. */
  readonly status: number;
  /** Whether the same attempt may succeed a moment later without anybody doing anything. */
  readonly retryable: boolean;
  readonly hint: Text;
}

export const row = (status: number, retryable: boolean, en: string, ja: string): FailureRow => ({
  status,
  retryable,
  hint: { en, ja },
});
