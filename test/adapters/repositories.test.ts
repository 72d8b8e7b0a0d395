/** Backups in a directory and in a real S3 server: the same promises; what only an object store can do stands in object-repository.test.ts. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { createDirectoryRepository } from '../../adapters/files/directory-repository.ts';
import { createLocalFiles } from '../../adapters/files/local-files.ts';
import { createObjectRepository } from '../../adapters/s3/object-repository.ts';
import { createObjectStores } from '../../adapters/s3/object-store.ts';
import type { ObjectStoreEntry } from '../../contracts/inventory.ts';
import { startObjectStore, type TestObjectStore } from '../support/object-store.ts';
import { repositoryContract } from '../support/repository-contract.ts';

const files = createLocalFiles();
let server: TestObjectStore;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'repositories-'));
  server = await startObjectStore();
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

let made = 0;
repositoryContract('a directory', () => {
  const path = join(folder, String(++made));
  mkdirSync(path);
  return Promise.resolve(createDirectoryRepository({ id: 'local', kind: 'directory', path }, files));
});

const inBucket =
  (options: { readonly versions?: boolean; readonly locks?: boolean }, prefix?: string) =>
  async (): Promise<ReturnType<typeof createObjectRepository>> => {
    const entry: ObjectStoreEntry = {
      ...{
        id: 'offsite',
        kind: 's3' as const,
        endpoint: server.endpoint,
        region: 'us-east-1',
        bucket: await server.bucket(options),
      },
      ...{ accessKeyId: { env: 'KEY' }, secretAccessKey: { env: 'SECRET' } },
      ...(prefix !== undefined && { prefix }),
    };
    const secret = (ref: { env: string } | { file: string }) =>
      'env' in ref && ref.env === 'KEY' ? server.accessKeyId : server.secretAccessKey;
    return createObjectRepository(createObjectStores(secret)(entry), files);
  };
repositoryContract('a bucket', inBucket({}));
repositoryContract('a folder of a bucket that keeps versions', inBucket({ versions: true }, 'a/b'));
