/** The decision what to keep of ten thousand backups. */
import { decideRetention, type Keepable } from '../../domain/retention.ts';
import type { Measure } from '../measure.ts';
import { timed } from '../side-by-side.ts';

const hourMs = 3_600_000;
const idOf = (n: number): string => `b${String(n).padStart(5, '0')}`;

export const retention10k: Measure = {
  id: 'retention-10k',
  title: 'Retention over 10,000 backups in chains of a day',
  unit: 'ms',
  goal: 'at most 1 s',
  meets: ({ median }) => median <= 1_000,
  async run() {
    const backups = Array.from({ length: 10_000 }, (_, n): Keepable => ({
      id: idOf(n),
      kind: n % 24 === 0 ? 'full' : 'incremental',
      source: 'okiagari',
      startedAt: new Date(n * hourMs).toISOString(),
      usable: true,
      suspect: n % 50 === 0,
      verifiedIn: n % 3 === 0 ? ['local', 'offsite'] : [],
      needs: n % 24 === 0 ? [] : [idOf(n - 1), idOf(n - (n % 24))],
    }));
    const keepMs = { full: 30 * 24 * hourMs, incremental: 7 * 24 * hourMs, manual: 90 * 24 * hourMs };
    const ours: number[] = [];
    for (let round = -2; round < 20; round++) {
      const ms = await timed(async () =>
        decideRetention(backups, keepMs, { held: new Map(), inUse: new Map() }, 10_000 * hourMs),
      );
      if (round >= 0) ours.push(ms);
    }
    return { ours };
  },
};
