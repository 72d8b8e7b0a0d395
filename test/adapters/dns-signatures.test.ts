/** Signatures of DNS messages against a real server: clocks that are apart, answers that are forged or unsigned. */
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ZoneAccess } from '../../activities/ports/dns-zones.ts';
import { createCommandRunner } from '../../adapters/process/run-command.ts';
import { createDnsZones } from '../../adapters/dns/dns-zones.ts';
import { decodeMessage, encodeName, encodeRequest, encodeValue, opcodes, types } from '../../adapters/dns/message.ts';
import { stream, type Server } from '../../adapters/dns/transport.ts';
import { Signer, type Key } from '../../adapters/dns/tsig.ts';
import { weakKey } from '../support/dns/settings.ts';
import { startNameServers, zone, type NameServers } from '../support/dns/servers.ts';

let names: NameServers;
beforeAll(async () => {
  names = await startNameServers();
});
afterAll(() => names.stop());

const request = encodeRequest({ id: 7, opcode: opcodes.QUERY, question: { name: zone, type: types.SOA } });
const keyOf = (): Key => ({
  name: names.key.name,
  algorithm: 'hmac-sha256',
  secret: Buffer.from(names.key.secret, 'base64'),
});

/** `tamper` stands between us and the server. */
async function put(signer: Signer, tamper = (bytes: Buffer): Buffer => bytes): Promise<number> {
  let rcode = -1;
  await stream(names.servers[0], signer.sign(request), (bytes) => {
    rcode = signer.verify(tamper(bytes)).rcode;
    return true;
  });
  return rcode;
}

test('an answer is taken with its signature', async () => {
  expect(await put(new Signer(keyOf()))).toBe(0);
});

test.each([
  [-1_000, '1000 s ahead of ours'],
  [2_000, '2000 s behind ours'],
])('a clock that is %i s off is told in seconds', async (off, told) => {
  const signer = new Signer(keyOf(), () => Math.floor(Date.now() / 1_000) + off);
  await expect(put(signer)).rejects.toThrow(`BADTIME: the clock of the server is ${told}, and 300 s are allowed`);
});

test('an answer that was altered on its way is refused, and one that is not signed', async () => {
  const altered = (bytes: Buffer): Buffer => {
    const other = Buffer.from(bytes);
    // The last byte of the SOA's first number, in the middle of the message.
    other.writeUInt8(other.readUInt8(12 + 20) ^ 1, 12 + 20);
    return other;
  };
  await expect(put(new Signer(keyOf()), altered)).rejects.toThrow('the signature of the answer does not hold');
  const stripped = (bytes: Buffer): Buffer => {
    const { additional } = decodeMessage(bytes);
    const bare = Buffer.from(bytes.subarray(0, additional.at(-1)!.at));
    bare.writeUInt16BE(additional.length - 1, 10);
    return bare;
  };
  await expect(put(new Signer(keyOf()), stripped)).rejects.toThrow('the answer is not signed');
});

test('what a known key may not do is told as the server says it', async () => {
  const zones = createDnsZones(() => names.key.secret, createCommandRunner());
  const key = { name: `${weakKey}.`, algorithm: 'hmac-sha256', secret: { env: 'KEY' } } as const;
  const access: ZoneAccess = { zone, servers: [...names.servers], provider: { kind: 'rfc2136', key } };
  expect([await zones.tryKey(access), await zones.count(access)]).toEqual([{ ok: true, of: 'key' }, undefined]);
  const change = { id: 'x', name: 'x.shodo.test.', type: 'A', before: null, after: { ttl: 1, values: ['192.0.2.1'] } } as const;
  await expect(zones.update(access, [change])).rejects.toThrow('ns1 said: REFUSED');
});

test('a server that says nothing, too little, or something else ends in bounded time with a sentence', async () => {
  const answers = ['', Buffer.from([0, 12, 9, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])];
  const odd = createServer((socket) => socket.end(answers.shift()!)).listen(0, '127.0.0.1');
  await once(odd, 'listening');
  const server: Server = { host: '127.0.0.1', port: (odd.address() as AddressInfo).port };
  const askOdd = () => stream(server, request, () => true);
  await expect(askOdd()).rejects.toThrow('the connection was closed');
  await expect(askOdd()).rejects.toThrow('no answer of ours');
  odd.close();
});

test('names and addresses are written as DNS has them', () => {
  expect(encodeName('Api.shodo.test')).toEqual(Buffer.from('\x03Api\x05shodo\x04test\x00', 'latin1'));
  expect(() => encodeName(`${'a'.repeat(64)}.test`)).toThrow(RangeError);
  expect(encodeValue('AAAA', '2001:db8::7')).toEqual(Buffer.from('20010db8000000000000000000000007', 'hex'));
  expect(encodeValue('AAAA', '::ffff:192.0.2.1')).toEqual(Buffer.from('00000000000000000000ffffc0000201', 'hex'));
  // A pointer to itself never ends.
  expect(() => decodeMessage(Buffer.from([0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xc0, 12, 0, 1, 0, 1]))).toThrow('never ends');
});
