/** What an object store answers, as failures of the table. Only codes are repeated: messages may name keys. */
import type { ApplicationFailure } from '@temporalio/common';
import type { ObjectStoreEntry } from '../../contracts/inventory.ts';
import { fail } from '../../domain/fail.ts';
import type { Text } from '../../domain/text.ts';
import { nameOfSecret } from '../secrets.ts';

interface StoreError {
  readonly name?: string;
  readonly code?: string;
  readonly message?: string;
  readonly type?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

const wrongKey: readonly string[] = [
  'InvalidAccessKeyId',
  'SignatureDoesNotMatch',
  'ExpiredToken',
  'InvalidToken',
  'NotSignedUp',
  'AuthorizationHeaderMalformed',
];
const missing: readonly string[] = ['NoSuchKey', 'NotFound', 'NoSuchUpload', 'NoSuchVersion'];
const full: readonly string[] = ['QuotaExceeded', 'XMinioStorageFull', 'EntityTooLarge', 'InsufficientStorage'];

/** Whatever is no answer of a store (a local file's error, an abort, a failure of ours) stays what it is. */
export function inOurWords(error: unknown, entry: ObjectStoreEntry): unknown {
  const { name = '', code, type, $metadata, message = '' } = error as StoreError;
  if (type !== undefined || name === 'AbortError') return error;
  const status = $metadata?.httpStatusCode;
  const word = [code, name].find((one) => one !== undefined && /^[A-Za-z][\w.]{0,60}$/.test(one)) ?? 'unknown';
  if (status === undefined) return isLocal(error) ? error : away(entry, word);
  if (missing.includes(name)) return Object.assign(new Error('the object is not there'), { code: 'ENOENT' });
  if (full.includes(name) || status === 507 || /no space left/i.test(message)) return fullUp(entry, word);
  if (name === 'NoSuchBucket') {
    return refusedBecause(entry, { en: `there is no bucket ${entry.bucket}`, ja: `バケット ${entry.bucket} がありません` });
  }
  if (wrongKey.includes(name)) {
    const names = `${nameOfSecret(entry.accessKeyId)}, ${nameOfSecret(entry.secretAccessKey)}`;
    return refusedBecause(entry, { en: `the key in ${names} is not accepted (${name})`, ja: `${names} の鍵が無効です(${name})` });
  }
  if (status >= 500 || status === 429 || name === 'RequestTimeout') return away(entry, word);
  return refusedBecause(entry, { en: `it answers ${status} ${word}`, ja: `${status} ${word} が返りました` });
}

/** Errors of the file system, which come with the number that the system gave them, and no address. */
const isLocal = (error: unknown): boolean => {
  const { syscall, path } = error as NodeJS.ErrnoException;
  return path !== undefined || ['open', 'read', 'write', 'fsync', 'mkdir', 'unlink', 'stat', 'fchmod'].includes(syscall ?? '');
};

export const refusedBecause = ({ id }: ObjectStoreEntry, { en, ja }: Text): ApplicationFailure =>
  fail('repository-refused', { en: `${id} refuses: ${en}.`, ja: `${id} が受け付けません: ${ja}。` });

const away = ({ id, endpoint = 'AWS' }: ObjectStoreEntry, word: string): ApplicationFailure =>
  fail('repository-away', {
    en: `${id} does not answer at ${endpoint} (${word}).`,
    ja: `${id}(${endpoint})が応答しません(${word})。`,
  });

const fullUp = ({ id }: ObjectStoreEntry, word: string): ApplicationFailure =>
  fail('repository-full', { en: `${id} has no room (${word}).`, ja: `${id} に空きがありません(${word})。` });

export const locked = ({ id }: ObjectStoreEntry, what: string, until: string | undefined): ApplicationFailure =>
  fail('backup-locked', {
    en: `${what} in ${id} is locked${until === undefined ? '' : ` until ${until}`}.`,
    ja: `${id} の ${what} は${until === undefined ? '' : ` ${until} まで`}ロックされています。`,
  });
