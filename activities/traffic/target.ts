/** Proxies as the inventory of this moment declares them, a look at all of them, and a probe of a side. */
import type { TrafficSettings } from '../../contracts/traffic-settings.ts';
import { fail } from '../../domain/fail.ts';
import type { Text } from '../../domain/text.ts';
import type { ProbeResult } from '../../domain/traffic/judge-watch.ts';
import { isWhole, silencesIn, type LiveProxy, type ProxyReport, type Sides } from '../../domain/traffic/words.ts';
import type { Ports } from '../ports/index.ts';
import type { Place } from '../ports/traffic.ts';

const probeMs = 2_000;

/** Fails: unknown-target. */
export function trafficTarget(ports: Ports, id: string): TrafficSettings {
  const entry = ports.inventory().targets.find((target) => target.id === id && target.kind === 'traffic');
  if (entry) return entry as unknown as TrafficSettings;
  throw fail('unknown-target', { en: `There are no proxies ${id}.`, ja: `プロキシ ${id} はありません。` });
}

export const sidesOf = ({ sides }: TrafficSettings): Sides =>
  Object.fromEntries(Object.entries(sides).map(([side, { servers }]) => [side, servers]));

/** A proxy that is declared; it may have left the inventory since it was named. Fails: unknown-target. */
export function proxyOf<P extends Place>({ proxies }: { readonly proxies: readonly P[] }, id: string): P {
  const proxy = proxies.find((one) => one.id === id);
  if (proxy) return proxy;
  throw fail('unknown-target', { en: `There is no proxy ${id} any more.`, ja: `プロキシ ${id} はもうありません。` });
}

export const placesOf = ({ proxies = [], names = [] }: TrafficSettings): Place[] => [...proxies, ...names];

export const lookAtAll = (ports: Ports, settings: TrafficSettings, signal?: AbortSignal): Promise<ProxyReport[]> =>
  Promise.all(placesOf(settings).map((place) => ports.traffic.look(place, settings.backend, signal)));

/** All of them, or it fails and names those that do not answer. Fails: proxy-refused. */
export async function lookAtLive(ports: Ports, settings: TrafficSettings, signal?: AbortSignal): Promise<LiveProxy[]> {
  const reports = await lookAtAll(ports, settings, signal);
  const silent = silencesIn(reports);
  if (silent.length > 0) throw notAll(silent, reports.length);
  return reports.filter(isWhole);
}

export const notAll = (silent: readonly string[], all: number) => fail('proxy-refused', refusedBy(silent, all));

const refusedBy = (silent: readonly string[], all: number): Text => ({
  en: `${all - silent.length} of ${all} proxies: ${silent.join('; ')}`,
  ja: `プロキシ ${all} 台中 ${all - silent.length} 台のみ: ${silent.join('; ')}`,
});

/** One question to the side itself. Never throws for what it answers. */
export async function probe(ports: Ports, { sides }: TrafficSettings, side: string, signal?: AbortSignal): Promise<ProbeResult> {
  const { url, host = new URL(url).host, expect } = sides[side]!.probe;
  const reach = await ports.prober.askHost(url, host, probeMs, signal);
  if (!reach.reached) return { ok: false, ms: reach.ms, said: reach.why };
  return { ok: reach.status === expect, ms: reach.ms, said: `status ${reach.status}` };
}

/** Fails: invalid-input. */
export function requireSide(sides: Sides, side: string): void {
  if (sides[side] !== undefined) return;
  const names = Object.keys(sides).join(', ');
  const sentence = {
    en: `There is no side ${side}; there are ${names}.`,
    ja: `${side} という側はありません。${names} があります。`,
  };
  throw fail('invalid-input', sentence, { errors: [{ path: 'side', message: `one of ${names}` }] });
}
