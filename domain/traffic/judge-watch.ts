/** Whether a side that was given more requests does well: by what the proxies counted since then, and by our own probe. */
import type { Text } from '../text.ts';
import { sees, type Counters, type LiveProxy } from './words.ts';

/** What all proxies had counted at an instant; names count nothing. */
export interface Sample {
  /** Epoch milliseconds. */
  readonly at: number;
  /** Proxy → server → counters. */
  readonly counted: Readonly<Record<string, Readonly<Record<string, Counters>>>>;
}

export interface Figures {
  readonly requests: number;
  readonly failed: number;
  /** Left out where nothing was answered. */
  readonly latencyMs?: number;
}

export interface WatchLimits {
  /** Part of the requests that may fail, 0..1. */
  readonly errors: number;
  readonly latencyMs: number;
  /** Fewer say nothing. */
  readonly requests: number;
}

export interface ProbeResult {
  readonly ok: boolean;
  readonly ms: number;
  readonly said: string;
}

/** Shorter stretches are chance; longer ones would take too long to show what begins in the middle of a watch. */
const stretchMs = 2_000;
const meanOver = 1_024;

export const sampleOf = (at: number, reports: readonly LiveProxy[]): Sample => ({
  at,
  counted: Object.fromEntries(
    reports
      .filter(sees)
      .map(({ node, servers }) => [
        node,
        Object.fromEntries(servers.map(({ server, requests, failed, latencyMs }) => [server, { requests, failed, latencyMs }])),
      ]),
  ),
});

/** What these servers did between two samples. */
export function figuresBetween(before: Sample, after: Sample, servers: readonly string[]): Figures {
  let [requests, failed, time] = [0, 0, 0];
  for (const [proxy, counted] of Object.entries(after.counted)) {
    for (const server of servers.filter((name) => counted[name] !== undefined)) {
      const now = counted[server]!;
      const since = startOf(before.counted[proxy]?.[server], now);
      const count = now.requests - since.requests;
      requests += count;
      failed += now.failed - since.failed;
      time += count * meanBetween(since, now, count);
    }
  }
  return { requests, failed, ...(requests > 0 && { latencyMs: Math.round(time / requests) }) };
}

const nothing: Counters = { requests: 0, failed: 0, latencyMs: 0 };

/** A proxy that was restarted counts from the beginning. */
const startOf = (since: Counters | undefined, now: Counters): Counters =>
  since === undefined || since.requests > now.requests || since.failed > now.failed ? nothing : since;

/** The proxy tells the mean of its last requests; what the newest of them took follows from how far they moved it. */
function meanBetween(since: Counters, now: Counters, count: number): number {
  if (count === 0) return 0;
  const window = Math.max(count, Math.min(now.requests, meanOver));
  return Math.max(0, since.latencyMs + ((now.latencyMs - since.latencyMs) * window) / count);
}

/** The newest stretch that says something; everything since the beginning where none is as long. `samples` are oldest first. */
export function newest(samples: readonly Sample[], servers: readonly string[], { requests }: WatchLimits): Figures {
  const last = samples.at(-1)!;
  const since = samples.findLast(
    (sample) => last.at - sample.at >= stretchMs && figuresBetween(sample, last, servers).requests >= requests,
  );
  return figuresBetween(since ?? samples[0]!, last, servers);
}

/** Why the side may not keep what it was given; undefined while there is no reason. */
export function whyOver(
  side: string,
  { requests, failed, latencyMs = 0 }: Figures,
  probes: readonly ProbeResult[],
  limits: WatchLimits,
): Text | undefined {
  if (requests >= limits.requests && failed / requests > limits.errors) {
    return {
      en: `${failed} of the last ${requests} requests of ${side} failed.`,
      ja: `${side} の直近 ${requests} 件中 ${failed} 件が失敗しました。`,
    };
  }
  if (requests >= limits.requests && latencyMs > limits.latencyMs) return slow(side, latencyMs, limits.latencyMs);
  const [before, last] = probes.slice(-2);
  if (last !== undefined && !last.ok && !before!.ok) {
    return { en: `The probe of ${side} failed twice: ${last.said}.`, ja: `${side} のプローブが 2 回続けて失敗: ${last.said}。` };
  }
  const times = probes.slice(-5).map(({ ms }) => ms);
  const median = times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)];
  return times.length >= 3 && median! > limits.latencyMs ? slow(side, median!, limits.latencyMs) : undefined;
}

const slow = (side: string, ms: number, limit: number): Text => ({
  en: `${side} takes ${ms} ms to answer; up to ${limit} ms are well.`,
  ja: `${side} の応答に ${ms} ミリ秒かかっています(許容 ${limit} ミリ秒)。`,
});
