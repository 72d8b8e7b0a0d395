/** What every route may use, and what the server knows of a request before a handler runs. */
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RecordStore } from '../activities/ports/records.ts';
import type { Inventory } from '../contracts/inventory.ts';
import type { Kinds } from '../contracts/kinds.ts';
import type { ScenarioEntry } from '../contracts/scenario-entry.ts';
import type { Locale } from '../domain/text.ts';
import type { Gateway } from './gateway.ts';
import type { Claim } from './idempotency.ts';
import type { Caller } from './people.ts';
import type { Sign } from './signing.ts';

/** The world of the API; tests put fakes in its place. */
export interface ApiWorld {
  readonly gateway: Gateway;
  readonly inventory: () => Inventory;
  readonly records: RecordStore;
  readonly scenarios: readonly ScenarioEntry[];
  readonly kinds: Kinds;
  readonly sign: Sign;
}

export type App = FastifyInstance<RawServerDefault, IncomingMessage, ServerResponse, FastifyBaseLogger, ZodTypeProvider>;

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; set on every route that needs a token. */
    caller: Caller;
    /** The language to answer in. */
    locale: Locale;
    /** Set on a POST that carries an Idempotency-Key. */
    claim?: Claim;
  }
}
