/** A real HTTP server that keeps what is posted to it, checks signatures as a receiver would, and answers what it is told. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface ReceivedPost {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface WebhookReceiver {
  readonly url: string;
  /** Taken: answered with 2xx. */
  readonly posts: ReceivedPost[];
  readonly attempts: ReceivedPost[];
  /** What it answers by path; 204 where nothing is said. */
  readonly statuses: Map<string, number>;
  /** Asked before each answer. */
  hold: () => Promise<void>;
  stop(): Promise<void>;
}

export async function startWebhookReceiver(): Promise<WebhookReceiver> {
  const posts: ReceivedPost[] = [];
  const attempts: ReceivedPost[] = [];
  const statuses = new Map<string, number>();
  const server = createServer((request, response) => {
    void (async () => {
      const path = request.url ?? '';
      const post = { path, headers: request.headers, body: await text(request) };
      attempts.push(post);
      await receiver.hold();
      const status = statuses.get(path) ?? 204;
      if (status < 300) posts.push(post);
      response.writeHead(status, { location: '/elsewhere' }).end();
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const receiver: WebhookReceiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    posts,
    attempts,
    statuses,
    hold: () => Promise.resolve(),
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return receiver;
}

/** As docs/operations.md tells receivers to do it. */
export function isGenuine({ headers, body }: ReceivedPost, secret: string, nowMs = Date.now()): boolean {
  const [, t, v1] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers['okiagari-signature'])) ?? [];
  if (t === undefined || v1 === undefined || Math.abs(nowMs / 1_000 - Number(t)) > 300) return false;
  const expected = createHmac('sha256', secret).update(`${t}.${body}`).digest();
  return timingSafeEqual(expected, Buffer.from(v1, 'hex'));
}
