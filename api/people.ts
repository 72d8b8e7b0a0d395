/** Who sends a request: bearer tokens of the inventory, kept only as hashes and compared in constant time. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { resolveSecret } from '../config/environment.ts';
import type { Inventory, Role } from '../contracts/inventory.ts';

export interface Caller {
  readonly id: string;
  readonly roles: ReadonlySet<Role>;
}

interface KnownToken {
  readonly caller: Caller;
  readonly hash: Buffer;
}

/** Says why somebody of the inventory cannot sign in; never names a token. */
export type TokenFault = (person: string, why: 'missing' | 'shared') => void;

/**
 * Answers who a bearer token belongs to. The tokens are resolved at once, and again whenever the inventory is another one.
 * A token that two people share belongs to nobody: it would make one person two voters.
 */
export function createPeople(inventory: () => Inventory, onFault: TokenFault): (token: string) => Caller | undefined {
  let of = inventory();
  let known = resolveTokens(of, onFault);
  return (token) => {
    const now = inventory();
    if (now !== of) known = resolveTokens((of = now), onFault);
    const hash = sha256(token);
    let found: Caller | undefined;
    // All of them are compared, so that the time tells nothing about which one came close.
    for (const one of known) if (timingSafeEqual(one.hash, hash)) found = one.caller;
    return found;
  };
}

function resolveTokens(inventory: Inventory, onFault: TokenFault): KnownToken[] {
  const known: KnownToken[] = [];
  for (const person of inventory.people) {
    const token = resolveSecret(person.token);
    if (token === undefined) onFault(person.id, 'missing');
    else known.push({ caller: { id: person.id, roles: new Set([...person.roles, 'viewer']) }, hash: sha256(token) });
  }
  return known.filter(({ caller, hash }) => {
    const shared = known.some((other) => other.caller.id !== caller.id && other.hash.equals(hash));
    if (shared) onFault(caller.id, 'shared');
    return !shared;
  });
}

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();
