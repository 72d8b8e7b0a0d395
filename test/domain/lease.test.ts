/** Who yields when two want the same target, as a table. */
import { describe, expect, test } from 'vitest';
import { decideLease, type Holder } from '../../domain/lease.ts';

const since = '2026-11-22T02:00:00.000Z';
const holder = (kind: Holder['kind'], id: string, run = '1'): Holder => ({
  kind,
  id,
  workflowId: `${kind}/${id}`,
  firstRunId: run,
  since,
});

describe('of two that want one target', () => {
  const table: { wants: Holder; holds: Holder; verdict: ReturnType<typeof decideLease> }[] = [
    {
      wants: holder('recovery', 'tools~1'),
      holds: holder('recovery', 'site~2'),
      verdict: {
        answer: 'refuse',
        sentence: {
          en: 'The target is held by recovery site~2 since 2026-11-22T02:00:00.000Z.',
          ja: '対象は recovery site~2 が 2026-11-22T02:00:00.000Z から使用中です。',
        },
      },
    },
    {
      wants: holder('recovery', 'tools~1'),
      holds: holder('backup', 'b1'),
      verdict: {
        answer: 'ask-to-yield',
        sentence: {
          en: 'Asked backup b1 to stop at its next safe point.',
          ja: 'backup b1 に次の安全な所で止まるよう頼みました。',
        },
      },
    },
    {
      wants: holder('backup', 'b1'),
      holds: holder('recovery', 'tools~1'),
      verdict: {
        answer: 'wait',
        sentence: { en: 'Waits for recovery tools~1.', ja: 'recovery tools~1 の終了を待ちます。' },
      },
    },
    {
      wants: holder('backup', 'b2'),
      holds: holder('backup', 'b1'),
      verdict: { answer: 'wait', sentence: { en: 'Waits for backup b1.', ja: 'backup b1 の終了を待ちます。' } },
    },
  ];
  test.each(table)('$wants.kind against $holds.kind: $verdict.answer', ({ wants, holds, verdict }) => {
    expect(decideLease(wants, holds)).toEqual(verdict);
  });
});

describe('a holder that comes again', () => {
  test('finds its own lease, also after a reset, which keeps the first run', () => {
    const mine = holder('recovery', 'tools~1');
    expect(decideLease({ ...mine, since: '2026-11-22T03:00:00.000Z' }, mine)).toEqual({ answer: 'ours' });
    expect(decideLease(holder('backup', 'b1'), holder('backup', 'b1'))).toEqual({ answer: 'ours' });
  });
  test('is somebody else as a later recovery under the same workflow id', () => {
    expect(decideLease(holder('recovery', 'tools~1', '2'), holder('recovery', 'tools~1', '1')).answer).toBe('refuse');
  });
  test('is somebody else as another workflow with the same run', () => {
    expect(decideLease(holder('recovery', 'other~1'), holder('recovery', 'tools~1')).answer).toBe('refuse');
  });
});
