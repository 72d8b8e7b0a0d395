/** Posts against a real receiver: signatures, what goes wrong in words, and that the address stays a secret. */
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { createWebhookPost } from '../../adapters/webhook/webhook-post.ts';
import { isGenuine, startWebhookReceiver, type WebhookReceiver } from '../support/webhook-receiver.ts';

let receiver: WebhookReceiver;
beforeEach(async () => {
  receiver = await startWebhookReceiver();
});
afterEach(() => receiver.stop());

const key = 'kéy with spaces ';
const webhook = { id: 'chat', url: { env: 'CHAT_HOOK' }, secret: { file: '/run/hook-secret' } };
const post = (url: string | undefined, secret: string | undefined = key, signal?: AbortSignal) =>
  createWebhookPost((ref) => ('env' in ref ? url : secret))(webhook, { event: 'e#1', body: '{"ja":"復旧"}' }, signal);

test('a receiver that knows the key can tell that body and time are genuine', async () => {
  expect(await post(`${receiver.url}/hook`)).toEqual({ taken: true });
  const [got] = receiver.posts;
  expect(isGenuine(got!, key)).toBe(true);
  expect(isGenuine(got!, 'key')).toBe(false);
  expect(isGenuine({ ...got!, body: `${got!.body} ` }, key)).toBe(false);
  const later = String(got!.headers['okiagari-signature']).replace(/^t=\d+/, `t=${Math.floor(Date.now() / 1_000) + 1}`);
  expect(isGenuine({ ...got!, headers: { 'okiagari-signature': later } }, key)).toBe(false);
});

describe('what goes wrong is told in words:', () => {
  test.each([
    ['no address', undefined, key, '$CHAT_HOOK is not there'],
    ['an address that is none', 'hooks.example.jp/T0/hunter2', key, '$CHAT_HOOK is no http(s) URL without user and password'],
    ['another kind of address', 'ftp://h/hunter2', key, '$CHAT_HOOK is no http(s) URL without user and password'],
    ['an address with a password', 'http://u:hunter2@h/', key, '$CHAT_HOOK is no http(s) URL without user and password'],
  ])('%s', async (_, url, secret, why) => expect(await post(url, secret)).toEqual({ taken: false, why, again: false }));

  test('no key to sign with: nothing is sent unsigned', async () => {
    const send = createWebhookPost((ref) => ('env' in ref ? `${receiver.url}/hook` : undefined));
    expect(await send(webhook, { event: 'e', body: '{}' })).toEqual({
      taken: false,
      why: '/run/hook-secret is not there',
      again: false,
    });
    expect(receiver.attempts).toEqual([]);
  });

  test.each([
    [302, false],
    [400, false],
    [401, false],
    [408, true],
    [410, false],
    [429, true],
    [500, true],
    [503, true],
  ])('an answer %i; again: %s', async (status, again) => {
    receiver.statuses.set('/hook', status);
    expect(await post(`${receiver.url}/hook`)).toEqual({ taken: false, why: `it answers ${status}`, again });
    // A redirection is not followed.
    expect(receiver.attempts.map(({ path }) => path)).toEqual(['/hook']);
  });

  test('nobody listens: only the code, not the address, which is a secret', async () => {
    await receiver.stop();
    expect(await post(`${receiver.url}/T0/hunter2`)).toEqual({ taken: false, why: 'no delivery (ECONNREFUSED)', again: true });
    receiver = await startWebhookReceiver();
  });

  test('somebody listens and never answers: the caller’s signal ends it', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    onTestFinished(() => void silent.close());
    const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}/hunter2`;
    const attempt = await post(url, key, AbortSignal.timeout(200));
    expect(attempt).toMatchObject({ taken: false });
    expect(JSON.stringify(attempt)).not.toContain('hunter2');
  });
});
