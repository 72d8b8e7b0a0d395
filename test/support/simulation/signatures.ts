/** Signatures as cheap as they get: they fit exactly one document, and only who knows how can make one. */
import { createHash } from 'node:crypto';
import { canonicalJson } from '../../../domain/digest.ts';

export const signed = (document: object): string =>
  createHash('sha256')
    .update(`the key of the simulation ${canonicalJson(document)}`)
    .digest('base64');

export const isSigned = (document: object, signature: string): boolean => signature === signed(document);
