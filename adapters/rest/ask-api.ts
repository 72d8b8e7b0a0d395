/** One request to a REST API, by HTTP or HTTPS: in bounded time, and why there was no answer in words that repeat no address. */
import { request as plainRequest } from 'node:http';
import { request as secureRequest, type RequestOptions } from 'node:https';
import { text } from 'node:stream/consumers';
import type { TlsSettings } from '../../contracts/tls-settings.ts';
import type { Certificate } from '../../domain/certificate.ts';
import { NoAnswer } from '../no-answer.ts';
import { clientTls, tlsTrouble } from '../tls/client-tls.ts';

export interface Api {
  readonly url: string;
  readonly tls?: TlsSettings | undefined;
  /** The name in its certificate, where that of the URL is another. */
  readonly serverName?: string | undefined;
}

export interface Request {
  readonly ms: number;
  readonly signal?: AbortSignal | undefined;
  /** GET when left out. */
  readonly method?: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly body?: object | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

export interface Answer {
  readonly status: number;
  readonly text: string;
  /** What the connection rested on, where the inventory says whom to trust. */
  readonly certificate?: Certificate | undefined;
}

/** No answer; `mayHaveHeard` where the request may have got through. */
export class Silence extends Error {
  readonly mayHaveHeard: boolean;
  constructor(said: string, mayHaveHeard: boolean) {
    super(said);
    this.mayHaveHeard = mayHaveHeard;
  }
}

/** What it answers, a redirect as it is: a login must not end where the inventory did not send it. Throws Silence. */
export async function askApi({ url, tls, serverName }: Api, path: string, asked: Request): Promise<Answer> {
  const { ms, signal, body, method = 'GET', headers = {} } = asked;
  const address = new URL(`${url.replace(/\/+$/, '')}${path}`);
  const name = serverName ?? address.hostname.replaceAll(/[[\]]/g, '');
  const limit = AbortSignal.timeout(ms);
  try {
    const secured = tls && (await clientTls(tls, name));
    const words = body && JSON.stringify(body);
    const answer = await exchange(address, words, {
      // A connection of its own: a renewed certificate counts at once.
      agent: false,
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
      method,
      // Node says no length of the body of a DELETE.
      headers: words === undefined ? headers : { ...headers, 'content-length': String(Buffer.byteLength(words)) },
      ...secured?.options,
    });
    return { ...answer, certificate: secured?.peer.certificate };
  } catch (error) {
    signal?.throwIfAborted();
    if (limit.aborted) throw new Silence(`no answer within ${ms / 1_000} s`, true);
    if (error instanceof NoAnswer) throw new Silence(error.message, false);
    const isSecure = address.protocol === 'https:';
    const trouble = isSecure ? tlsTrouble(error as Error, tls, name) : undefined;
    if (trouble !== undefined) throw new Silence(trouble, false);
    const { code = 'failed' } = error as NodeJS.ErrnoException;
    if (code === 'ECONNRESET') {
      const doubt = isSecure ? 'https, and takes our certificate' : 'http, and not https';
      throw new Silence(`it ended the connection (${code}): see whether it speaks ${doubt}`, true);
    }
    throw new Silence(`no answer (${code})`, !['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH'].includes(code));
  }
}

async function exchange(address: URL, body: string | undefined, options: RequestOptions): Promise<Answer> {
  const ask = address.protocol === 'https:' ? secureRequest : plainRequest;
  return new Promise<Answer>((resolve, reject) => {
    const asked = ask(address, options, (response) => {
      text(response).then((said) => resolve({ status: response.statusCode!, text: said }), reject);
    });
    asked.on('error', reject);
    asked.end(body);
  });
}
