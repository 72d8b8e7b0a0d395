/** Proxies that spread requests over servers, as their runtime interface shows and sets them. */
import type { TrafficSettings } from '../../contracts/traffic-settings.ts';
import type { ProxyReport, Setting } from '../../domain/traffic/words.ts';

export type Proxy = TrafficSettings['proxies'][number];

export interface Traffic {
  /** One look, in bounded time. Never throws for what the proxy does or does not do. Reads only. */
  look(proxy: Proxy, backend: string, signal?: AbortSignal): Promise<ProxyReport>;
  /** Sets these in this order in one go, and reads them back. Twice is fine. Fails: proxy-refused. */
  set(proxy: Proxy, backend: string, settings: readonly Setting[], signal?: AbortSignal): Promise<void>;
  /** Writes the state of all its servers where a restart finds it; nothing where no file is named. Twice is fine. Fails: proxy-refused. */
  save(proxy: Proxy, signal?: AbortSignal): Promise<void>;
}
