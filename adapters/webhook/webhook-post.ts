/** Posts JSON to a webhook. Its address is a secret, as chat services give it out, and so is the key that signs each body. */
import { createHmac } from 'node:crypto';
import type { Attempt, Messenger } from '../../activities/ports/messenger.ts';
import { nameOfSecret, type ReadSecret } from '../secrets.ts';

const attemptMs = 5_000;
/** Timeouts and haste of the other side pass; every other 4xx stays what it is. */
const passing: readonly number[] = [408, 425, 429];

export const createWebhookPost =
  (secret: ReadSecret): Messenger['post'] =>
  async (webhook, { event, body }, signal) => {
    const [address, key] = [secret(webhook.url), secret(webhook.secret)];
    if (address === undefined) return hopeless(`${nameOfSecret(webhook.url)} is not there`);
    if (key === undefined) return hopeless(`${nameOfSecret(webhook.secret)} is not there`);
    const url = URL.parse(address);
    if (!url || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') {
      return hopeless(`${nameOfSecret(webhook.url)} is no http(s) URL without user and password`);
    }
    const limit = AbortSignal.timeout(attemptMs);
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'user-agent': 'okiagari',
          'idempotency-key': event,
          'okiagari-signature': signatureOf(body, key, Math.floor(Date.now() / 1_000)),
        },
        body,
        // A signed body must not end where the inventory did not send it.
        redirect: 'manual',
        signal: signal ? AbortSignal.any([signal, limit]) : limit,
      });
      await response.body?.cancel();
      const { ok, status } = response;
      return ok
        ? { taken: true }
        : { taken: false, why: `it answers ${status}`, again: status >= 500 || passing.includes(status) };
    } catch (error) {
      if (limit.aborted) return { taken: false, why: `no answer within ${attemptMs / 1_000} s`, again: true };
      // Only the code: messages of fetch repeat the address.
      const { code } = ((error as Error).cause ?? {}) as { code?: unknown };
      return { taken: false, why: `no delivery (${typeof code === 'string' ? code : 'unknown'})`, again: true };
    }
  };

/** `t=<unix seconds>,v1=<HMAC-SHA256 of "<t>.<body>" in hex>`: the time is signed too, so that a receiver can refuse old posts. */
const signatureOf = (body: string, key: string, t: number): string =>
  `t=${t},v1=${createHmac('sha256', key).update(`${t}.${body}`).digest('hex')}`;

const hopeless = (why: string): Attempt => ({ taken: false, why, again: false });
