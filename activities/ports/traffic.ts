/** Places that spread requests over servers: proxies by their runtime interface, names by their authoritative servers. */
import type { ProxySettings } from '../../contracts/traffic-settings.ts';
import type { WeightedName } from '../../contracts/weighted-name-settings.ts';
import type { ProxyReport, Setting } from '../../domain/traffic/words.ts';

export type Proxy = ProxySettings;
export type Place = Proxy | WeightedName;

/** `backend` is of a proxy; a name has none. */
export interface Traffic<P extends Place = Place> {
  /** One look, in bounded time. Never throws for what the place does or does not do. Reads only. */
  look(place: P, backend: string | undefined, signal?: AbortSignal): Promise<ProxyReport>;
  /** Sets these in this order in one go, and reads them back: of a name at every authoritative server. Twice is fine. Fails: proxy-refused. */
  set(place: P, backend: string | undefined, settings: readonly Setting[], signal?: AbortSignal): Promise<void>;
  /** Writes the state of all its servers where a restart finds it; nothing where no file is named. Twice is fine. Fails: proxy-refused. */
  save(place: P, signal?: AbortSignal): Promise<void>;
}
