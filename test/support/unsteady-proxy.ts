/** Stands between us and a server: counts what is sent, and breaks connections when told to. */
import { once } from 'node:events';
import { createServer, request as ask } from 'node:http';

export interface UnsteadyProxy {
  readonly address: string;
  /** `<method> <path and query>` of every request so far. */
  readonly requests: string[];
  /** Breaks the answers of requests that fit, after so many bytes, so many times. */
  breakAnswers(fits: (request: string) => boolean, afterBytes: number, times: number): void;
  stop(): Promise<void>;
}

export async function startUnsteadyProxy(to: string): Promise<UnsteadyProxy> {
  const { hostname, port } = new URL(to);
  const requests: string[] = [];
  let broken: { fits: (request: string) => boolean; afterBytes: number; times: number } = {
    fits: () => false,
    afterBytes: 0,
    times: 0,
  };
  const server = createServer((incoming, outgoing) => {
    const what = `${incoming.method} ${incoming.url}`;
    requests.push(what);
    // Answered here already.
    const { expect: _, ...headers } = incoming.headers;
    const forward = ask({ hostname, port, method: incoming.method, path: incoming.url, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode!, answer.headers);
      if (broken.times === 0 || !broken.fits(what)) return void answer.pipe(outgoing);
      broken.times--;
      let left = broken.afterBytes;
      answer.on('data', (chunk: Buffer) => {
        if (left > 0) outgoing.write(chunk.subarray(0, left));
        left -= chunk.length;
        if (left <= 0) setImmediate(() => outgoing.destroy());
      });
    });
    forward.on('error', () => outgoing.destroy());
    incoming.pipe(forward);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `http://127.0.0.1:${(server.address() as { port: number }).port}`,
    requests,
    breakAnswers: (fits, afterBytes, times) => void (broken = { fits, afterBytes, times }),
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
