/** Record sets as text, written one way only, so that equal ones are equal words. */

export type RecordType = 'A' | 'AAAA' | 'CNAME';

/** What stands at one name under one type. The time to live is in seconds. */
export interface RecordSet {
  readonly ttl: number;
  /** Canonical, in order. */
  readonly values: readonly string[];
}

/** One name under one type, as the inventory names it. */
export interface Place {
  /** Of the switch. */
  readonly id: string;
  /** Absolute, in small letters. */
  readonly name: string;
  readonly type: RecordType;
}

/** `API.shodo.test` → `api.shodo.test.` */
export function absolute(name: string): string {
  const small = name.toLowerCase();
  return small.endsWith('.') ? small : `${small}.`;
}

/** Every spelling of an IPv6 address and of a name has one that stands for it. */
export function canonical(type: RecordType, value: string): string {
  if (type === 'CNAME') return absolute(value);
  return type === 'A' ? value : new URL(`http://[${value}]`).hostname.slice(1, -1);
}

export const recordSet = (type: RecordType, ttl: number, values: readonly string[]): RecordSet => ({
  ttl,
  values: [...new Set(values.map((value) => canonical(type, value)))].toSorted(),
});

export const haveSameValues = (one: RecordSet | null, other: RecordSet | null): boolean =>
  one === null || other === null ? one === other : one.values.join() === other.values.join();

export const areSame = (one: RecordSet | null, other: RecordSet | null): boolean =>
  haveSameValues(one, other) && one?.ttl === other?.ttl;

/** `dr-api.shodo.test. (60 s)` */
export const inWords = (set: RecordSet | null): string => (set === null ? '–' : `${set.values.join(', ')} (${set.ttl} s)`);
