/** Watches what comes in and what gets through while proxies protect, and whether our own question is answered. */
import { isRaised } from '../../domain/protection/guard-checks.ts';
import { newestRates, whyNotEnough, type Rates, type RateSample } from '../../domain/protection/rates.ts';
import { isGuarded } from '../../domain/protection/words.ts';
import type { ProbeResult } from '../../domain/traffic/judge-watch.ts';
import type { Ports } from '../ports/index.ts';
import type { Held, ProtectionActivities, WatchedRates } from './interface.ts';
import { readPlans } from './raise.ts';
import { guardedTarget, lookAtGuards, probeThrough, sampleRates, type Guarded } from './target.ts';

type Input<Name extends keyof ProtectionActivities> = Parameters<ProtectionActivities[Name]>[0];

const lookEveryMs = 200;
/** So long a proxy may say nothing, as in a reload; then nobody knows what users see. */
const silentMs = 2_000;
/** Older ones say nothing new. */
const mostSamples = 600;

/** Rides over a reload of a proxy. Fails: proxy-refused. */
export async function sample(ports: Ports, target: Guarded, signal?: AbortSignal): Promise<RateSample> {
  const deadline = performance.now() + silentMs;
  for (;;) {
    try {
      return await sampleRates(ports, target, signal);
    } catch (error) {
      if (performance.now() > deadline) throw error;
    }
    await pause(signal);
  }
}

/** What is held against the sample of its beginning needs no memory of its own. */
export async function watchRates(ports: Ports, input: Input<'watchProtection'>, signal?: AbortSignal): Promise<WatchedRates> {
  const target = guardedTarget(ports, input.target);
  const { watch, bears } = target.protection;
  const until = performance.now() + watch.within;
  const look = createLook(ports, target, input.since, signal);
  for (;;) {
    const { rates, probe } = await look();
    // One answer says little: users would be let down by the next.
    const why = rates && whyNotEnough(rates, bears, whyUnwell(probe.slice(-2)));
    if (rates && why === undefined && probe.length > 1) return { rates };
    if (rates && performance.now() > until) return { ...(why && { why }), rates };
    await pause(signal);
  }
}

export async function hold(ports: Ports, input: Input<'holdProtection'>, signal?: AbortSignal): Promise<Held> {
  const target = guardedTarget(ports, input.target);
  const plans = await readPlans(ports, input);
  const { bears, lowerBelow = bears, lowerAfter } = target.protection;
  const until = performance.now() + input.ms;
  const look = createLook(ports, target, input.since, signal);
  let { calmSince } = input;
  for (;;) {
    const { rates, probe, last } = await look();
    if (rates && rates.offered > lowerBelow) calmSince = last.at;
    const held = { calmSince, since: last, ...(rates && { rates }) };
    const why = rates && whyNotEnough(rates, bears, probe.length > 1 ? whyUnwell(probe.slice(-2)) : undefined);
    if (why) return { state: 'loud', why, ...held };
    if (rates && last.at - calmSince >= lowerAfter) return { state: 'calm', ...held };
    if (performance.now() > until) {
      // One that is silent at this moment is looked at after the next stretch.
      const live = (await lookAtGuards(ports, target, signal)).filter(isGuarded);
      return { state: live.every((guard) => isRaised(plans, guard)) ? 'goes-on' : 'lost', ...held };
    }
    await pause(signal);
  }
}

interface Seen {
  readonly rates: Rates | undefined;
  readonly probe: readonly ProbeResult[];
  readonly last: RateSample;
}

/** Each look counts, and asks our own question as often as the inventory says. A proxy may be silent for a moment. */
function createLook(ports: Ports, target: Guarded, since: RateSample, signal?: AbortSignal): () => Promise<Seen> {
  const { watch, probe } = target.protection;
  const samples = [since];
  const answers: ProbeResult[] = [];
  let [probeAgainAt, heardAt] = [0, performance.now()];
  return async () => {
    signal?.throwIfAborted();
    if (performance.now() >= probeAgainAt) {
      probeAgainAt = performance.now() + probe.every;
      answers.push(await probeThrough(ports, target, signal));
    }
    try {
      samples.push(await sampleRates(ports, target, signal));
      heardAt = performance.now();
      if (samples.length > mostSamples) samples.splice(1, 1);
    } catch (error) {
      if (performance.now() - heardAt > silentMs) throw error;
    }
    return { rates: newestRates(samples, watch.window), probe: answers, last: samples.at(-1)! };
  };
}

/** The newest reason, where none of these is well. */
const whyUnwell = (answers: readonly ProbeResult[]): string | undefined =>
  answers.length > 0 && answers.every(({ ok }) => !ok) ? answers.at(-1)!.said : undefined;

async function pause(signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
}
