/** Signatures as cheap as they get: they fit exactly one statement, and only who knows how can make one. */
import { createHash } from 'node:crypto';
import { canonicalJson } from '../../../domain/digest.ts';
import type { Statement } from '../../../domain/gate.ts';

export const signed = (statement: Statement): string =>
  createHash('sha256')
    .update(`the key of the simulation ${canonicalJson(statement)}`)
    .digest('base64');

export const isSigned = (statement: Statement, signature: string): boolean => signature === signed(statement);
