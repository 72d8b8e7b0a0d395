/** Secrets of the inventory at the moment of use: the value goes into one call and nowhere else. */
import type { SecretRef } from '../contracts/secret-ref.ts';

/** Undefined when the variable or file is not there. */
export type ReadSecret = (ref: SecretRef) => string | undefined;

/** A secret by its name, which may be told. */
export const nameOfSecret = (ref: SecretRef): string => ('env' in ref ? `$${ref.env}` : ref.file);

/** What others answered, without the secrets that they may have repeated, plain or encoded. */
export function scrub(text: string, secrets: readonly string[]): string {
  const forms = secrets.flatMap((secret) => [
    secret,
    encodeURIComponent(secret),
    ...[secret, `\0${secret}`].map((one) => Buffer.from(one).toString('base64')),
  ]);
  return forms
    .filter((form) => form !== '')
    .toSorted((a, b) => b.length - a.length)
    .reduce((clean, form) => clean.replaceAll(form, '…'), text);
}
