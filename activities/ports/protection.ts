/** The protection that proxies have against floods, as their runtime interface shows and sets it. */
import type { Pieces } from '../../domain/protection/prepared.ts';
import type { Counted, GuardChange, GuardReport } from '../../domain/protection/words.ts';
import type { Proxy } from './traffic.ts';

export interface Protection {
  /** One look, in bounded time; sources from `attacker` requests on. Never throws for what the proxy does or does not do. Reads only. */
  look(proxy: Proxy, pieces: Pieces, attacker: number, signal?: AbortSignal): Promise<GuardReport>;
  /** What the frontend has counted. Reads only. Fails: proxy-refused. */
  readCounted(proxy: Proxy, pieces: Pieces, signal?: AbortSignal): Promise<Counted>;
  /** Addresses that are the proxy's own; none where its name is not to be resolved. Reads only. */
  readOwn(proxy: Proxy): Promise<readonly string[]>;
  /** Sets the limit, adds and removes in one go, and reads it back; what else is denied stays. Twice is fine. Fails: proxy-refused. */
  set(proxy: Proxy, pieces: Pieces, change: GuardChange, signal?: AbortSignal): Promise<void>;
  /**
   * Writes what is set into the files that a restart reads; comments and order stay. Nothing where they are on another machine.
   * Twice is fine. Fails: proxy-refused.
   */
  save(proxy: Proxy, pieces: Pieces, signal?: AbortSignal): Promise<void>;
}
