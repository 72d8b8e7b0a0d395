/** Digests that anyone can check again: sha256 over JSON with sorted keys and no spaces. Runs in the workflow sandbox. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

/** For small texts; files are hashed where they are read. */
export const sha256Hex = (text: string): string => bytesToHex(sha256(utf8ToBytes(text)));

/** Keys sorted, no white space, members that are undefined left out: one text for one meaning (RFC 8785 for what JSON text can hold). */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value ?? null);
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
}

export const digestOf = (value: unknown): string => sha256Hex(canonicalJson(value));

/** The digest of a document that carries it: over everything else in it. */
export function digestBeside<T extends { readonly digest: string }>(document: T): string {
  return digestOf({ ...document, digest: undefined });
}
