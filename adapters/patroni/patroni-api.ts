/** The REST API of Patroni: https://patroni.readthedocs.io/en/latest/rest_api.html */
import type { Patroni, PatroniNode } from '../../activities/ports/patroni.ts';
import { nodeFailed } from '../../domain/node-failed.ts';
import { nameOfSecret, scrub, type ReadSecret } from '../secrets.ts';
import { askApi, Silence, type Answer, type Request } from '../rest/ask-api.ts';
import { readCluster, readOwn } from './read-answers.ts';

const lookMs = 2_000;
/** It answers when the new leader is there, after 20 s at the latest unless its loop is slower. */
const leadMs = 30_000;

export const createPatroni = (secret: ReadSecret): Patroni => ({
  async look(node, signal) {
    const [own, ...whole] = await Promise.allSettled(
      ['/patroni', '/cluster', '/config', '/history'].map((path) => read(node, path, { ms: lookMs, signal })),
    );
    signal?.throwIfAborted();
    if (own!.status === 'rejected') return { node: node.id, answers: false, said: (own!.reason as Error).message };
    const { said, certificate } = own!.value;
    const [cluster, config, history] = whole.map((one) => (one.status === 'fulfilled' ? one.value.said : undefined));
    return { node: node.id, answers: true, ...readOwn(said), certificate, cluster: readCluster({ cluster, config, history }) };
  },

  async lead(node, login, { from, to }, signal) {
    const password = login && secret(login.password);
    if (login && password === undefined) throw refused(node, `${nameOfSecret(login.password)} is not there`);
    const basic = login && Buffer.from(`${login.user}:${password}`).toString('base64');
    const path = from === undefined ? '/failover' : '/switchover';
    const post = {
      method: 'POST',
      body: from === undefined ? { candidate: to } : { leader: from, candidate: to },
      headers: { 'content-type': 'application/json', ...(basic && { authorization: `Basic ${basic}` }) },
    } as const;
    let answer: Answer;
    try {
      answer = await askApi(node.patroni, path, { ms: leadMs, signal, ...post });
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof Silence && error.mayHaveHeard) return;
      throw refused(node, (error as Error).message);
    }
    const { status, text } = answer;
    // 503 = it did not come to pass within its time, or nobody could say: it may still.
    if (status < 300 || status === 503) return;
    const said = scrub(text.trim().slice(0, 300), password === undefined ? [] : [password, basic!]);
    throw refused(node, status === 401 || status === 403 ? `it wants another login (${status})` : `${said} (${status})`);
  },
});

const refused = ({ id }: PatroniNode, said: string) => nodeFailed(`Patroni of ${id}`, said, 'patroni-refused');

type Told = Pick<Answer, 'certificate'> & { readonly said: unknown };

async function read(node: PatroniNode, path: string, request: Request): Promise<Told> {
  const { status, text, certificate } = await askApi(node.patroni, path, request);
  if (status !== 200) throw new Error(`it answers ${status}`);
  try {
    return { said: JSON.parse(text) as unknown, certificate };
  } catch {
    throw new Error('it answers something else than Patroni does');
  }
}
