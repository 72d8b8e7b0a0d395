/** Durations as people write them in the inventory: `500ms`, `30s`, `15m`, `4h`, `30d`; milliseconds inside. */
import { z } from 'zod';

const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

export const duration = z
  .string()
  .regex(/^\d{1,6}(ms|s|m|h|d)$/, 'a duration such as 30s, 15m, 4h or 30d')
  .transform((text) => {
    const [, count, unit] = /^(\d+)(\w+)$/.exec(text)!;
    return Number(count) * unitMs[unit as keyof typeof unitMs];
  });
