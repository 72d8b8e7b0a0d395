/** Which signatures count: those of the API's own key, whose public half lies beside the data. */
import { readFileSync } from 'node:fs';
import type { Statement } from '../../domain/gate.ts';
import { verifyStatement } from './ed25519.ts';

/** The key is read at each question: the API may have made it after this process started. No key, no trust. */
export const createTrust =
  (publicKeyFile: string) =>
  (statement: Statement, signature: string): boolean => {
    try {
      return verifyStatement(statement, signature, readFileSync(publicKeyFile, 'utf8'));
    } catch {
      return false;
    }
  };
