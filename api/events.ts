/** `GET /v1/recoveries/{id}/events`: the ledger as server-sent events, resumed by Last-Event-ID. */
import type { ServerResponse } from 'node:http';
import { eventHeaders, idParams } from '../contracts/http/requests.ts';
import { hasEnded, type LedgerEntry } from '../domain/recovery.ts';
import type { Locale } from '../domain/text.ts';
import type { App } from './context.ts';
import { eventDataOf } from './documents.ts';
import { withEnd, type Feeds } from './feed.ts';
import { streamed } from './openapi.ts';
import type { RecoveryReader } from './recovery-reader.ts';

const heartbeatMs = 15_000;
/** A reader that takes this much without reading is gone or too slow; it resumes by Last-Event-ID. */
const backlogBytes = 4 * 1024 * 1024;

export function registerEvents(app: App, reader: RecoveryReader, feeds: Feeds): void {
  const open = new Set<ServerResponse>();
  // Before the server waits for its connections to end: these never would.
  app.addHook('preClose', async () => {
    feeds.close();
    for (const stream of open) stream.end();
  });

  app.get(
    '/v1/recoveries/:id/events',
    {
      schema: {
        summary: 'Follow a recovery: `event: step | gate | status | end`, `id` = ledger number, `data` = what changed',
        tags: ['recoveries'],
        params: idParams,
        headers: eventHeaders,
        response: streamed('text/event-stream'),
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const after = Number(request.headers['last-event-id'] ?? 0);
      const known = await reader.read(id);
      const replay = hasEnded(known.state.status) ? withEnd(await reader.ledger(id), known) : undefined;

      reply.hijack();
      // Gone while we looked: its `close` is over and would never be heard.
      if (reply.raw.destroyed) return;
      const stream = new EventStream(reply.raw, { id, after, locale: request.locale });
      open.add(reply.raw);
      const leave = replay ? undefined : feeds.follow(id, stream);
      const heartbeat = setInterval(() => stream.comment(), heartbeatMs);
      reply.raw.on('close', () => {
        clearInterval(heartbeat);
        leave?.();
        open.delete(reply.raw);
      });
      if (!replay) return;
      for (const entry of replay) stream.entry(entry);
      stream.ended();
    },
  );
}

class EventStream {
  readonly #raw: ServerResponse;
  readonly #reader: { readonly id: string; readonly after: number; readonly locale: Locale };

  constructor(raw: ServerResponse, reader: { readonly id: string; readonly after: number; readonly locale: Locale }) {
    this.#raw = raw;
    this.#reader = reader;
    raw.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
    });
    this.comment();
  }

  entry(entry: LedgerEntry): void {
    // The end is always said: a reader that resumes after it would otherwise come back for ever.
    if (entry.number <= this.#reader.after && entry.event !== 'end') return;
    const data = JSON.stringify(eventDataOf(entry, this.#reader.id, this.#reader.locale));
    this.#write(`event: ${entry.event}\nid: ${entry.number}\ndata: ${data}\n\n`);
  }

  comment(): void {
    this.#write(': okiagari\n\n');
  }

  ended(): void {
    this.#raw.end();
  }

  #write(text: string): void {
    if (this.#raw.writableEnded || this.#raw.destroyed) return;
    this.#raw.write(text);
    if (this.#raw.writableLength > backlogBytes) this.#raw.destroy();
  }
}
