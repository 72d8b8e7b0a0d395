/** A real SMTP server on a free loopback port that keeps what it takes, and refuses or keeps waiting whom it is told to. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { text as readAll } from 'node:stream/consumers';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

export interface ReceivedMail {
  readonly to: string;
  readonly from: string;
  /** As it came over the wire, lines ended by CRLF. */
  readonly raw: string;
}

export interface MailServer {
  /** `127.0.0.1:port`. */
  readonly address: string;
  readonly mails: ReceivedMail[];
  /** Answers by address, such as `550 no such mailbox`; the code decides whether a repeat may help. */
  readonly refusals: Map<string, string>;
  /** Called when a mail for the address begins; the server answers when it resolves. */
  readonly holds: Map<string, () => Promise<void>>;
  /** Attempts to deliver, also refused ones. */
  readonly attempts: string[];
  stop(): Promise<void>;
}

export async function startMailServer(options: SMTPServerOptions = {}): Promise<MailServer> {
  const mails: ReceivedMail[] = [];
  const refusals = new Map<string, string>();
  const holds = new Map<string, () => Promise<void>>();
  const attempts: string[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disableReverseLookup: true,
    hideSTARTTLS: true,
    allowInsecureAuth: true,
    onAuth: ({ username }, _session, done) => done(null, { user: username }),
    ...options,
    async onRcptTo({ address }, _session, done) {
      attempts.push(address);
      await holds.get(address)?.();
      const refusal = refusals.get(address);
      done(
        refusal === undefined ? null : Object.assign(new Error(refusal.slice(4)), { responseCode: Number(refusal.slice(0, 3)) }),
      );
    },
    async onData(stream, { envelope }, done) {
      const raw = await readAll(stream).catch((error: Error) => error);
      if (raw instanceof Error) {
        done(raw);
        return;
      }
      const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address;
      mails.push(...envelope.rcptTo.map(({ address }) => ({ to: address, from, raw })));
      done();
    },
  });
  // A client that goes away in the middle is no fault of the server.
  server.on('error', () => undefined);
  const listening = server.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  return {
    address: `127.0.0.1:${(listening.address() as AddressInfo).port}`,
    mails,
    refusals,
    holds,
    attempts,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** Header and text of a mail, decoded. */
export function readMail({ raw }: ReceivedMail): { header: (name: string) => string | undefined; text: string } {
  const [head = '', body = ''] = raw.split(/\r\n\r\n([\s\S]*)/);
  const lines = head.replaceAll(/\r\n[ \t]+/g, ' ').split('\r\n');
  const header = (name: string): string | undefined => {
    const line = lines.find((one) => one.toLowerCase().startsWith(`${name.toLowerCase()}:`));
    return line && decodeWords(line.slice(name.length + 1).trim());
  };
  return { header, text: decodeBody(body, header('content-transfer-encoding') ?? '7bit').replaceAll('\r\n', '\n') };
}

/** RFC 2047; neighbours belong together without the space between them. */
const decodeWords = (value: string): string =>
  value
    .replaceAll(/\?=\s+=\?/g, '?==?')
    .replaceAll(/=\?UTF-8\?([BQ])\?([^?]*)\?=/gi, (_, how: string, word: string) =>
      how.toUpperCase() === 'B' ? Buffer.from(word, 'base64').toString() : fromQuoted(word.replaceAll('_', ' ')),
    );

function decodeBody(body: string, encoding: string): string {
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString();
  return encoding === 'quoted-printable' ? fromQuoted(body.replaceAll('=\r\n', '')) : body;
}

const fromQuoted = (text: string): string =>
  Buffer.from(
    text.replaceAll(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  ).toString();
