/** Asks servers and resolvers by DNS itself what they say of a zone. */
import { randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { DnsServer, DnsZones, RecordChange, ZoneAccess } from '../../activities/ports/dns-zones.ts';
import { areSame, type Place } from '../../domain/dns/records.ts';
import type { ServerLook, SilentServer } from '../../domain/dns/server-look.ts';
import { nodeFailed } from '../../domain/node-failed.ts';
import { inParallel } from '../../domain/tool-store/in-parallel.ts';
import { encodeRequest, nameOfRcode, opcodes, readSoa, setOf, types, type Message, type Request } from './message.ts';
import { ask, NoDnsAnswer } from './transport.ts';

const [noError, nxDomain] = [0, 3];

export const lookAtServers: Pick<DnsZones, 'lookAtServer' | 'lookAtResolver'> = {
  lookAtServer: (zone, server, places, signal) =>
    orSilence(server, async () => {
      const head = await put(server, { name: zone, type: types.SOA }, false, signal);
      const soa = head.answer.find(({ type, name }) => type === types.SOA && name === zone);
      if (!head.isAuthoritative || soa === undefined) return notServing(server, said(head, 'no authority for the zone'));
      return read(server, await putAll(server, places, false, signal), places, readSoa(soa));
    }),

  lookAtResolver: (resolver, places, signal) =>
    orSilence(resolver, async () =>
      read(resolver, await putAll(resolver, places, true, signal), places, { serial: 0, negativeTtl: 0 }),
    ),
};

export const idOfRequest = (): number => randomInt(0x1_00_00);

const put = (server: DnsServer, question: Request['question'], recurse: boolean, signal?: AbortSignal): Promise<Message> =>
  ask(server, encodeRequest({ id: idOfRequest(), opcode: opcodes.QUERY, recurse, question }), signal);

/** More at once look like an attack to a server. */
const questionsAtOnce = 16;

const putAll = (server: DnsServer, places: readonly Place[], recurse: boolean, signal?: AbortSignal): Promise<Message[]> =>
  inParallel(places, ({ name, type }) => put(server, { name, type: types[type] }, recurse, signal), questionsAtOnce);

function read(
  { id: server }: DnsServer,
  answers: readonly Message[],
  places: readonly Place[],
  head: { readonly serial: number; readonly negativeTtl: number },
): ServerLook {
  const refused = answers.find(({ rcode }) => rcode !== noError && rcode !== nxDomain);
  if (refused) return notServing({ id: server }, said(refused, ''));
  return { server, answers: true, ...head, sets: places.map(({ name, type }, n) => setOf(answers[n]!.answer, name, type)) };
}

const said = ({ rcode }: Message, otherwise: string): string => (rcode === noError ? otherwise : nameOfRcode(rcode));
const notServing = ({ id }: Pick<DnsServer, 'id'>, why: string): SilentServer => ({
  server: id,
  answers: false,
  why: 'not-serving',
  said: why,
});

async function orSilence(server: DnsServer, look: () => Promise<ServerLook>): Promise<ServerLook> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof NoDnsAnswer || error instanceof RangeError)) throw error;
    return { server: server.id, answers: false, why: 'unreachable', said: error.message };
  }
}

/** Fails: dns-silent. */
export async function servedBy({ zone, servers }: ZoneAccess, places: readonly Place[], signal?: AbortSignal) {
  const look = await lookAtServers.lookAtServer(zone, servers[0]!, places, signal);
  if (look.answers) return look.sets;
  throw nodeFailed(look.server, look.said, 'dns-silent');
}

/** Answers whether the primary serves all of it within that time. Fails: dns-silent. */
export async function isServedWithin(
  ms: number,
  zone: ZoneAccess,
  changes: readonly RecordChange[],
  signal?: AbortSignal,
): Promise<boolean> {
  const until = performance.now() + ms;
  for (let n = 0; ; n++) {
    const sets = await servedBy(zone, changes, signal);
    if (changes.every(({ after }, at) => areSame(sets[at]!, after))) return true;
    if (performance.now() >= until) return false;
    await delay(Math.min(lastPauseMs, firstPauseMs * 2 ** n), undefined, signal ? { signal } : {});
  }
}

const firstPauseMs = 10;
const lastPauseMs = 500;
