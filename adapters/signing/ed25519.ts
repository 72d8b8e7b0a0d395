/** Signatures of decisions: the canonical form of a statement, signed and checked with Ed25519. */
import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { canonicalJson } from '../../domain/digest.ts';
import type { Statement } from '../../domain/gate.ts';

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
