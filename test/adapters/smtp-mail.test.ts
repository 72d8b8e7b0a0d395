/** Mail against a real server: what an URL asks for, what goes wrong in words, and that no secret is in any of them. */
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { afterEach, describe, expect, onTestFinished, test } from 'vitest';
import type { Mail } from '../../activities/ports/messenger.ts';
import { createSmtpMail } from '../../adapters/mail/smtp-mail.ts';
import { smtpSettings } from '../../adapters/mail/smtp-settings.ts';
import { startMailServer, type MailServer } from '../support/mail-server.ts';

const servers: MailServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
});
async function start(options: Parameters<typeof startMailServer>[0] = {}): Promise<MailServer> {
  const server = await startMailServer(options);
  servers.push(server);
  return server;
}

const mail: Mail = { to: 'ren@example.jp', subject: 'Decision needed', text: 'Add 3.\n', id: 'abc' };
const send = (url: string | undefined, what: Partial<Mail> = {}) =>
  createSmtpMail(() => url)({ url: { env: 'SMTP_URL' }, from: 'okiagari@example.jp' }, { ...mail, ...what });

describe('an SMTP URL', () => {
  test.each([
    ['smtp://mail.example.jp', { host: 'mail.example.jp', secure: false, requireTLS: false }],
    ['smtp://mail.example.jp:2525', { host: 'mail.example.jp', port: 2525, secure: false, requireTLS: false }],
    ['smtps://mail.example.jp', { host: 'mail.example.jp', secure: true, requireTLS: false }],
    ['smtp://[::1]:25', { host: '::1', port: 25, secure: false, requireTLS: false }],
    // A password travels in the clear only within this machine.
    ['smtp://u:p@mail.example.jp', { host: 'mail.example.jp', secure: false, requireTLS: true, auth: { user: 'u', pass: 'p' } }],
    ['smtp://u:p@127.0.0.1', { host: '127.0.0.1', secure: false, requireTLS: false, auth: { user: 'u', pass: 'p' } }],
    ['smtps://a%40b:p%2F%3A@h', { host: 'h', secure: true, requireTLS: false, auth: { user: 'a@b', pass: 'p/:' } }],
  ])('%s is understood', (url, settings) => expect(smtpSettings(url)).toEqual(settings));

  test.each(['', 'mail.example.jp', 'http://mail.example.jp', 'smtp://', 'smtps://u:%zz@h'])('%j is none', (url) =>
    expect(smtpSettings(url)).toBeUndefined(),
  );
});

describe('a mail', () => {
  test('is sent with user and password where the URL has them', async () => {
    const known: string[] = [];
    const server = await start({
      authOptional: false,
      onAuth({ username, password }, _session, done) {
        known.push(`${username} ${password}`);
        done(null, { user: username });
      },
    });
    expect(await send(`smtp://okiagari:p%40ss@${server.address}`)).toEqual({ taken: true });
    expect(known).toEqual(['okiagari p@ss']);
  });

  test('whose words look like commands or headers stays one mail to one person', async () => {
    const server = await start();
    const text = '.\nQUIT\n..\nSubject: other\n';
    expect(await send(`smtp://${server.address}`, { subject: 'a\r\nBcc: evil@example.com', text })).toEqual({ taken: true });
    expect(server.mails.map(({ to }) => to)).toEqual(['ren@example.jp']);
    expect(server.mails[0]!.raw).not.toMatch(/^Bcc:/im);
    expect(server.mails[0]!.raw.split('\r\n\r\n')[1]).toContain('QUIT');
  });
});

describe('what goes wrong is told in words:', () => {
  test('a secret that is not there, or is no such URL', async () => {
    expect(await send(undefined)).toEqual({ taken: false, why: '$SMTP_URL is not there', again: false });
    expect(await send('https://user:hunter2@example.jp')).toEqual({
      taken: false,
      why: '$SMTP_URL is no URL such as smtps://user:password@mail.example.jp',
      again: false,
    });
  });

  test('nobody listens', async () => {
    const server = await startMailServer();
    await server.stop();
    expect(await send(`smtp://${server.address}`)).toEqual({ taken: false, why: 'no delivery (ECONNREFUSED)', again: true });
  });

  test('somebody listens and never says a word', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    onTestFinished(() => void silent.close());
    const signal = AbortSignal.timeout(200);
    const url = `smtp://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const attempt = await createSmtpMail(() => url)({ url: { env: 'SMTP_URL' }, from: 'a@example.jp' }, mail, signal);
    expect(attempt).toMatchObject({ taken: false, why: 'no delivery (EABORT)' });
  });

  test('a server whose certificate nobody vouches for gets no mail', async () => {
    // With the certificate that the package brings for tests.
    const server = await start({ secure: true, logger: false });
    expect(await send(`smtps://${server.address}`)).toMatchObject({ taken: false, why: expect.stringContaining('CERT') });
    expect(server.mails).toEqual([]);
  });
});

describe('no answer repeats the password,', () => {
  const password = 'hunter2/ünd:more';
  const user = 'okiagari-account';
  const urlOf = (server: MailServer) => `smtp://${user}:${encodeURIComponent(password)}@${server.address}`;
  const forms = [
    password,
    encodeURIComponent(password),
    Buffer.from(password).toString('base64'),
    Buffer.from(`\0${user}\0${password}`).toString('base64'),
    user,
  ];

  test('not even where the server does', async () => {
    const server = await start({
      authOptional: false,
      onAuth: (_auth, _session, done) => done(new Error(`not ${forms.join(' nor ')} nor ${urlOf(server)}`)),
    });
    const attempt = await send(urlOf(server));
    expect(attempt).toMatchObject({ taken: false, why: expect.stringContaining('535'), again: false });
    for (const form of [...forms, server.address]) expect(JSON.stringify(attempt)).not.toContain(form);
  });

  test('nor where there is no server', async () => {
    const server = await startMailServer();
    await server.stop();
    const told = JSON.stringify(await send(urlOf(server)));
    for (const form of [...forms, server.address]) expect(told).not.toContain(form);
  });
});
