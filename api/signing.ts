/** The API's own signing key: made at the first start, read at every other, its public half left beside the data. */
import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { signDocument } from '../adapters/signing/ed25519.ts';
import type { Environment } from '../config/environment.ts';

/** Signs a document as a whole; base64. */
export type Sign = (document: object) => string;

export const publicKeyFile = (data: string): string => join(data, 'signing-key.pub.pem');

/**
 * The key of OKIAGARI_SIGNING_KEY, a file or the PEM itself (`<data>/signing-key.pem` when unset). A file that is not there is
 * made with 0600. Writes the public half to `<data>/signing-key.pub.pem`. Throws when it is no Ed25519 private key.
 */
export function openSigningKey(environment: Pick<Environment, 'OKIAGARI_DATA' | 'OKIAGARI_SIGNING_KEY'>): Sign {
  const { OKIAGARI_DATA: data, OKIAGARI_SIGNING_KEY: given } = environment;
  mkdirSync(data, { recursive: true });
  const { pem, place } = given !== undefined && isPem(given) ? inPlace(given) : inFile(given ?? join(data, 'signing-key.pem'));
  let type: string | undefined;
  try {
    type = createPrivateKey(pem).asymmetricKeyType;
  } catch {
    // Said below, without a word of the content.
  }
  if (type !== 'ed25519') throw new Error(`OKIAGARI_SIGNING_KEY: ${place} holds no Ed25519 private key in PEM`);
  replace(publicKeyFile(data), createPublicKey(pem).export({ type: 'spki', format: 'pem' }) as string, 0o644);
  return (document) => signDocument(document, pem);
}

interface FoundKey {
  readonly pem: string;
  /** Where it came from, in words that may be told. */
  readonly place: string;
}

const isPem = (text: string): boolean => text.trimStart().startsWith('-----BEGIN');
/** Files of variables have no line breaks: there a PEM stands on one line, with `\n` in it. */
const inPlace = (text: string): FoundKey => ({ pem: text.replaceAll('\\n', '\n'), place: 'the variable' });
const inFile = (file: string): FoundKey => ({ pem: readOrMake(file), place: file });

function readOrMake(file: string): string {
  const found = read(file);
  if (found !== undefined) return found;
  mkdirSync(dirname(file), { recursive: true });
  const made = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, made, { mode: 0o600 });
  try {
    // A link is refused where a file is: of two that start at once, one key counts.
    linkSync(temporary, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(temporary, { force: true });
  }
  return readFileSync(file, 'utf8');
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function replace(file: string, content: string, mode: number): void {
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, content, { mode });
  renameSync(temporary, file);
}
