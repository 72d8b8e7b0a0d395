/** Mail by SMTP. The account is read from its secret at each mail, so that a changed password needs no restart. */
import { createTransport, type NodemailerError } from 'nodemailer';
import type { Attempt, Messenger } from '../../activities/ports/messenger.ts';
import { nameOfSecret, scrub, type ReadSecret } from '../secrets.ts';
import { smtpSettings, type SmtpSettings } from './smtp-settings.ts';

/** Some servers let a stranger wait some seconds before they greet. */
const attemptMs = 10_000;
const connectMs = 4_000;

export const createSmtpMail =
  (secret: ReadSecret): Messenger['mail'] =>
  async ({ url, from }, { to, subject, text, id }, signal) => {
    const address = secret(url);
    if (address === undefined) return hopeless(`${nameOfSecret(url)} is not there`);
    const settings = smtpSettings(address);
    if (!settings) return hopeless(`${nameOfSecret(url)} is no URL such as smtps://user:password@mail.example.jp`);
    const limit = AbortSignal.timeout(attemptMs);
    const transport = createTransport({ ...settings, connectionTimeout: connectMs, dnsTimeout: connectMs });
    try {
      await transport.sendMail({
        from,
        to,
        subject,
        text,
        messageId: `<${id}@okiagari>`,
        // Mailboxes of people on holiday need not answer.
        headers: { 'auto-submitted': 'auto-generated' },
        signal: signal ? AbortSignal.any([signal, limit]) : limit,
      });
      return { taken: true };
    } catch (error) {
      if (limit.aborted) return { taken: false, why: `no answer within ${attemptMs / 1_000} s`, again: true };
      return failedAttempt(error as NodemailerError, address, settings);
    } finally {
      transport.close();
    }
  };

const hopeless = (why: string): Attempt => ({ taken: false, why, again: false });

/** Errors after which the same attempt fails the same way, where the server gave no code of its own. */
const lasting: readonly (string | undefined)[] = ['EAUTH', 'ENOAUTH', 'ECONFIG', 'EENVELOPE', 'EMESSAGE'];

/** The library's messages name the host or repeat what was sent: only codes and the server's own words are passed on. */
function failedAttempt(
  { code, originalCode, response, permanent }: NodemailerError,
  url: string,
  { auth }: SmtpSettings,
): Attempt {
  const again = permanent === undefined ? !lasting.includes(code) : !permanent;
  if (response === undefined) return { taken: false, why: `no delivery (${originalCode ?? code ?? 'unknown'})`, again };
  const secrets = auth ? [url, auth.pass, auth.user, `${auth.user}\0${auth.pass}`] : [url];
  const words = scrub(response.replaceAll(/\s+/g, ' '), secrets).slice(0, 200);
  return { taken: false, why: `the mail server answers ${words}`, again };
}
