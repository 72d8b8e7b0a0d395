/** Accounts of Amazon Route 53: a client for each entry, its keys read at each request, its refusals by their codes. */
import { InvalidChangeBatch, Route53Client, Route53ServiceException } from '@aws-sdk/client-route-53';
import type { Route53Settings } from '../../contracts/dns-provider-settings.ts';
import { nameOfSecret, type ReadSecret } from '../secrets.ts';

const connectMs = 3_000;
const silenceMs = 10_000;
const attempts = 4;

/** Why an account did not do what it was asked, in codes of the API and without a secret. */
export class NoAccount extends Error {
  override name = 'NoAccount';
  readonly code: 'dns-silent' | 'dns-refused' | 'dns-key-refused';

  constructor(code: NoAccount['code'], said: string) {
    super(said);
    this.code = code;
  }
}

type Ask<T> = (client: Route53Client, options: { readonly abortSignal?: AbortSignal }) => Promise<T>;

/** Answers what the client does. Throws NoAccount. */
export type Account = <T>(ask: Ask<T>, signal?: AbortSignal) => Promise<T>;

/** Remembers clients, so that connections outlive an activity; an entry that changed gets another one. */
export function createAccounts(secret: ReadSecret): (entry: Route53Settings) => Account {
  const known = new Map<string, Account>();
  return (entry) => {
    const key = JSON.stringify(entry);
    const account = known.get(key) ?? openAccount(entry, secret);
    known.set(key, account);
    return account;
  };
}

function openAccount({ region, endpoint, accessKeyId, secretAccessKey }: Route53Settings, secret: ReadSecret): Account {
  const read = (ref: typeof accessKeyId): string => {
    const value = secret(ref)?.trim();
    if (value === undefined || value === '') throw new NoAccount('dns-key-refused', `${nameOfSecret(ref)} is not there`);
    return value;
  };
  const client = new Route53Client({
    region,
    ...(endpoint !== undefined && { endpoint }),
    // Already past its time: the client asks again at each request, so that a changed key needs no restart.
    credentials: () =>
      Promise.resolve({ accessKeyId: read(accessKeyId), secretAccessKey: read(secretAccessKey), expiration: new Date() }),
    maxAttempts: attempts,
    requestHandler: { connectionTimeout: connectMs, requestTimeout: silenceMs, throwOnRequestTimeout: true },
  });
  return async (ask, signal) => {
    try {
      return await ask(client, signal ? { abortSignal: signal } : {});
    } catch (error) {
      signal?.throwIfAborted();
      throw inOurWords(error);
    }
  };
}

const passing: readonly string[] = ['Throttling', 'ThrottlingException', 'PriorRequestNotComplete'];

function inOurWords(error: unknown): unknown {
  if (error instanceof NoAccount) return error;
  // Names and values of the batch, which are in the plan too.
  if (error instanceof InvalidChangeBatch) return new NoAccount('dns-refused', error.message);
  if (error instanceof Route53ServiceException) {
    const { name, $metadata } = error;
    if (passing.includes(name) || ($metadata.httpStatusCode ?? 500) >= 500) return new NoAccount('dns-silent', name);
    return new NoAccount($metadata.httpStatusCode === 403 ? 'dns-key-refused' : 'dns-refused', name);
  }
  const { code, name } = error as NodeJS.ErrnoException;
  return code === undefined && name !== 'TimeoutError' ? error : new NoAccount('dns-silent', code ?? 'no answer in time');
}
