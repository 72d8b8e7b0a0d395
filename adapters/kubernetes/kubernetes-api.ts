/** Secrets and Deployments by the API of a Kubernetes cluster, with a token of the inventory. */
import type { ClusterPlace, FoundSecret, Kubernetes } from '../../activities/ports/kubernetes.ts';
import { fail } from '../../domain/fail.ts';
import { askApi, type Answer, type Request } from '../rest/ask-api.ts';
import { nameOfSecret, scrub, type ReadSecret } from '../secrets.ts';

const askMs = 5_000;
const markedBy = 'okiagari.dev/endpoint';

interface SecretObject {
  readonly metadata: { readonly resourceVersion: string };
  readonly data?: Readonly<Record<string, string>>;
}

export const createKubernetes = (secret: ReadSecret): Kubernetes => {
  /** What it answers, with a status of success or one of `expected`. */
  async function ask(at: ClusterPlace, path: string, request: Omit<Request, 'ms'>, expected?: number): Promise<Answer> {
    const token = secret(at.token)?.trim();
    if (!token) throw refused(at, `${nameOfSecret(at.token)} is not there`);
    const headers = { accept: 'application/json', authorization: `Bearer ${token}`, ...request.headers };
    const api = { url: at.server, tls: at.tls };
    const answer = await askApi(api, path, { ms: askMs, ...request, headers }).catch((error: unknown) => {
      request.signal?.throwIfAborted();
      throw refused(at, (error as Error).message);
    });
    if (answer.status < 300 || answer.status === expected) return answer;
    throw refused(at, `${scrub(reasonIn(answer.text), [token])} (${answer.status})`);
  }

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

/** Keys that it does not name stay as they are. */
const merge = (body: object) => ({ method: 'PATCH', body, headers: { 'content-type': 'application/merge-patch+json' } }) as const;

const foundIn = ({ metadata, data = {} }: SecretObject): FoundSecret => ({
  version: metadata.resourceVersion,
  texts: Object.fromEntries(Object.entries(data).map(([key, text]) => [key, Buffer.from(text, 'base64').toString('utf8')])),
});

/** Its Status says why; whoever else answers says it in words of its own. */
function reasonIn(text: string): string {
  try {
    const { message } = JSON.parse(text) as { message?: unknown };
    if (typeof message === 'string') return message.slice(0, 300);
  } catch {
    // No Status.
  }
  return text.trim().slice(0, 300);
}

const refused = ({ id, server }: ClusterPlace, said: string) =>
  fail('endpoint-refused', {
    en: `${id}: the cluster at ${server} says: ${said}.`,
    ja: `${id}: クラスター ${server} の応答: ${said}。`,
  });
