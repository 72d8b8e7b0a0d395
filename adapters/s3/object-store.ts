/** A bucket that can be asked: one client for each entry of the inventory, keys read at each request, failures in our words. */
import { S3Client } from '@aws-sdk/client-s3';
import type { ObjectStoreEntry } from '../../contracts/inventory.ts';
import { nameOfSecret, type ReadSecret } from '../secrets.ts';
import { inOurWords, refusedBecause } from './failures.ts';

/** A dead host is given up after this, four times; long enough for another continent. */
const connectMs = 3_000;
/** Silence on an open connection. */
const silenceMs = 30_000;
const attempts = 4;
const sockets = 32;

/** The store of one entry. `ask` answers what the client does, or fails as the table says; a missing object is ENOENT. */
export interface ObjectStore {
  readonly entry: ObjectStoreEntry;
  readonly ask: <T>(request: (client: S3Client) => Promise<T>) => Promise<T>;
}

/** Remembers clients, so that connections outlive an activity; an entry that changed gets another one. */
export function createObjectStores(secret: ReadSecret): (entry: ObjectStoreEntry) => ObjectStore {
  const known = new Map<string, ObjectStore>();
  return (entry) => {
    const key = JSON.stringify(entry);
    const store = known.get(key) ?? openStore(entry, secret);
    known.set(key, store);
    return store;
  };
}

function openStore(entry: ObjectStoreEntry, secret: ReadSecret): ObjectStore {
  const { endpoint, region, forcePathStyle = endpoint !== undefined, accessKeyId, secretAccessKey } = entry;
  const read = (ref: typeof accessKeyId): string => {
    const value = secret(ref);
    if (value !== undefined) return value;
    const name = nameOfSecret(ref);
    throw refusedBecause(entry, { en: `${name} is not there`, ja: `${name} がありません` });
  };
  const client = new S3Client({
    region,
    forcePathStyle,
    ...(endpoint !== undefined && { endpoint }),
    // Already past its time: the client asks again at each request, so that a changed key needs no restart.
    credentials: () =>
      Promise.resolve({
        accessKeyId: read(accessKeyId),
        secretAccessKey: read(secretAccessKey),
        expiration: new Date(),
      }),
    maxAttempts: attempts,
    requestHandler: {
      connectionTimeout: connectMs,
      requestTimeout: silenceMs,
      throwOnRequestTimeout: true,
      httpAgent: { maxSockets: sockets, keepAlive: true },
      httpsAgent: { maxSockets: sockets, keepAlive: true },
    },
    // Whole files are hashed by us and compared with the manifest.
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestChecksumCalculation: 'WHEN_REQUIRED',
  });
  // The signature covers a body by the hash that its checksum is made of, instead of hashing it once more.
  client.middlewareStack.add(
    (next) => (args) => {
      const { Body, ChecksumSHA256 } = args.input as { Body?: unknown; ChecksumSHA256?: string };
      const { headers } = args.request as { headers: Record<string, string> };
      if (Body !== undefined && ChecksumSHA256 !== undefined) {
        headers['x-amz-content-sha256'] = Buffer.from(ChecksumSHA256, 'base64').toString('hex');
      }
      return next(args);
    },
    { step: 'build', name: 'knownHash' },
  );
  return {
    entry,
    async ask(request) {
      try {
        return await request(client);
      } catch (error) {
        throw inOurWords(error, entry);
      }
    },
  };
}
