/** Addresses and networks of both families in one space, so that what must never be denied is found whatever it is written as. */

/** IPv4 lies where IPv6 maps it: `10.0.0.1` and `::ffff:10.0.0.1` are the same. */
export interface Network {
  readonly bits: bigint;
  /** 0 to 128; that of an IPv4 network has 96 added. */
  readonly prefix: number;
}

const whole = 128;
const mapped = 0xffffn << 32n;

/** An address, or a network such as `10.0.0.0/8`; undefined for anything else. */
export function parseNetwork(text: string): Network | undefined {
  const [, address, length] = /^([0-9A-Fa-f:.]{2,45})(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  if (address === undefined) return undefined;
  const isShort = !address.includes(':');
  const bits = isShort ? parseFour(address) : parseSix(address);
  const most = isShort ? 32 : whole;
  const prefix = length === undefined ? most : Number(length);
  if (bits === undefined || prefix > most) return undefined;
  return isShort ? { bits: mapped | bits, prefix: prefix + 96 } : { bits, prefix };
}

function parseFour(text: string): bigint | undefined {
  const words = text.split('.');
  const isWell = words.length === 4 && words.every((word) => /^(0|[1-9]\d{0,2})$/.test(word) && Number(word) < 256);
  return isWell ? words.reduce((bits, word) => (bits << 8n) | BigInt(word), 0n) : undefined;
}

function parseSix(text: string): bigint | undefined {
  const tail = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  const four = tail ? parseFour(tail[2]!) : undefined;
  if (tail && four === undefined) return undefined;
  const hex = tail ? `${tail[1]}${(four! >> 16n).toString(16)}:${(four! & 0xffffn).toString(16)}` : text;
  const halves = hex.split('::');
  if (halves.length > 2) return undefined;
  const [left, right] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const zeros = 8 - left!.length - (right?.length ?? 0);
  if (right === undefined ? zeros !== 0 : zeros < 1) return undefined;
  const words = [...left!, ...Array<string>(zeros).fill('0'), ...(right ?? [])];
  if (!words.every((word) => /^[0-9A-Fa-f]{1,4}$/.test(word))) return undefined;
  return words.reduce((bits, word) => (bits << 16n) | BigInt(`0x${word}`), 0n);
}

/** Whether an address can be in both. */
export function overlap(a: Network, b: Network): boolean {
  const rest = BigInt(whole - Math.min(a.prefix, b.prefix));
  return a.bits >> rest === b.bits >> rest;
}

/** Whether every address of `inner` is in `outer`. */
export const covers = (outer: Network, inner: Network): boolean => outer.prefix <= inner.prefix && overlap(outer, inner);

/** The entry of `list` that shares an address with `text`; what is no address shares one with nobody. */
export function findOverlap(text: string, list: readonly string[]): string | undefined {
  const own = parseNetwork(text);
  return own && list.find((entry) => holds(entry, (other) => overlap(other, own)));
}

/** Whether one entry of `list` has all addresses of `text`. */
export function isCovered(text: string, list: readonly string[]): boolean {
  const own = parseNetwork(text);
  return own !== undefined && list.some((entry) => holds(entry, (other) => covers(other, own)));
}

function holds(entry: string, test: (network: Network) => boolean): boolean {
  const network = parseNetwork(entry);
  return network !== undefined && test(network);
}

/** `::ffff:192.0.2.1`, as a table of both families has it, is `192.0.2.1`. */
export const plainAddress = (text: string): string => text.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '');
