/** Which signatures count: the API's own key and those that the inventory of this moment trusts. */
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { signDocument } from '../../adapters/signing/ed25519.ts';
import { createTrust } from '../../adapters/signing/trust.ts';
import type { PublicKeyEntry } from '../../contracts/inventory.ts';

let folder: string;
let trusted: PublicKeyEntry[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'okiagari-trust-'));
  trusted = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

const document = { recovery: 'r', by: 'ren', nested: { b: 1, a: 2 } };
const isSigned = (signature: string, what: object = document) =>
  createTrust(join(folder, 'own.pem'), () => ({ trust: { publicKeys: trusted } }))(what, signature);

function makeKey() {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return {
    publicPem: publicKey.export({ type: 'spki', format: 'pem' }) as string,
    signature: signDocument(document, privateKey.export({ type: 'pkcs8', format: 'pem' }) as string),
  };
}

test('without any key nothing counts', () => expect(isSigned(makeKey().signature)).toBe(false));

test('the own key counts as soon as it is there', () => {
  const own = makeKey();
  expect(isSigned(own.signature)).toBe(false);
  writeFileSync(join(folder, 'own.pem'), own.publicPem);
  expect(isSigned(own.signature)).toBe(true);
  expect(isSigned(own.signature, { ...document, by: 'hana' })).toBe(false);
});

test('each key of the inventory counts, in place or in a file, until it is taken away', () => {
  const [own, inPlace, inFile, stranger] = [makeKey(), makeKey(), makeKey(), makeKey()];
  writeFileSync(join(folder, 'own.pem'), own.publicPem);
  writeFileSync(join(folder, 'osaka.pem'), inFile.publicPem);
  trusted = [
    { id: 'tokyo', pem: inPlace.publicPem },
    { id: 'osaka', file: join(folder, 'osaka.pem') },
  ];
  const all = () => [own, inPlace, inFile, stranger].map(({ signature }) => isSigned(signature));
  expect(all()).toEqual([true, true, true, false]);
  trusted = [];
  expect(all()).toEqual([true, false, false, false]);
});

test('a key that is gone or none takes nothing from the others', () => {
  const good = makeKey();
  trusted = [
    { id: 'gone', file: join(folder, 'gone.pem') },
    { id: 'none', pem: '-----BEGIN PUBLIC KEY-----\nnonsense' },
    { id: 'good', pem: good.publicPem },
  ];
  expect(isSigned(good.signature)).toBe(true);
});
