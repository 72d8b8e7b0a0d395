/** What every messenger promises; the fake and the real adapters pass the same. */
import { expect, test } from 'vitest';
import type { Attempt, Mail, Messenger, Post } from '../../activities/ports/messenger.ts';
import type { NotifyEntry } from '../../contracts/inventory.ts';

export interface MessengerBench {
  readonly messenger: Messenger;
  readonly smtp: NonNullable<NotifyEntry['smtp']>;
  readonly webhook: NotifyEntry['webhooks'][number];
  readonly mails: () => readonly Mail[];
  readonly posts: () => readonly Post[];
  /** The mailbox or the webhook refuses from now on. */
  readonly refuse: (what: 'mailbox' | 'webhook', how: 'for now' | 'for good') => void;
  stop(): Promise<void>;
}

const mail: Mail = {
  to: 'hana@example.jp',
  subject: '[Okiagari tools] 判断をお願いします: restore',
  text: '上書き 2 件。\n\nhttp://127.0.0.1:8080/v1/recoveries/tools~1\n.\n',
  id: 'abc123',
};
const post: Post = { event: 'tools~1/gate/restore', body: '{"sentence":{"ja":"上書き"}, "n":1}' };

export function promisesOfAMessenger(start: () => Promise<MessengerBench>): void {
  const withBench = (work: (bench: MessengerBench) => Promise<void>) => async () => {
    const bench = await start();
    try {
      await work(bench);
    } finally {
      await bench.stop();
    }
  };
  const refusal = (attempt: Attempt) => ({ ...attempt, why: attempt.taken ? '' : typeof attempt.why });

  test(
    'a mail and a post that are taken arrive as they were given',
    withBench(async ({ messenger, smtp, webhook, mails, posts }) => {
      expect(await messenger.mail(smtp, mail)).toEqual({ taken: true });
      expect(await messenger.post(webhook, post)).toEqual({ taken: true });
      expect(mails()).toEqual([mail]);
      expect(posts()).toEqual([post]);
    }),
  );

  test(
    'a repeat is one more attempt under the same id',
    withBench(async ({ messenger, smtp, webhook, mails, posts }) => {
      for (const _ of [1, 2]) {
        await messenger.mail(smtp, mail);
        await messenger.post(webhook, post);
      }
      expect([mails(), posts()]).toEqual([
        [mail, mail],
        [post, post],
      ]);
    }),
  );

  test.each(['for now', 'for good'] as const)(
    'what is refused %s is answered, not thrown, with whether a repeat may help',
    async (how) =>
      withBench(async ({ messenger, smtp, webhook, mails, posts, refuse }) => {
        refuse('mailbox', how);
        refuse('webhook', how);
        const expected = { taken: false, why: 'string', again: how === 'for now' };
        expect(refusal(await messenger.mail(smtp, mail))).toEqual(expected);
        expect(refusal(await messenger.post(webhook, post))).toEqual(expected);
        expect([mails(), posts()]).toEqual([[], []]);
      })(),
  );

  test(
    'an attempt that was ended before it began sends nothing',
    withBench(async ({ messenger, smtp, webhook, mails, posts }) => {
      const signal = AbortSignal.abort();
      expect((await messenger.mail(smtp, mail, signal)).taken).toBe(false);
      expect((await messenger.post(webhook, post, signal)).taken).toBe(false);
      expect([mails(), posts()]).toEqual([[], []]);
    }),
  );
}
