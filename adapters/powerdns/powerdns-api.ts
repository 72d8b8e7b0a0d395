/** The HTTP API of PowerDNS for the record sets at one name: https://doc.powerdns.com/authoritative/http-api/zone.html */
import type { WeightedName } from '../../contracts/weighted-name-settings.ts';
import { NoAnswer } from '../no-answer.ts';
import { askApi, Silence, type Answer, type Request } from '../rest/ask-api.ts';
import { nameOfSecret, scrub, type ReadSecret } from '../secrets.ts';

export type NameServer = WeightedName['servers'][number];

export interface RecordSet {
  readonly name: string;
  readonly type: string;
  /** Seconds. */
  readonly ttl: number;
  readonly records: readonly { readonly content: string; readonly disabled: boolean }[];
}

export interface FoundZone {
  /** `Master`, `Native`, `Slave` and the like. */
  readonly kind: string;
  /** Those at the name. */
  readonly sets: readonly RecordSet[];
}

export interface PowerDns {
  /** Reads only. Throws NoAnswer. */
  read(server: NameServer, place: WeightedName, signal?: AbortSignal): Promise<FoundZone>;
  /** Puts this in the place of the record set of that name and type; comments stay. Throws NoAnswer. */
  replace(server: NameServer, place: WeightedName, set: RecordSet, signal?: AbortSignal): Promise<void>;
  /** Has it tell its secondaries now, and not within the next minute. Throws NoAnswer. */
  notify(server: NameServer, place: WeightedName, signal?: AbortSignal): Promise<void>;
}

const askMs = 2_000;

export function createPowerDns(secret: ReadSecret): PowerDns {
  async function ask(server: NameServer, zone: string, path: string, request: Omit<Request, 'ms'>): Promise<Answer> {
    const { key, ...at } = server.api;
    const value = secret(key)?.trim();
    if (!value) throw new NoAnswer('login-refused', `${nameOfSecret(key)} is not there`);
    const headers = { accept: 'application/json', 'x-api-key': value };
    const answer = await askApi(at, `/api/v1/servers/localhost/zones/${zone}${path}`, {
      ...request,
      ms: askMs,
      headers,
    }).catch((error: unknown) => {
      if (error instanceof Silence) throw new NoAnswer('unreachable', error.message);
      throw error;
    });
    if (answer.status < 300) return answer;
    if (answer.status === 401 || answer.status === 403) throw new NoAnswer('login-refused', `it refuses ${nameOfSecret(key)}`);
    if (answer.status === 404) throw new NoAnswer('failed', `it has no zone ${zone}`);
    throw new NoAnswer('failed', `${scrub(reasonIn(answer.text), [value])} (${answer.status})`);
  }

  return {
    async read(server, { zone, name }, signal) {
      const { text } = await ask(server, zone, `?rrset_name=${encodeURIComponent(name)}`, { signal });
      const { kind, rrsets } = parsed(text);
      // Older releases do not know the filter, and answer with the whole zone.
      return { kind, sets: rrsets.filter((set) => set.name === name) };
    },
    async replace(server, { zone }, { name, type, ttl, records }, signal) {
      const body = { rrsets: [{ name, type, ttl, records, changetype: 'REPLACE' }] };
      await ask(server, zone, '', { method: 'PATCH', body, signal });
    },
    async notify(server, { zone }, signal) {
      await ask(server, zone, '/notify', { method: 'PUT', signal });
    },
  };
}

function parsed(text: string): { readonly kind: string; readonly rrsets: readonly RecordSet[] } {
  try {
    const zone = JSON.parse(text) as { kind?: unknown; rrsets?: unknown };
    if (typeof zone.kind === 'string' && Array.isArray(zone.rrsets)) {
      return { kind: zone.kind, rrsets: zone.rrsets as RecordSet[] };
    }
  } catch {
    // Told below.
  }
  throw new NoAnswer('failed', 'it answers something else than PowerDNS does');
}

function reasonIn(text: string): string {
  try {
    const { error } = JSON.parse(text) as { error?: unknown };
    if (typeof error === 'string') return error.slice(0, 300);
  } catch {
    // Whoever else answers says it in words of its own.
  }
  return text.trim().slice(0, 300);
}
