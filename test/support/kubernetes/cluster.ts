/** A Kubernetes cluster as tests use it, by its API: the one of the environment, or the small one; with a Secret and a Deployment of their own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';
import type { ClusterPlace } from '../../../activities/ports/kubernetes.ts';
import { askApi } from '../../../adapters/rest/ask-api.ts';
import type { Containers } from './controllers.ts';
import { startFakeCluster } from './fake-cluster.ts';

export interface ClusterAccess {
  /** As `https://localhost:6443`. */
  readonly server: string;
  /** File of its authority. */
  readonly ca: string;
  /** Of somebody who may do everything. */
  readonly token: string;
}

/** Throws where it refuses. */
export type Ask = <T>(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: object) => Promise<T>;

export interface Cluster extends ClusterAccess {
  readonly ask: Ask;
  readonly at: ClusterPlace;
  readonly deployment: string;
  /** What stands in its Secret. */
  texts(): Promise<Record<string, string>>;
  /** As somebody else would. */
  edit(texts: Readonly<Record<string, string>>): Promise<void>;
  /** Rises when the pods of the Deployment are to be replaced. */
  generation(): Promise<number>;
  stop(): Promise<void>;
}

export const namespace = 'default';

/** The small one, and the real one where the environment names it. */
export const clusters: readonly (readonly [string, () => Promise<Cluster>])[] = [
  ['a small one', () => startSmall()],
  ...(env['OKIAGARI_TEST_KUBERNETES'] === undefined ? [] : [['a real one', openReal] as const]),
];

/** The small one, whose machine does this with its pods. */
export async function startSmall(containers?: Containers): Promise<Cluster> {
  const folder = mkdtempSync(join(tmpdir(), 'okiagari-kubernetes-'));
  const fake = await startFakeCluster(folder, containers);
  return filled(fake, async () => {
    await fake.stop();
    rmSync(folder, { recursive: true });
  });
}

/** `OKIAGARI_TEST_KUBERNETES='{"server":…,"ca":…,"token":…}'`. */
function openReal(): Promise<Cluster> {
  return filled(JSON.parse(env['OKIAGARI_TEST_KUBERNETES']!) as ClusterAccess, () => Promise.resolve());
}

const askAs =
  ({ server, ca, token }: ClusterAccess): Ask =>
  async <T>(method: Parameters<Ask>[0], path: string, body?: object): Promise<T> => {
    const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
    const headers = { authorization: `Bearer ${token}`, 'content-type': type };
    const asked = method === 'GET' ? {} : { method };
    const { status, text } = await askApi({ url: server, tls: { ca: { file: ca } } }, path, {
      ms: 10_000,
      ...asked,
      body,
      headers,
    });
    if (status >= 300) throw new Error(`${method} ${path}: ${status} ${text}`);
    return JSON.parse(text) as T;
  };

async function filled(access: ClusterAccess, stop: () => Promise<void>): Promise<Cluster> {
  const { server, ca } = access;
  const tls = { ca: { file: ca } };
  const ask = askAs(access);
  const secrets = `/api/v1/namespaces/${namespace}/secrets`;
  const deployments = `/apis/apps/v1/namespaces/${namespace}/deployments`;
  const encoded = (texts: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, Buffer.from(text).toString('base64')]));
  const name = `primary-${Date.now()}`;
  await ask('POST', secrets, { metadata: { name }, data: encoded({ host: 'db-a', password: 'canary' }) });
  const app = `app-${Date.now()}`;
  const labels = { app };
  const spec = { containers: [{ name: app, image: 'app' }] };
  await ask('POST', deployments, {
    metadata: { name: app },
    spec: { replicas: 0, selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
  });
  return {
    ...access,
    ask,
    deployment: app,
    at: { id: 'pods', server, tls, token: { env: 'KUBERNETES' }, namespace, secret: name },
    async texts() {
      const { data } = await ask<{ data: Record<string, string> }>('GET', `${secrets}/${name}`);
      return Object.fromEntries(Object.entries(data).map(([key, text]) => [key, Buffer.from(text, 'base64').toString()]));
    },
    edit: async (texts) => void (await ask('PATCH', `${secrets}/${name}`, { data: encoded(texts) })),
    generation: async () => (await ask<{ metadata: { generation: number } }>('GET', `${deployments}/${app}`)).metadata.generation,
    stop,
  };
}
