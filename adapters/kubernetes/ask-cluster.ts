/** One request to the API of a Kubernetes cluster, with a token of the inventory; a refusal in words that repeat no secret. */
import type { ClusterNamespace } from '../../contracts/kubernetes-settings.ts';
import { askApi, type Answer, type Request } from '../rest/ask-api.ts';
import { nameOfSecret, scrub, type ReadSecret } from '../secrets.ts';

const askMs = 5_000;

type Asked = Omit<Request, 'ms'>;
/** What it answers, with a status of success or one of `expected`. Throws what it says otherwise. */
export type AskCluster = (at: ClusterNamespace, path: string, request: Asked, expected?: readonly number[]) => Promise<Answer>;

export const createAskCluster =
  (secret: ReadSecret): AskCluster =>
  async (at, path, request, expected = []) => {
    const token = secret(at.token)?.trim();
    if (!token) throw new Error(`${nameOfSecret(at.token)} is not there`);
    const headers = { accept: 'application/json', authorization: `Bearer ${token}`, ...request.headers };
    const answer = await askApi({ url: at.server, tls: at.tls }, path, { ms: askMs, ...request, headers });
    if (answer.status < 300 || expected.includes(answer.status)) return answer;
    throw new Error(`${scrub(reasonIn(answer.text), [token])} (${answer.status})`);
  };

/** Keys that it does not name stay as they are; null takes one out. */
export const merge = (body: object) =>
  ({ method: 'PATCH', body, headers: { 'content-type': 'application/merge-patch+json' } }) as const;

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
