/** A real S3 server for tests, on a free loopback port, with buckets that keep versions and, where asked, lock objects. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CreateBucketCommand, PutBucketVersioningCommand, S3Client } from '@aws-sdk/client-s3';
import { findObjectStore } from '../../scripts/object-store.mjs';
import { freePort } from './temporal-server.ts';

export interface TestObjectStore {
  readonly endpoint: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Folder in which the buckets lie as folders. */
  readonly folder: string;
  /** As its owner, beside the product. */
  readonly client: S3Client;
  /** Makes one and answers its name. */
  bucket(options?: { readonly versions?: boolean; readonly locks?: boolean }): Promise<string>;
  /** Twice is fine. */
  stop(): Promise<void>;
}

const accessKeyId = 'okiagari-test';
const secretAccessKey = 'canary-of-the-object-store';

/** `at` is where the buckets lie; a temporary folder of its own when left out. */
export async function startObjectStore({ at }: { readonly at?: string } = {}): Promise<TestObjectStore> {
  const binary = findObjectStore();
  if (binary === undefined) throw new Error('No versitygw on the PATH or in the cache. `npm test` builds it.');
  const home = mkdtempSync(join(tmpdir(), 'okiagari-s3-'));
  const folder = at ?? join(home, 'buckets');
  for (const one of [folder, join(home, 'iam'), join(home, 'versions')]) mkdirSync(one, { recursive: true });
  const port = await freePort();
  const child = spawn(
    binary,
    ['--port', `127.0.0.1:${port}`, '--iam-dir', join(home, 'iam'), 'posix', '--versioning-dir', join(home, 'versions'), folder],
    { env: { ROOT_ACCESS_KEY: accessKeyId, ROOT_SECRET_KEY: secretAccessKey }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => (printed = (printed + chunk.toString()).slice(-4_000)));
  }
  const gone = once(child, 'exit');
  // A test process that dies without its hooks must not leave a server behind.
  const reap = (): void => void child.kill('SIGKILL');
  process.once('exit', reap);
  const endpoint = `http://127.0.0.1:${port}`;
  for (let tries = 0; !(await answers(endpoint)); tries++) {
    if (child.exitCode !== null || tries > 400) throw new Error(`The S3 server does not answer:\n${printed}`);
    await delay(25);
  }
  const client = new S3Client({
    ...{ endpoint, region: 'us-east-1', forcePathStyle: true },
    credentials: { accessKeyId, secretAccessKey },
  });
  let made = 0;
  return {
    ...{ endpoint, accessKeyId, secretAccessKey, folder, client },
    async bucket({ versions = false, locks = false } = {}) {
      const Bucket = `bucket-${++made}`;
      await client.send(new CreateBucketCommand({ Bucket, ObjectLockEnabledForBucket: locks }));
      if (versions && !locks) {
        const VersioningConfiguration = { Status: 'Enabled' } as const;
        await client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
      }
      return Bucket;
    },
    async stop() {
      process.removeListener('exit', reap);
      client.destroy();
      child.kill('SIGKILL');
      await gone;
      rmSync(home, { recursive: true, force: true });
    },
  };
}

async function answers(endpoint: string): Promise<boolean> {
  try {
    await fetch(endpoint);
    return true;
  } catch {
    return false;
  }
}
