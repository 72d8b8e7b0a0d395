/** A recovery tells its people through a real mail server and a real webhook: who is meant, in their language, each event once. */
import { rmSync, truncateSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readMail, startMailServer, type MailServer } from '../support/mail-server.ts';
import { hookSecret, startStoreStack, type StoreStack } from '../support/store-stack.ts';
import { openForFile } from '../support/open-for-file.ts';
import { isGenuine, startWebhookReceiver, type WebhookReceiver } from '../support/webhook-receiver.ts';

let mail: MailServer;
let hook: WebhookReceiver;
let stack: StoreStack;
openForFile(async (server, tidy) => {
  mail = await startMailServer();
  tidy.defer(() => mail.stop());
  hook = await startWebhookReceiver();
  tidy.defer(() => hook.stop());
  return (stack = await startStoreStack(server, undefined, { smtp: `smtp://${mail.address}`, webhook: hook.url }));
});

const mailsTo = (address: string) => mail.mails.filter(({ to }) => to === address).map((one) => readMail(one));
const occasions = () => hook.posts.map(({ body }) => (JSON.parse(body) as { occasion: string }).occasion);

test('of the gate the one who may approve, not the one who asked; of the end the one who asked; the chat of all', async () => {
  const store = await stack.store();
  await store.verifiedBackup();
  rmSync(store.tool(0));
  truncateSync(store.tool(1), 25);
  const id = await store.recover({ scenario: 'tool-store-loss', reason: 'the folder is empty' });
  const gate = await stack.gate(id, 'restore');
  const { id: recovery } = await stack.state(id);
  await expect.poll(() => mailsTo('ren@example.jp').length, { timeout: 10_000 }).toBe(1);
  const [asked] = mailsTo('ren@example.jp');
  expect(asked!.header('content-language') ?? 'en').toBe('en');
  for (const part of ['hana', 'the folder is empty', 'restore', 'stop', `/v1/recoveries/${encodeURIComponent(recovery)}`]) {
    expect(asked!.text).toContain(part);
  }
  expect(mailsTo('hana@example.jp')).toEqual([]);
  await expect.poll(() => stack.sentences(id)).toContain('The gate was told to ren (mail), chat (webhook).');
  await stack.decide(id, gate, 'ren', 'approve');
  expect((await stack.result(id)).status).toBe('recovered');
  const ended = mailsTo('hana@example.jp');
  expect(ended).toHaveLength(1);
  expect(ended[0]!.text).toContain('復旧');
  expect(occasions()).toEqual(['gate', 'end']);
  expect(hook.posts.every((post) => isGenuine(post, hookSecret))).toBe(true);
});

test('a mail server that is away keeps nobody waiting: the recovery goes on, the ledger says who was not reached', async () => {
  await mail.stop();
  const store = await stack.store();
  await store.verifiedBackup();
  truncateSync(store.tool(1), 25);
  const id = await store.recover({ scenario: 'tool-store-loss' });
  await stack.approve(id, 'restore');
  await stack.until(id, ({ status }) => status === 'recovered');
  await stack.result(id);
  const told = await stack.sentences(id);
  expect(told).not.toContain('was told to ren (mail)');
});
