/** Proxies under a flood as crash cases: what is limited and denied is read from them, and what became of those who must never be denied. */
import { startFlood, type Flood } from '../../haproxy/flood.ts';
import { filesOf, guardsOf } from '../../haproxy/guards.ts';
import { operator } from '../../haproxy/protection.ts';
import type { TrafficBed, TrafficStack } from '../../haproxy/stack.ts';
import type { CrashCase, Wreck } from '../case.ts';
import { proxiesPlace } from '../places.ts';

interface ProtectionCase {
  readonly cancelAt?: string;
}

const before = 'others 5 | 198.51.100.7';

const fast = {
  stages: [{ limit: 10, deny: 2 }],
  lowerAfter: '300ms',
  watch: { window: '200ms', within: '10s', latency: '30s' },
};

/** Lowered by itself or taken back, it is exactly as before. */
export const protectionCase = ({ cancelAt }: ProtectionCase): CrashCase<TrafficStack> => ({
  ...{ scenario: 'ddos-mitigation', place: proxiesPlace, cancelAt },
  // The others only look, as those of a shift do: between two looks nothing can be half done.
  only: ['planProtection', 'applyProtection', 'holdProtection', 'undoProtection'],
  wreck: async (stack) => wreck(await stack.traffic({ proxies: 2, protection: true, guard: fast })),
});

function wreck(bed: TrafficBed): Wreck {
  const files = filesOf(bed);
  const attacking = startFlood(bed.proxies, { from: ['127.0.0.11'], everyMs: 20, givesUpAfter: 20 });
  const boss: Flood = startFlood(bed.proxies, { from: [operator], everyMs: 50 });

  return {
    target: bed.id,
    input: {},
    stop: () => bed.stop(),
    async faults() {
      await Promise.all([attacking, boss].map((flood) => flood.stop()));
      const guards = await guardsOf(bed);
      const turnedAway = [403, 429].flatMap((status) => (boss.count(status) === 0 ? [] : [`${boss.count(status)} × ${status}`]));
      return [
        ...guards.flatMap((guard, n) => (guard === before ? [] : [`${bed.proxies[n]!.id} has ${guard}`])),
        ...(filesOf(bed) === files ? [] : [`the files hold ${filesOf(bed)}`]),
        ...turnedAway.map((count) => `who must never be denied was: ${count}`),
        ...(boss.count(200) > 0 ? [] : ['nobody else asked anything']),
      ];
    },
  };
}
