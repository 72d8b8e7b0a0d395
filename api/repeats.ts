/** Answers a repeated POST with what the first one was answered (see idempotency.ts for how). */
import { createHash } from 'node:crypto';
import type { RecordStore } from '../activities/ports/records.ts';
import { canonicalJson } from '../domain/digest.ts';
import type { App } from './context.ts';
import { claimKey, isAnswer } from './idempotency.ts';

/** After the door: a request that is refused there claims nothing. */
export function registerRepeats(app: App, records: RecordStore): void {
  app.addHook('preHandler', async (request, reply) => {
    const key = request.headers['idempotency-key'];
    if (request.method !== 'POST' || key === undefined) return;
    const outcome = await claimKey(records, {
      person: request.caller.id,
      // The whole path: one key may serve two recoveries.
      address: `${request.method} ${request.url.split('?')[0]}`,
      key: String(key),
      fingerprint: createHash('sha256').update(canonicalJson(request.body)).digest('hex'),
    });
    if (!isAnswer(outcome)) {
      request.claim = outcome;
      return;
    }
    if (outcome.location !== undefined) reply.header('location', outcome.location);
    return reply.code(outcome.status).type(outcome.contentType).header('idempotency-replayed', 'true').send(outcome.body);
  });

  app.addHook('onSend', async (request, reply, payload) => {
    const { claim } = request;
    if (!claim) return payload;
    try {
      // After a 5xx it is unknown what happened; the next one finds out.
      if (reply.statusCode >= 500) await claim.abandon();
      else {
        await claim.settle({
          status: reply.statusCode,
          contentType: String(reply.getHeader('content-type')),
          body: typeof payload === 'string' ? payload : '',
          ...(reply.hasHeader('location') && { location: String(reply.getHeader('location')) }),
        });
      }
    } catch (error) {
      // The effect stands and the caller must hear of it; a repeat will find the effect.
      request.log.error({ err: error }, 'an answer could not be kept for repeats');
    }
    return payload;
  });
}
