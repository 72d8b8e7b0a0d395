/** The effects on a CDN before the sides, whether names or proxies lead to them, as workflows call them. Every one may run twice. */
import type { Text } from '../../domain/text.ts';

/** A CDN that is to forget what it fetched from another side. */
export interface CdnWish {
  /** A zone, or proxies. */
  readonly target: string;
  readonly side: string;
}

export interface CdnPurged {
  readonly already: boolean;
  readonly sentence: Text;
}

export interface CdnActivities {
  /**
   * Posts a purge, signed, its key one for each recovery and turn; sent again under the same key where nobody knows whether it was
   * taken. `onlyIfStale`: not where the CDN answers from that side already. Fails: cdn-silent, cdn-refused.
   */
  purgeCdn(input: CdnWish & { recovery: string; turn: string; onlyIfStale: boolean }): Promise<CdnPurged>;
  /** Waits until a user gets an answer of that side through the CDN. Reads only. Fails: cdn-stale. */
  awaitCdn(input: CdnWish): Promise<Text>;
}
