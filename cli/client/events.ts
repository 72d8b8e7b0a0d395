/** The live ledger of a recovery, read from its event stream; taken up again where it broke off. */
import { setTimeout as delay } from 'node:timers/promises';
import type { EventData } from '../../contracts/http/recovery.ts';
import { ClientError, type Client } from './http.ts';
import { exitCodes } from './exit-codes.ts';

export type LedgerEvent = {
  [K in keyof EventData]: { readonly number: number; readonly event: K; readonly data: EventData[K] };
}[keyof EventData];

const pauseMs = 500;
/** So long the API may be away in the middle of a recovery before we give up. */
const awayLimitMs = 120_000;

/** Every entry once, in order, to the end of the recovery. Ends by itself. */
export async function* followLedger(client: Client, id: string): AsyncGenerator<LedgerEvent> {
  let last = 0;
  for (let answeredAt = Date.now(); ;) {
    try {
      for await (const event of readStream(client, id, last)) {
        answeredAt = Date.now();
        last = event.number;
        yield event;
        if (event.event === 'end') return;
      }
    } catch (error) {
      const refused = error instanceof ClientError && error.exitCode !== exitCodes.away;
      if (refused || last === 0 || Date.now() - answeredAt > awayLimitMs) throw error;
    }
    await delay(pauseMs);
  }
}

async function* readStream(client: Client, id: string, after: number): AsyncGenerator<LedgerEvent> {
  const answer = await client.open(`/v1/recoveries/${encodeURIComponent(id)}/events`, {
    accept: 'text/event-stream',
    ...(after > 0 ? { 'last-event-id': String(after) } : {}),
  });
  let rest = '';
  const decoder = new TextDecoder();
  for await (const chunk of answer.body!) {
    const blocks = (rest + decoder.decode(chunk as Uint8Array, { stream: true })).split('\n\n');
    rest = blocks.pop()!;
    for (const block of blocks) {
      const event = parseEvent(block);
      if (event) yield event;
    }
  }
}

/** Undefined for comments, which only keep the line open. */
export function parseEvent(block: string): LedgerEvent | undefined {
  const fields = new Map<string, string>();
  for (const line of block.split('\n')) {
    const [, name, value] = /^(\w+): ?(.*)$/.exec(line) ?? [];
    if (name !== undefined) fields.set(name, name === 'data' && fields.has('data') ? `${fields.get('data')}\n${value}` : value!);
  }
  const [event, data] = [fields.get('event'), fields.get('data')];
  if (event === undefined || data === undefined) return undefined;
  return { number: Number(fields.get('id') ?? 0), event, data: JSON.parse(data) } as LedgerEvent;
}
