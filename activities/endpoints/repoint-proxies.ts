/** Has proxies send clients to the server of one node and to no other. */
import type { ProxyEndpoint } from '../../contracts/endpoint-settings.ts';
import { fail } from '../../domain/fail.ts';
import { nodeFailed } from '../../domain/node-failed.ts';
import { isLive, type ServerView, type Setting } from '../../domain/traffic/words.ts';
import type { Ports } from '../ports/index.ts';
import type { Proxy } from '../ports/traffic.ts';
import type { Repointed } from './repointed.ts';

type World = Pick<Ports, 'traffic'>;

/** Every proxy, side by side; one that refuses keeps none of the others back. Twice is fine. Fails: proxy-refused, endpoint-refused. */
export async function repointProxies(
  ports: World,
  endpoint: ProxyEndpoint,
  node: string,
  signal?: AbortSignal,
): Promise<Repointed> {
  const ends = await Promise.allSettled(endpoint.proxies.map((proxy) => leadTo(ports, endpoint, proxy, node, signal)));
  const refused = ends.find((end) => end.status === 'rejected');
  if (refused) throw refused.reason;
  const before = ends.map((end) => (end.status === 'fulfilled' ? end.value : undefined));
  const outcome = before.every((one) => one === undefined) ? 'already' : 'changed';
  const told = before.flatMap((text, n) => (text === undefined ? [] : [`${endpoint.proxies[n]!.id}: ${text}`]));
  return { endpoint: endpoint.id, outcome, ...(told.length > 0 && { before: told.join('; ') }) };
}

/** How it stood before; undefined where nothing had to be set. Saved always: an attempt may have been killed before it came to that. */
async function leadTo(
  { traffic }: World,
  { id, backend, servers }: ProxyEndpoint,
  proxy: Proxy,
  node: string,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const report = await traffic.look(proxy, backend, signal);
  if (!isLive(report)) throw nodeFailed(report.node, report.said, 'proxy-refused');
  const found = Object.entries(servers).map(([of, server]) => {
    const view = report.servers.find((one) => one.server === server);
    if (view === undefined) throw noServer(id, proxy.id, `${backend}/${server}`);
    return { view, leads: of === node };
  });
  // First nobody but the one who takes the writes, then that one.
  const wanted = found.toSorted((one, other) => Number(one.leads) - Number(other.leads)).map(settingOf);
  const isSo = wanted.every((one) => found.some(({ view }) => view.server === one.server && areSame(view, one)));
  if (!isSo) await traffic.set(proxy, backend, wanted, signal);
  await traffic.save(proxy, signal);
  return isSo ? undefined : found.map(({ view }) => `${view.server} ${view.weight} ${view.state}`).join(', ');
}

/** A weight of 0 would leave it without clients, ready or not. */
const settingOf = ({ view, leads }: { readonly view: ServerView; readonly leads: boolean }): Setting => ({
  server: view.server,
  weight: leads && view.weight === 0 ? Math.max(1, view.initial) : view.weight,
  state: leads ? 'ready' : 'maint',
});

const areSame = (one: Setting, other: Setting): boolean => one.weight === other.weight && one.state === other.state;

const noServer = (endpoint: string, proxy: string, server: string) =>
  fail('endpoint-refused', {
    en: `${endpoint}: ${proxy} has no server ${server}.`,
    ja: `${endpoint}: ${proxy} にサーバー ${server} がありません。`,
  });
