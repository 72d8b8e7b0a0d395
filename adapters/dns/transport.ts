/** Carries DNS messages: questions by UDP with a second try, everything else by TCP, in bounded time. */
import { createSocket } from 'node:dgram';
import { connect, isIPv6 } from 'node:net';
import { decodeMessage, type Message } from './message.ts';

export interface Server {
  readonly host: string;
  readonly port: number;
}

/** There was no answer, or none that is one. */
export class NoDnsAnswer extends Error {
  override name = 'NoDnsAnswer';
}

/** One try by UDP; a lost packet costs as much. */
const tryMs = 700;
const tries = 2;
const streamMs = 3_000;

/** Answers by UDP, or by TCP where UDP had no room. Throws NoDnsAnswer. */
export async function ask(server: Server, request: Buffer, signal?: AbortSignal): Promise<Message> {
  let last: unknown;
  for (let n = 0; n < tries; n++) {
    signal?.throwIfAborted();
    try {
      const message = decodeMessage(await askOnce(server, request, signal));
      return message.isTruncated ? decodeMessage(await one(server, request, signal)) : message;
    } catch (error) {
      last = error;
    }
  }
  throw said(last);
}

const one = async (server: Server, request: Buffer, signal?: AbortSignal): Promise<Buffer> => {
  let found: Buffer | undefined;
  await stream(server, request, (bytes) => ((found = bytes), true), signal);
  return found!;
};

function askOnce({ host, port }: Server, request: Buffer, signal?: AbortSignal): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
    let isOver = false;
    const end = (work: () => void): void => {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      socket.close();
      work();
    };
    const timer = setTimeout(() => end(() => reject(new Error(`no answer within ${tryMs / 1_000} s`))), tryMs);
    const onAbort = (): void => end(() => reject(signal!.reason as Error));
    signal?.addEventListener('abort', onAbort, { once: true });
    socket.once('error', (error) => end(() => reject(error)));
    // Whatever is no answer to this question is left alone: it may be somebody's guess.
    socket.on('message', (bytes) => {
      if (isAnswerTo(request, bytes)) end(() => resolve(bytes));
    });
    socket.connect(port, host, () => {
      if (!isOver) socket.send(request);
    });
  });
}

/**
 * Sends one message by TCP and hands every message of the answer to `read` until that says it is over. Nothing is sent twice.
 * Throws NoDnsAnswer, or what `read` throws.
 */
export function stream(server: Server, request: Buffer, read: (bytes: Buffer) => boolean, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(server);
    let rest = Buffer.alloc(0);
    const end = (work: () => void): void => {
      signal?.removeEventListener('abort', onAbort);
      socket.destroy();
      work();
    };
    const onAbort = (): void => end(() => reject(signal!.reason as Error));
    signal?.addEventListener('abort', onAbort, { once: true });
    socket.setTimeout(streamMs, () => end(() => reject(new NoDnsAnswer(`no answer within ${streamMs / 1_000} s`))));
    socket.once('error', (error) => end(() => reject(said(error))));
    socket.once('close', () => end(() => reject(new NoDnsAnswer('the connection was closed'))));
    socket.once('connect', () => socket.write(Buffer.concat([lengthOf(request), request])));
    socket.on('data', (chunk: Buffer) => {
      rest = Buffer.concat([rest, chunk]);
      while (rest.length >= 2 && rest.length >= 2 + rest.readUInt16BE(0)) {
        const bytes = Buffer.from(rest.subarray(2, 2 + rest.readUInt16BE(0)));
        rest = rest.subarray(2 + bytes.length);
        try {
          if (bytes.length < 12 || bytes.readUInt16BE(0) !== request.readUInt16BE(0)) throw new NoDnsAnswer('no answer of ours');
          if (read(bytes)) return end(resolve);
        } catch (error) {
          return end(() => reject(error));
        }
      }
    });
  });
}

/** The same id, an answer, and the same question. */
function isAnswerTo(request: Buffer, bytes: Buffer): boolean {
  if (bytes.length < 12 || bytes.readUInt16BE(0) !== request.readUInt16BE(0)) return false;
  try {
    const [answer, asked] = [decodeMessage(bytes), decodeMessage(request)];
    const [theirs, ours] = [answer.question[0], asked.question[0]];
    return answer.isAnswer && theirs?.name === ours?.name && theirs?.type === ours?.type;
  } catch {
    return false;
  }
}

function lengthOf(message: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(message.length);
  return length;
}

function said(error: unknown): Error {
  if (error instanceof NoDnsAnswer) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  return new NoDnsAnswer(code ?? message);
}
