/** DNS messages as bytes (RFC 1035, RFC 2136): as much of them as questions, transfers and updates of a zone need. */
import { isIPv4 } from 'node:net';
import { recordSet, type RecordSet, type RecordType } from '../../domain/dns/records.ts';

export const types = { A: 1, NS: 2, CNAME: 5, SOA: 6, PTR: 12, MX: 15, AAAA: 28, TSIG: 250, AXFR: 252 } as const;
export const classes = { IN: 1, NONE: 254, ANY: 255 } as const;
export const opcodes = { QUERY: 0, UPDATE: 5 } as const;

export interface Question {
  readonly name: string;
  readonly type: number;
}

export interface Resource {
  readonly name: string;
  readonly type: number;
  readonly class: number;
  readonly ttl: number;
  /** Names in it are written out. */
  readonly data: Buffer;
  /** Where it begins in the message it was read from. */
  readonly at?: number;
}

export interface Message {
  readonly id: number;
  readonly opcode: number;
  readonly rcode: number;
  readonly isAnswer: boolean;
  readonly isAuthoritative: boolean;
  readonly isTruncated: boolean;
  readonly question: readonly Question[];
  /** Prerequisites, where it is an update. */
  readonly answer: readonly Resource[];
  /** What is to be done, where it is an update. */
  readonly authority: readonly Resource[];
  readonly additional: readonly Resource[];
}

export interface Request {
  readonly id: number;
  readonly opcode: number;
  readonly recurse?: boolean;
  readonly question: Question;
  readonly prerequisites?: readonly Resource[];
  readonly updates?: readonly Resource[];
}

export function encodeRequest({ id, opcode, recurse, question, prerequisites = [], updates = [] }: Request): Buffer {
  const head = u16(id, (opcode << 11) | (recurse ? 0x01_00 : 0), 1, prerequisites.length, updates.length, 0);
  const asked = Buffer.concat([encodeName(question.name), u16(question.type, classes.IN)]);
  return Buffer.concat([head, asked, ...[...prerequisites, ...updates].map(encodeResource)]);
}

export function encodeResource({ name, type, class: ofClass, ttl, data }: Resource): Buffer {
  const time = Buffer.alloc(4);
  time.writeUInt32BE(ttl);
  return Buffer.concat([encodeName(name), u16(type, ofClass), time, u16(data.length), data]);
}

/** Throws where a label or the name is too long, or has no ASCII letters. */
export function encodeName(name: string): Buffer {
  const labels = name.split('.').filter(Boolean);
  const parts = labels.map((label) => {
    const bytes = Buffer.from(label, 'latin1');
    if (bytes.length > 63 || !/^[\x21-\x7e]+$/.test(label)) throw new RangeError(`${name} is no name for DNS`);
    return Buffer.concat([Buffer.from([bytes.length]), bytes]);
  });
  const whole = Buffer.concat([...parts, Buffer.from([0])]);
  if (whole.length > 255) throw new RangeError(`${name} is too long for DNS`);
  return whole;
}

/** Throws where the bytes are no message. */
export function decodeMessage(bytes: Buffer): Message {
  const flags = bytes.readUInt16BE(2);
  const counts = [4, 6, 8, 10].map((at) => bytes.readUInt16BE(at));
  let at = 12;
  const question = Array.from({ length: counts[0]! }, () => {
    const name = decodeName(bytes, at);
    at = name.next + 4;
    return { name: name.text, type: bytes.readUInt16BE(name.next) };
  });
  const section = (count: number): Resource[] =>
    Array.from({ length: count }, () => {
      const { resource, next } = decodeResource(bytes, at);
      at = next;
      return resource;
    });
  const [answer, authority, additional] = counts.slice(1).map(section) as [Resource[], Resource[], Resource[]];
  return {
    id: bytes.readUInt16BE(0),
    opcode: (flags >> 11) & 0xf,
    rcode: flags & 0xf,
    isAnswer: (flags & 0x80_00) !== 0,
    isAuthoritative: (flags & 0x04_00) !== 0,
    isTruncated: (flags & 0x02_00) !== 0,
    ...{ question, answer, authority, additional },
  };
}

function decodeResource(bytes: Buffer, at: number): { resource: Resource; next: number } {
  const { text: name, next: head } = decodeName(bytes, at);
  const [type, ofClass, ttl] = [bytes.readUInt16BE(head), bytes.readUInt16BE(head + 2), bytes.readUInt32BE(head + 4)];
  const from = head + 10;
  const next = from + bytes.readUInt16BE(head + 8);
  if (next > bytes.length) throw new RangeError('the message ends in the middle of a record');
  return { resource: { name, type, class: ofClass, ttl, data: dataOf(bytes, type, from, next), at }, next };
}

/** Names inside may point back into the message: they are written out. */
function dataOf(bytes: Buffer, type: number, from: number, next: number): Buffer {
  const plain = bytes.subarray(from, next);
  if (type === types.CNAME || type === types.NS || type === types.PTR) return encodeName(decodeName(bytes, from).text);
  if (type !== types.SOA) return plain;
  const first = decodeName(bytes, from);
  const second = decodeName(bytes, first.next);
  return Buffer.concat([encodeName(first.text), encodeName(second.text), bytes.subarray(second.next, next)]);
}

export function decodeName(bytes: Buffer, from: number): { text: string; next: number } {
  const labels: string[] = [];
  let at = from;
  let next: number | undefined;
  for (let hops = 0; ;) {
    const length = bytes.readUInt8(at);
    if (length >= 0xc0) {
      next ??= at + 2;
      at = bytes.readUInt16BE(at) & 0x3f_ff;
      if (++hops > 64) throw new RangeError('a name that never ends');
      continue;
    }
    at += 1;
    if (length === 0) return { text: `${labels.join('.')}.`.toLowerCase(), next: next ?? at };
    if (length > 63 || at + length > bytes.length) throw new RangeError('no label');
    labels.push(bytes.toString('latin1', at, at + length));
    at += length;
  }
}

/** Serial and the time that others remember an absence, in seconds. */
export function readSoa({ data, ttl }: Resource): { serial: number; negativeTtl: number } {
  const numbers = decodeName(data, decodeName(data, 0).next).next;
  return { serial: data.readUInt32BE(numbers), negativeTtl: Math.min(ttl, data.readUInt32BE(numbers + 16)) };
}

export function encodeValue(type: RecordType, value: string): Buffer {
  if (type === 'CNAME') return encodeName(value);
  if (type === 'A') return Buffer.from(value.split('.').map(Number));
  const [front = [], back = []] = value.split('::').map((half) => half.split(':').filter(Boolean).flatMap(groupsOf));
  const gap = value.includes('::') ? 8 - front.length - back.length : 0;
  return u16(...front, ...Array.from({ length: gap }, () => 0), ...back);
}

function groupsOf(group: string): number[] {
  if (!isIPv4(group)) return [Number.parseInt(group, 16)];
  const [a, b, c, d] = group.split('.').map(Number) as [number, number, number, number];
  return [(a << 8) | b, (c << 8) | d];
}

/** What stands at a name under a type, among others; null where nothing does. */
export function setOf(records: readonly Resource[], name: string, type: RecordType): RecordSet | null {
  const found = records.filter((one) => one.name === name && one.type === types[type] && one.class === classes.IN);
  if (found.length === 0) return null;
  return recordSet(
    type,
    Math.min(...found.map(({ ttl }) => ttl)),
    found.map((one) => decodeValue(type, one.data)),
  );
}

function decodeValue(type: RecordType, data: Buffer): string {
  if (type === 'CNAME') return decodeName(data, 0).text;
  if (type === 'A') return [...data].join('.');
  return Array.from({ length: 8 }, (_, n) => data.readUInt16BE(n * 2).toString(16)).join(':');
}

export function u16(...numbers: readonly number[]): Buffer {
  const bytes = Buffer.alloc(numbers.length * 2);
  numbers.forEach((number, n) => bytes.writeUInt16BE(number, n * 2));
  return bytes;
}

const rcodes = [
  ...['NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED'],
  ...['YXDOMAIN', 'YXRRSET', 'NXRRSET', 'NOTAUTH', 'NOTZONE'],
];
export const nameOfRcode = (rcode: number): string => rcodes[rcode] ?? `RCODE ${rcode}`;
