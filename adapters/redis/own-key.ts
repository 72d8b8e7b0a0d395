/** A key of our own, written to see that a server takes writes. */
import type { Client } from './session.ts';

export const ownKey = 'okiagari:verification';
/** Should we die between writing and removing it. */
const ownKeySeconds = 10;

export async function writeOwnKey(client: Client): Promise<void> {
  await client.set(ownKey, 'written', { expiration: { type: 'EX', value: ownKeySeconds } });
  await client.del(ownKey);
}
