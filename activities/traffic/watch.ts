/** Watches a side that was given more: what the proxies count, and what a probe of our own sees. */
import { fail } from '../../domain/fail.ts';
import { figuresBetween, newest, sampleOf, whyOver, type ProbeResult, type Sample } from '../../domain/traffic/judge-watch.ts';
import { settingsAt, splitOf, type ShiftPlan } from '../../domain/traffic/shift-plan.ts';
import { isWhole, otherThan, sees, silencesIn, type LiveProxy, type ProxyReport } from '../../domain/traffic/words.ts';
import type { Text } from '../../domain/text.ts';
import type { Ports } from '../ports/index.ts';
import type { TrafficShiftActivities, Watched } from './interface.ts';
import { readShift } from './plan-shift.ts';
import { lookAtAll, notAll, probe, trafficTarget } from './target.ts';

type Input = Parameters<TrafficShiftActivities['watchTraffic']>[0];

const lookEveryMs = 200;
/** So long a proxy may say nothing, as in a reload; then nobody knows what users see. */
const silentMs = 2_000;
/** Older ones say nothing new. */
const mostSamples = 600;

/** What is held against the sample of its beginning needs no memory: an attempt after a death judges at once. */
export async function watch(ports: Ports, { target, plan: ref, to, since }: Input, signal?: AbortSignal): Promise<Watched> {
  const settings = trafficTarget(ports, target);
  const plan = await readShift(ports, target, ref);
  const { errors, latency: latencyMs, requests } = settings.thresholds;
  const limits = { errors, latencyMs, requests };
  const own = plan.sides[plan.side]!;
  const samples = [since];
  const probes: ProbeResult[] = [];
  const { every } = settings.sides[plan.side]!.probe;
  let [probing, probeAgainAt, heardAt] = [false, 0, performance.now()];
  const ask = (): void => {
    if (!plan.isProbed || probing || performance.now() < probeAgainAt) return;
    [probing, probeAgainAt] = [true, performance.now() + every];
    const asked = probe(ports, settings, plan.side, signal).then((answer) => void probes.push(answer));
    asked.catch(() => undefined).finally(() => (probing = false));
  };
  const end = (over?: Text): Watched => ({ ...(over && { over }), figures: allFigures(plan, since, samples.at(-1)!) });

  for (;;) {
    signal?.throwIfAborted();
    ask();
    const reports = await lookAtAll(ports, settings, signal);
    const live = reports.filter(isWhole);
    if (live.length === reports.length) {
      heardAt = performance.now();
      samples.push(sampleOf(Date.now(), live));
      if (samples.length > mostSamples) samples.splice(1, 1);
      requireSplit(plan, live, to);
      const over = whyDown(plan, live) ?? whyOver(plan.side, newest(samples, own, limits), probes, limits);
      if (over !== undefined) return end(over);
      if (Date.now() - since.at >= plan.dwellMs && (probes.length > 0 || !plan.isProbed)) return end();
    } else if (performance.now() - heardAt > silentMs) throw unseen(reports);
    // Not beyond the end: a step is watched as long as was said.
    const left = since.at + plan.dwellMs - Date.now();
    await new Promise((resolve) => setTimeout(resolve, left > 0 ? Math.min(left, lookEveryMs) : lookEveryMs));
  }
}

const allFigures = ({ sides }: ShiftPlan, since: Sample, now: Sample): Watched['figures'] =>
  Object.keys(now.counted).length === 0
    ? {}
    : Object.fromEntries(Object.entries(sides).map(([side, names]) => [side, figuresBetween(since, now, names)]));

function whyDown({ side, sides }: ShiftPlan, live: readonly LiveProxy[]): Text | undefined {
  const away = live
    .filter(sees)
    .find(({ servers }) => !servers.some(({ server, isUp }) => sides[side]!.includes(server) && isUp));
  if (away === undefined) return undefined;
  return {
    en: `No server of ${side} is up at ${away.node}.`,
    ja: `${away.node} から見て ${side} の全サーバーが停止しています。`,
  };
}

/** A proxy that was restarted without its state, or that somebody has set. */
function requireSplit(plan: ShiftPlan, live: readonly LiveProxy[], to: Input['to']): void {
  for (const report of live.filter(({ node }) => plan.proxies.some((proxy) => proxy.node === node))) {
    const { node } = report;
    if (otherThan(settingsAt(plan, node, to), report).length === 0) continue;
    throw fail('plan-changed', {
      en: `${node} has not ${splitOf(plan, to)} any more: it was restarted without its state, or somebody has set it.`,
      ja: `${node} の配分が ${splitOf(plan, to)} ではなくなりました。状態を失う再起動か、手動の変更です。`,
    });
  }
}

const unseen = (reports: readonly ProxyReport[]) => notAll(silencesIn(reports), reports.length);
