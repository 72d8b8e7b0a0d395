/** Zones changed by updates that their primary takes (RFC 2136): a signed request and a signed answer. */
import type { DnsServer, RecordChange } from '../../activities/ports/dns-zones.ts';
import type { KeyLook } from '../../domain/dns/server-look.ts';
import { nodeFailed } from '../../domain/node-failed.ts';
import { nameOfSecret, type ReadSecret } from '../secrets.ts';
import { idOfRequest } from './look-at-servers.ts';
import {
  classes,
  encodeRequest,
  encodeValue,
  nameOfRcode,
  opcodes,
  types,
  type Message,
  type Request,
  type Resource,
} from './message.ts';
import { NoDnsAnswer, stream } from './transport.ts';
import { KeyRefused, Signer } from './tsig.ts';
import type { AccessBy, ZoneProvider } from './zone-provider.ts';

const nothing = Buffer.alloc(0);
const [noError, nxDomain, yxDomain, nxRrset] = [0, 3, 6, 8];

export const createDynamicUpdates = (secret: ReadSecret): ZoneProvider<'rfc2136'> => ({
  async tryKey(zone, signal): Promise<KeyLook> {
    try {
      await signedAnswer(zone, { opcode: opcodes.QUERY, question: { name: zone.zone, type: types.SOA } }, secret, signal);
      return { ok: true, of: 'key' };
    } catch (error) {
      if (error instanceof KeyRefused) return { ok: false, of: 'key', isSilent: false, said: error.message };
      if (error instanceof NoDnsAnswer) return { ok: false, of: 'key', isSilent: true, said: error.message };
      throw error;
    }
  },

  standing: () => Promise.resolve(undefined),

  count: (zone, signal) => orFailure(zone, () => countSets(zone, secret, signal)),

  update: (zone, changes, signal) =>
    orFailure(zone, async () => {
      const { rcode } = await signedAnswer(
        zone,
        {
          opcode: opcodes.UPDATE,
          question: { name: zone.zone, type: types.SOA },
          prerequisites: changes.flatMap(prerequisitesOf),
          updates: changes.flatMap(updatesOf),
        },
        secret,
        signal,
      );
      if (rcode === noError) return 'done';
      // A prerequisite does not hold: YXDOMAIN, YXRRSET, NXRRSET, or NXDOMAIN.
      if (rcode === nxDomain || (rcode >= yxDomain && rcode <= nxRrset)) return 'not-as-before';
      throw nodeFailed(primaryOf(zone).id, nameOfRcode(rcode), 'dns-refused');
    }),
});

const primaryOf = ({ servers }: AccessBy<'rfc2136'>): DnsServer => servers[0]!;
async function orFailure<T>(zone: AccessBy<'rfc2136'>, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { id } = primaryOf(zone);
    if (error instanceof KeyRefused) throw nodeFailed(id, error.message, 'dns-key-refused');
    if (error instanceof NoDnsAnswer) throw nodeFailed(id, error.message, 'dns-silent');
    if (error instanceof RangeError) throw nodeFailed(id, error.message, 'dns-refused');
    throw error;
  }
}

/** A key that is refused is told so by NOTAUTH too, where the answer carries no signature. */
async function signedAnswer(
  zone: AccessBy<'rfc2136'>,
  request: Omit<Request, 'id'>,
  secret: ReadSecret,
  signal?: AbortSignal,
): Promise<Message> {
  const signer = signerOf(zone, secret);
  let answer: Message | undefined;
  const bytes = signer.sign(encodeRequest({ ...request, id: idOfRequest() }));
  await stream(primaryOf(zone), bytes, (message) => ((answer = signer.verify(message)), true), signal);
  return answer!;
}

function signerOf({ provider: { key } }: AccessBy<'rfc2136'>, secret: ReadSecret): Signer {
  const text = secret(key.secret)?.trim();
  if (text === undefined) throw new KeyRefused(`${nameOfSecret(key.secret)} is not there`);
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length === 0) throw new KeyRefused(`${nameOfSecret(key.secret)} holds no base64`);
  return new Signer({ ...key, secret: bytes });
}

/** The transfer ends with the record that it began with. */
async function countSets(zone: AccessBy<'rfc2136'>, secret: ReadSecret, signal?: AbortSignal): Promise<number | undefined> {
  const signer = signerOf(zone, secret);
  const sets = new Set<string>();
  let heads = 0;
  let isAllowed = true;
  const question = { name: zone.zone, type: types.AXFR };
  const bytes = signer.sign(encodeRequest({ id: idOfRequest(), opcode: opcodes.QUERY, question }));
  await stream(
    primaryOf(zone),
    bytes,
    (part) => {
      const { rcode, answer } = signer.verify(part);
      if (rcode !== noError) return !(isAllowed = false);
      for (const { name, type } of answer) {
        sets.add(`${name} ${type}`);
        if (type === types.SOA) heads += 1;
      }
      if (heads < 2) return false;
      if (!signer.isSettled) throw new KeyRefused('the end of the transfer is not signed');
      return true;
    },
    signal,
  );
  return isAllowed ? sets.size : undefined;
}

/** What stands there now, value by value; the TTL plays no part (RFC 2136, 2.4). */
function prerequisitesOf({ name, type, before }: RecordChange): Resource[] {
  const head = { name, type: types[type], ttl: 0 };
  if (before === null) return [{ ...head, class: classes.NONE, data: nothing }];
  return before.values.map((value) => ({ ...head, class: classes.IN, data: encodeValue(type, value) }));
}

function updatesOf({ name, type, after }: RecordChange): Resource[] {
  const head = { name, type: types[type] };
  return [
    { ...head, class: classes.ANY, ttl: 0, data: nothing },
    ...(after?.values ?? []).map((value) => ({
      ...head,
      class: classes.IN,
      ttl: after!.ttl,
      data: encodeValue(type, value),
    })),
  ];
}
