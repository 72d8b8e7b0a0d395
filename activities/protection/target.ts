/** Proxies with their protection as the inventory of this moment declares it, a look at all of them, and a probe through them. */
import type { ProtectionSettings } from '../../contracts/protection-settings.ts';
import type { ProxySettings } from '../../contracts/traffic-settings.ts';
import { fail } from '../../domain/fail.ts';
import { whyUnprepared } from '../../domain/protection/prepared.ts';
import type { RateSample } from '../../domain/protection/rates.ts';
import { isGuarded, type GuardReport, type LiveGuard } from '../../domain/protection/words.ts';
import type { ProbeResult } from '../../domain/traffic/judge-watch.ts';
import type { Ports } from '../ports/index.ts';
import { notAll, trafficTarget } from '../traffic/target.ts';

export interface Guarded {
  readonly proxies: readonly ProxySettings[];
  readonly protection: ProtectionSettings;
}

/** Fails: unknown-target, proxy-not-prepared. */
export function guardedTarget(ports: Ports, id: string): Guarded {
  const { proxies = [], protection } = trafficTarget(ports, id);
  if (protection) return { proxies, protection };
  throw fail('proxy-not-prepared', {
    en: `The inventory says nothing of \`protection\` of ${id}.`,
    ja: `インベントリの ${id} に \`protection\` がありません。`,
  });
}

export const lookAtGuards = (ports: Ports, { proxies, protection }: Guarded, signal?: AbortSignal): Promise<GuardReport[]> =>
  Promise.all(proxies.map((proxy) => ports.protection.look(proxy, protection, protection.attacker, signal)));

/** All of them, or it fails and names those that do not answer. Fails: proxy-refused. */
export async function lookAtLiveGuards(ports: Ports, target: Guarded, signal?: AbortSignal): Promise<LiveGuard[]> {
  const reports = await lookAtGuards(ports, target, signal);
  const silent = silentIn(reports);
  if (silent.length > 0) throw notAll(silent, reports.length);
  return reports.filter(isGuarded);
}

export const silentIn = (reports: readonly GuardReport[]): string[] =>
  reports.flatMap((report) => (isGuarded(report) ? [] : [`${report.node}: ${report.said}`]));

/** Fails: proxy-not-prepared. */
export function requirePrepared(reports: readonly LiveGuard[], { protection }: Guarded): void {
  const faults = reports.flatMap((report) => whyUnprepared(report, protection));
  if (faults.length === 0) return;
  throw fail('proxy-not-prepared', { en: faults.map(({ en }) => en).join(' '), ja: faults.map(({ ja }) => ja).join('') });
}

/** Probes and operators, and the proxies themselves. */
export async function neverDenied(ports: Ports, { proxies, protection }: Guarded): Promise<string[]> {
  const own = await Promise.all(proxies.map((proxy) => ports.protection.readOwn(proxy)));
  return [...new Set([...protection.never, ...own.flat()])];
}

/** Fails: proxy-refused. */
export async function sampleRates(ports: Ports, { proxies, protection }: Guarded, signal?: AbortSignal): Promise<RateSample> {
  const counted = await Promise.all(
    proxies.map(async (proxy) => [proxy.id, await ports.protection.readCounted(proxy, protection, signal)] as const),
  );
  return { at: Date.now(), counted: Object.fromEntries(counted) };
}

/** One question as users ask it. Never throws for what is answered. */
export async function probeThrough(ports: Ports, { protection }: Guarded, signal?: AbortSignal): Promise<ProbeResult> {
  const { url, host = new URL(url).host, expect } = protection.probe;
  const reach = await ports.prober.askHost(url, host, protection.watch.latency, signal);
  if (!reach.reached) return { ok: false, ms: reach.ms, said: reach.why };
  return { ok: reach.status === expect, ms: reach.ms, said: `status ${reach.status}` };
}
