/** When a shift is worth a thought: nobody is up on the side that has the requests, and another side is. Where names lead, our own probe says so. */
import type { Diagnosis } from '../diagnosis.ts';
import { sharesOf } from './split.ts';
import type { ProbeResult } from './judge-watch.ts';
import { isLive, sees, type LiveProxy, type ProxyReport, type Sides } from './words.ts';

export function suggestShift(
  reports: readonly ProxyReport[],
  sides: Sides,
  probes: Readonly<Record<string, ProbeResult>>,
): Diagnosis['suggests'] {
  const live = reports.filter(isLive);
  const [first] = live;
  if (first === undefined) return [];
  const shares = sharesOf(first.servers, sides);
  const [side] = Object.keys(sides).toSorted((a, b) => shares[b]! - shares[a]!);
  const isUpAt = (place: LiveProxy, name: string): boolean => (sees(place) ? hasServer(place, sides[name]!) : probes[name]!.ok);
  const isUp = (name: string): boolean => live.every((place) => isUpAt(place, name));
  const next = Object.keys(sides).find((name) => name !== side && isUp(name));
  if (next === undefined || live.some((place) => isUpAt(place, side!))) return [];
  return [
    {
      scenario: 'traffic-shift',
      input: { side: next, steps: [100] },
      why: {
        en: `No server of ${side} is up, and those of ${next} are.`,
        ja: `${side} のサーバーがすべて停止し、${next} は稼働しています。`,
      },
    },
  ];
}

const hasServer = ({ servers }: LiveProxy, names: readonly string[]): boolean =>
  servers.some(({ server, isUp, state }) => names.includes(server) && isUp && state !== 'maint');
