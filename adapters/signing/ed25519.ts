/** Signatures of what the API states: the canonical form of a document, signed and checked with Ed25519. */
import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { canonicalJson } from '../../domain/digest.ts';

/** Base64 of the signature over the document's canonical JSON. */
export const signDocument = (document: object, privateKeyPem: string): string =>
  sign(null, Buffer.from(canonicalJson(document)), createPrivateKey(privateKeyPem)).toString('base64');

/** Whether this key signed exactly this document. False, never an error, for a signature or key that is none. */
export function verifyDocument(document: object, signature: string, publicKeyPem: string): boolean {
  try {
    const key = createPublicKey(publicKeyPem);
    if (key.asymmetricKeyType !== 'ed25519') return false;
    return verify(null, Buffer.from(canonicalJson(document)), key, Buffer.from(signature, 'base64'));
  } catch {
    return false;
  }
}
