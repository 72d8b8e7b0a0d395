/** The promises of a messenger, held against a real mail server and a real receiver, and against the fake of other tests. */
import { describe } from 'vitest';
import { createSmtpMail } from '../../adapters/mail/smtp-mail.ts';
import { createWebhookPost } from '../../adapters/webhook/webhook-post.ts';
import { readMail, startMailServer } from '../support/mail-server.ts';
import { createMemoryMessenger } from '../support/memory-messenger.ts';
import { promisesOfAMessenger } from '../support/messenger-contract.ts';
import { startWebhookReceiver } from '../support/webhook-receiver.ts';

const smtp = { url: { env: 'SMTP_URL' }, from: 'okiagari@example.jp' };
const webhook = { id: 'chat', url: { env: 'CHAT_HOOK' }, secret: { env: 'HOOK_SECRET' } };

describe('real channels', () => {
  promisesOfAMessenger(async () => {
    const [server, receiver] = [await startMailServer(), await startWebhookReceiver()];
    const secrets: Record<string, string> = {
      SMTP_URL: `smtp://${server.address}`,
      CHAT_HOOK: `${receiver.url}/hook`,
      HOOK_SECRET: 'key of the hook',
    };
    const secret = (ref: { env: string } | { file: string }) => ('env' in ref ? secrets[ref.env] : undefined);
    return {
      messenger: { mail: createSmtpMail(secret), post: createWebhookPost(secret) },
      smtp,
      webhook,
      mails: () =>
        server.mails.map((one) => {
          const { header, text } = readMail(one);
          return { to: one.to, subject: header('subject')!, text, id: /^<(.*)@okiagari>$/.exec(header('message-id')!)![1]! };
        }),
      posts: () => receiver.posts.map(({ headers, body }) => ({ event: String(headers['idempotency-key']), body })),
      refuse(what, how) {
        const now = how === 'for now';
        if (what === 'mailbox') server.refusals.set('hana@example.jp', now ? '450 come again' : '550 no such mailbox');
        else receiver.statuses.set('/hook', now ? 503 : 410);
      },
      async stop() {
        await Promise.all([server.stop(), receiver.stop()]);
      },
    };
  });
});

describe('the fake', () => {
  promisesOfAMessenger(async () => {
    const messenger = createMemoryMessenger();
    return {
      messenger,
      smtp,
      webhook,
      mails: () => messenger.mails,
      posts: () => messenger.posts.map(({ event, body }) => ({ event, body })),
      refuse: (what, how) =>
        void messenger.refusals.set(what === 'mailbox' ? 'hana@example.jp' : webhook.id, { why: 'no', again: how === 'for now' }),
      stop: () => Promise.resolve(),
    };
  });
});
