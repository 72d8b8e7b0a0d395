/** Positions in PostgreSQL's write-ahead log: two hexadecimal numbers with a slash between, together one count of bytes. */

/** Of `0/3000148`. Throws on what is no position. */
function position(lsn: string): bigint {
  const [, high, low] = /^([0-9A-Fa-f]{1,8})\/([0-9A-Fa-f]{1,8})$/.exec(lsn) ?? [];
  if (high === undefined || low === undefined) throw new TypeError(`${lsn} is no position in a write-ahead log`);
  return (BigInt(`0x${high}`) << 32n) + BigInt(`0x${low}`);
}

/** How far `to` is ahead of `from`, in bytes; 0 where it is not. */
export function bytesAhead(from: string, to: string): number {
  const distance = position(to) - position(from);
  return distance > 0n ? Number(distance) : 0;
}

/** The one that is further on. */
export const furthest = (one: string, other: string): string => (position(other) > position(one) ? other : one);
