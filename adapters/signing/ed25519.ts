/** Signatures of decisions: one canonical form of a statement, signed and checked with Ed25519. */
import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import type { Statement } from '../../domain/gate.ts';

/**
 * JSON with one spelling for one meaning: keys sorted, no white space, what is undefined left out (RFC 8785 for the
 * values that JSON text can hold). Two parties that hold the same value get the same bytes.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(',')}]`;
  if (value !== null && typeof value === 'object') {
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
    return `{${members.join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}

/** Base64 of the signature over the statement's canonical JSON. */
export const signStatement = (statement: Statement, privateKeyPem: string): string =>
  sign(null, Buffer.from(canonicalJson(statement)), createPrivateKey(privateKeyPem)).toString('base64');

/** Whether this key signed exactly this statement. False, never an error, for a signature or key that is none. */
export function verifyStatement(statement: Statement, signature: string, publicKeyPem: string): boolean {
  try {
    const key = createPublicKey(publicKeyPem);
    if (key.asymmetricKeyType !== 'ed25519') return false;
    return verify(null, Buffer.from(canonicalJson(statement)), key, Buffer.from(signature, 'base64'));
  } catch {
    return false;
  }
}
