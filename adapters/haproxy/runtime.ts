/** The runtime interface of HAProxy: one line of commands a connection, and whatever comes until it hangs up. */
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Proxy } from '../../activities/ports/traffic.ts';
import type { SilentNode } from '../../domain/silent-node.ts';
import { NoAnswer } from '../no-answer.ts';

const answerMs = 2_000;
/** While a proxy reloads, its socket is away for a moment. */
const againMs = 1_000;
const pauseMs = 50;
/** The statistics of a large proxy are long; this is longer than any. */
const mostCharacters = 16 * 1024 * 1024;

/** Throws NoAnswer. */
export async function ask(proxy: Proxy, line: string, signal?: AbortSignal): Promise<string> {
  const deadline = performance.now() + againMs;
  for (;;) {
    signal?.throwIfAborted();
    try {
      return await askOnce(proxy, line, signal);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      const isAway = code === 'ECONNREFUSED' || code === 'ENOENT';
      if (isAway && performance.now() < deadline) {
        await delay(pauseMs);
        continue;
      }
      if (error instanceof NoAnswer || code === undefined) throw error;
      throw new NoAnswer(whyOf(code), message);
    }
  }
}

const whyOf = (code: string): SilentNode['why'] => (code === 'EACCES' || code === 'EPERM' ? 'not-allowed' : 'unreachable');

const askOnce = (proxy: Proxy, line: string, signal?: AbortSignal): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect('socket' in proxy ? { path: proxy.socket } : { host: proxy.host, port: proxy.port });
    let said = '';
    const end = (finish: () => void): void => {
      clearTimeout(limit);
      signal?.removeEventListener('abort', stop);
      socket.destroy();
      finish();
    };
    const stop = (): void => end(() => reject(signal!.reason as Error));
    const limit = setTimeout(
      () => end(() => reject(new NoAnswer('unreachable', `no answer within ${answerMs / 1_000} s`))),
      answerMs,
    );
    signal?.addEventListener('abort', stop, { once: true });
    socket.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (said.length > mostCharacters) end(() => reject(new NoAnswer('failed', 'its answer has no end')));
    });
    socket.once('error', (error) => end(() => reject(error)));
    socket.once('end', () => end(() => resolve(said)));
    socket.end(`${line}\n`);
  });
