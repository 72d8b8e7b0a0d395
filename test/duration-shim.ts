/** Guards types/ms.d.ts: without it every duration is `any`, these lines compile, and `tsc` calls the directives unused. */
import type { Duration } from '@temporalio/common';

export const good: readonly Duration[] = ['1.5h', '30 days', '1 day', '2s', 5];

export const bad: readonly Duration[] = [
  // @ts-expect-error a number of fruit is no duration
  'five bananas',
  // @ts-expect-error misspelt
  '10 secondz',
  // @ts-expect-error no number
  'soon',
  // @ts-expect-error no object
  { a: 1 },
];
