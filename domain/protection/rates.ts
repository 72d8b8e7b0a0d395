/** How many requests come in and how many get through, told from what the proxies have counted between two instants. */
import type { Text } from '../text.ts';
import type { Counted } from './words.ts';

export interface RateSample {
  /** Epoch milliseconds. */
  readonly at: number;
  /** By proxy. */
  readonly counted: Readonly<Record<string, Counted>>;
}

/** Requests a second, all proxies together. */
export interface Rates {
  readonly offered: number;
  readonly passed: number;
}

export function ratesBetween(before: RateSample, after: RateSample): Rates {
  let [offered, denied] = [0, 0];
  for (const [node, now] of Object.entries(after.counted)) {
    const since = before.counted[node];
    // A proxy that was restarted counts from the beginning.
    const isNew = since === undefined || since.requests > now.requests || since.denied > now.denied;
    offered += now.requests - (isNew ? 0 : since.requests);
    denied += now.denied - (isNew ? 0 : since.denied);
  }
  const seconds = Math.max(1, after.at - before.at) / 1_000;
  return { offered: Math.round(offered / seconds), passed: Math.round(Math.max(0, offered - denied) / seconds) };
}

/** Over the newest stretch of at least `windowMs`; undefined while none is as long. `samples` are oldest first. */
export function newestRates(samples: readonly RateSample[], windowMs: number): Rates | undefined {
  const last = samples.at(-1);
  const since = samples.findLast(({ at }) => last!.at - at >= windowMs);
  return last && since && ratesBetween(since, last);
}

/** Why it is not enough yet; undefined where it is. `probe` is why our own question was not answered well. */
export function whyNotEnough({ passed }: Rates, bears: number, probe: string | undefined): Text | undefined {
  if (passed > bears) {
    return {
      en: `${passed} requests a second get through; ${bears} are borne.`,
      ja: `毎秒 ${passed} 件が通過しています(許容 ${bears} 件)。`,
    };
  }
  return probe === undefined
    ? undefined
    : { en: `Our own probe is not answered well: ${probe}.`, ja: `プローブに正常な応答がありません: ${probe}。` };
}

export const ratesText = ({ offered, passed }: Rates): Text => ({
  en: `${offered} requests a second come in, ${passed} get through.`,
  ja: `毎秒 ${offered} 件の要求のうち ${passed} 件が通過しています。`,
});
