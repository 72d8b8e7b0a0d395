/** Signatures of DNS messages by a shared key (TSIG, RFC 8945), made and verified. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import {
  classes,
  decodeMessage,
  decodeName,
  encodeName,
  encodeResource,
  types,
  u16,
  type Message,
  type Resource,
} from './message.ts';

export interface Key {
  readonly name: string;
  readonly algorithm: 'hmac-sha256' | 'hmac-sha512';
  readonly secret: Buffer;
}

/** What the signature of an answer says is wrong: with the key, or with a clock. */
export class KeyRefused extends Error {
  override name = 'KeyRefused';
}

/** Clocks may be apart so many seconds. */
const fudge = 300;
const errors: Readonly<Record<number, string>> = {
  16: 'BADSIG: the secret is another one there',
  17: 'BADKEY: there is no key of that name and algorithm',
  22: 'BADTRUNC: the signature is too short',
};
const badTime = 18;

/** Signs requests and verifies what is answered, message by message: a transfer has many. */
export class Signer {
  readonly #key: Key;
  readonly #now: () => number;
  /** Of the request, then of the last message that was signed. */
  #mac = Buffer.alloc(0);
  #isFirst = true;
  /** Messages since, which the next signature covers too. */
  #unsigned: Buffer[] = [];

  /** `now` in seconds. */
  constructor(key: Key, now: () => number = () => Math.floor(Date.now() / 1_000)) {
    this.#key = key;
    this.#now = now;
  }

  sign(request: Buffer): Buffer {
    const timers = Buffer.concat([u48(this.#now()), u16(fudge)]);
    this.#mac = this.#digest([request, this.#variables(timers, u16(0, 0))]);
    const data = Buffer.concat([
      ...[encodeName(this.#key.algorithm), timers, u16(this.#mac.length), this.#mac],
      ...[request.subarray(0, 2), u16(0, 0)],
    ]);
    const signed = Buffer.concat([request, encodeResource({ ...this.#head(), data })]);
    signed.writeUInt16BE(request.readUInt16BE(10) + 1, 10);
    return signed;
  }

  /**
   * Answers the message. Throws KeyRefused where the server refused the signature, or its own does not hold. Within a transfer
   * a message may go unsigned; whoever reads it has to see that the last one is not (`isSettled`).
   */
  verify(bytes: Buffer): Message {
    const message = decodeMessage(bytes);
    const record = message.additional.at(-1);
    if (record?.type !== types.TSIG || record.at === undefined) {
      if (this.#isFirst) throw new KeyRefused('the answer is not signed');
      this.#unsigned.push(bytes);
      return message;
    }
    const { mac, timers, time, error, other, originalId } = readSignature(record);
    if (error !== 0 && error !== badTime) throw new KeyRefused(errors[error] ?? `TSIG error ${error}`);
    const bare = Buffer.from(bytes.subarray(0, record.at));
    bare.writeUInt16BE(originalId, 0);
    bare.writeUInt16BE(bytes.readUInt16BE(10) - 1, 10);
    const before = Buffer.concat([u16(this.#mac.length), this.#mac]);
    const rest = this.#isFirst ? this.#variables(timers, Buffer.concat([u16(error, other.length), other])) : timers;
    const wanted = this.#digest([before, ...this.#unsigned, bare, rest]);
    const isOurs = record.name === absoluteName(this.#key.name);
    if (!isOurs || mac.length !== wanted.length || !timingSafeEqual(mac, wanted)) {
      throw new KeyRefused('the signature of the answer does not hold');
    }
    const theirs = other.length === 6 ? other.readUIntBE(0, 6) : time;
    if (error === badTime) throw new KeyRefused(`BADTIME: ${apart(theirs, this.#now())}`);
    if (Math.abs(this.#now() - time) > fudge) throw new KeyRefused(apart(time, this.#now()));
    [this.#mac, this.#isFirst, this.#unsigned] = [Buffer.from(mac), false, []];
    return message;
  }

  /** Nothing that was read lacks a signature over it. */
  get isSettled(): boolean {
    return this.#unsigned.length === 0;
  }

  #head() {
    return { name: this.#key.name, type: types.TSIG, class: classes.ANY, ttl: 0 };
  }

  #variables(timers: Buffer, end: Buffer): Buffer {
    const { name, algorithm } = this.#key;
    return Buffer.concat([encodeName(name.toLowerCase()), u16(classes.ANY, 0, 0), encodeName(algorithm), timers, end]);
  }

  #digest(parts: readonly Buffer[]): Buffer<ArrayBuffer> {
    const mac = createHmac(this.#key.algorithm.slice('hmac-'.length), this.#key.secret);
    for (const part of parts) mac.update(part);
    return Buffer.from(mac.digest());
  }
}

function readSignature({ data }: Resource) {
  const at = decodeName(data, 0).next;
  const size = data.readUInt16BE(at + 8);
  const end = at + 10 + size;
  return {
    time: data.readUIntBE(at, 6),
    timers: data.subarray(at, at + 8),
    mac: data.subarray(at + 10, end),
    originalId: data.readUInt16BE(end),
    error: data.readUInt16BE(end + 2),
    other: data.subarray(end + 6, end + 6 + data.readUInt16BE(end + 4)),
  };
}

const absoluteName = (name: string): string => decodeName(encodeName(name), 0).text;

function apart(theirs: number, ours: number): string {
  const seconds = Math.abs(theirs - ours);
  return `the clock of the server is ${seconds} s ${theirs < ours ? 'behind' : 'ahead of'} ours, and ${fudge} s are allowed`;
}

function u48(number: number): Buffer {
  const bytes = Buffer.alloc(6);
  bytes.writeUIntBE(number, 0, 6);
  return bytes;
}
