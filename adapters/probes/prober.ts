/** Reaches for dependencies over HTTP and TCP. */
import { request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import { connect } from 'node:net';
import type { Prober } from '../../activities/ports/prober.ts';
import type { Reach, ReachFault } from '../../domain/timeouts/words.ts';

export function createProber(): Prober {
  return {
    async askHttp(url, limitMs, signal) {
      const began = performance.now();
      const limit = AbortSignal.timeout(limitMs);
      try {
        const response = await fetch(url, { redirect: 'manual', signal: signal ? AbortSignal.any([signal, limit]) : limit });
        const ms = since(began);
        await response.body?.cancel().catch(() => undefined);
        return { reached: true, ms, status: response.status };
      } catch (error) {
        signal?.throwIfAborted();
        const cause = (error as { cause?: unknown }).cause;
        return { reached: false, ms: since(began), why: limit.aborted ? 'timed-out' : faultOf(cause ?? error) };
      }
    },

    async askHost(url, host, limitMs, signal) {
      signal?.throwIfAborted();
      const began = performance.now();
      const limit = AbortSignal.timeout(limitMs);
      const ask = url.startsWith('https:') ? secureRequest : plainRequest;
      return new Promise<Reach>((resolve, reject) => {
        const asked = ask(url, { headers: { host }, agent: false, signal: signal ? AbortSignal.any([signal, limit]) : limit });
        asked.once('response', (response) => {
          resolve({ reached: true, ms: since(began), status: response.statusCode! });
          asked.destroy();
        });
        asked.on('error', (error) => {
          if (signal?.aborted) reject(signal.reason as Error);
          else resolve({ reached: false, ms: since(began), why: limit.aborted ? 'timed-out' : faultOf(error) });
        });
        asked.end();
      });
    },

    async readHttp(url, limitMs, signal) {
      const limit = AbortSignal.timeout(limitMs);
      try {
        const response = await fetch(url, { redirect: 'manual', signal: signal ? AbortSignal.any([signal, limit]) : limit });
        const { status, headers } = response;
        return { reached: true, status, headers: Object.fromEntries(headers), text: await beginningOf(response) };
      } catch (error) {
        signal?.throwIfAborted();
        const cause = (error as { cause?: unknown }).cause;
        return { reached: false, why: limit.aborted ? 'timed-out' : faultOf(cause ?? error) };
      }
    },

    async connectTcp(host, port, limitMs, signal) {
      signal?.throwIfAborted();
      const began = performance.now();
      return new Promise<Reach>((resolve, reject) => {
        const socket = connect({ host, port });
        const end = (reach: Reach): void => {
          clearTimeout(limit);
          signal?.removeEventListener('abort', stop);
          socket.destroy();
          resolve(reach);
        };
        const stop = (): void => {
          clearTimeout(limit);
          socket.destroy();
          reject(signal!.reason as Error);
        };
        const limit = setTimeout(() => end({ reached: false, ms: since(began), why: 'timed-out' }), limitMs);
        socket.once('connect', () => end({ reached: true, ms: since(began) }));
        socket.once('error', (error) => end({ reached: false, ms: since(began), why: faultOf(error) }));
        signal?.addEventListener('abort', stop, { once: true });
      });
    },
  };
}

const readBytes = 64 * 1024;

async function beginningOf({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Leaving the loop ends the transfer.
  for await (const chunk of body ?? []) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= readBytes) break;
  }
  return Buffer.concat(chunks).subarray(0, readBytes).toString('utf8');
}

const since = (began: number): number => Math.round(performance.now() - began);

/** Several addresses of one name give an error of errors. */
function faultOf(error: unknown): ReachFault {
  const inner = (error as { errors?: readonly unknown[] }).errors?.[0] ?? error;
  const code = (inner as { code?: string }).code ?? '';
  if (code === 'ECONNREFUSED') return 'refused';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'no-such-host';
  if (code === 'ETIMEDOUT' || code === 'UND_ERR_CONNECT_TIMEOUT') return 'timed-out';
  return 'unreachable';
}
