/** Which signatures count: those of the API's own key, whose public half lies beside the data, and of the keys that the inventory trusts. */
import { readFileSync } from 'node:fs';
import type { Inventory } from '../../contracts/inventory.ts';
import { verifyDocument } from './ed25519.ts';

/**
 * The keys are read at each question: the API may have made its own after this process started, and the inventory may have
 * changed. A key that cannot be read counts for nothing and takes nothing from the others. No key, no trust.
 */
export const createTrust =
  (ownKeyFile: string, inventory: () => Pick<Inventory, 'trust'>) =>
  (document: object, signature: string): boolean => {
    const trusted = inventory().trust.publicKeys.map((key) => ('pem' in key ? key.pem : read(key.file)));
    return [read(ownKeyFile), ...trusted].some((key) => key !== undefined && verifyDocument(document, signature, key));
  };

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
