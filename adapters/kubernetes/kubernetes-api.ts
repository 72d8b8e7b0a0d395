/** Secrets and Deployments by the API of a Kubernetes cluster, with a token of the inventory. */
import type { ClusterPlace, FoundSecret, Kubernetes } from '../../activities/ports/kubernetes.ts';
import { fail } from '../../domain/fail.ts';
import type { Answer, Request } from '../rest/ask-api.ts';
import type { ReadSecret } from '../secrets.ts';
import { createAskCluster, merge } from './ask-cluster.ts';

const markedBy = 'okiagari.dev/endpoint';

interface SecretObject {
  readonly metadata: { readonly resourceVersion: string };
  readonly data?: Readonly<Record<string, string>>;
}

export const createKubernetes = (secret: ReadSecret): Kubernetes => {
  const askCluster = createAskCluster(secret);
  const ask = async (at: ClusterPlace, path: string, asked: Omit<Request, 'ms'>, expected?: number): Promise<Answer> =>
    askCluster(at, path, asked, expected === undefined ? [] : [expected]).catch((error: unknown) => {
      asked.signal?.throwIfAborted();
      throw refused(at, (error as Error).message);
    });

  return {
    async readSecret(at, signal) {
      const { text } = await ask(at, pathOf(at), { signal });
      return foundIn(JSON.parse(text) as SecretObject);
    },

    async writeSecret(at, { version, texts }, signal) {
      const data = Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, Buffer.from(text).toString('base64')]));
      const body = { metadata: { resourceVersion: version }, data };
      const answer = await ask(at, pathOf(at), { signal, ...merge(body) }, 409);
      return answer.status === 409 ? undefined : foundIn(JSON.parse(answer.text) as SecretObject).version;
    },

    async restart(at, deployment, mark, signal) {
      const body = { spec: { template: { metadata: { annotations: { [`${markedBy}-${at.id}`]: mark } } } } };
      const path = `/apis/apps/v1/namespaces/${at.namespace}/deployments/${deployment}`;
      await ask(at, path, { signal, ...merge(body) });
    },
  };
};

const pathOf = ({ namespace, secret }: ClusterPlace): string => `/api/v1/namespaces/${namespace}/secrets/${secret}`;

const foundIn = ({ metadata, data = {} }: SecretObject): FoundSecret => ({
  version: metadata.resourceVersion,
  texts: Object.fromEntries(Object.entries(data).map(([key, text]) => [key, Buffer.from(text, 'base64').toString('utf8')])),
});

const refused = ({ id, server }: ClusterPlace, said: string) =>
  fail('endpoint-refused', {
    en: `${id}: the cluster at ${server} says: ${said}.`,
    ja: `${id}: クラスター ${server} の応答: ${said}。`,
  });
