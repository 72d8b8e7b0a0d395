/** Which signatures count: those of the API's own key, whose public half lies beside the data. */
import { readFileSync } from 'node:fs';
import { verifyDocument } from './ed25519.ts';

/** The key is read at each question: the API may have made it after this process started. No key, no trust. */
export const createTrust =
  (publicKeyFile: string) =>
  (document: object, signature: string): boolean => {
    try {
      return verifyDocument(document, signature, readFileSync(publicKeyFile, 'utf8'));
    } catch {
      return false;
    }
  };
