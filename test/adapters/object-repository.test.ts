/** What only an object store can do to backups: lock them, keep versions, lose connections, hold half an upload, refuse a key. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectRetentionCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createLocalFiles } from '../../adapters/files/local-files.ts';
import { createObjectRepository } from '../../adapters/s3/object-repository.ts';
import { createObjectStores } from '../../adapters/s3/object-store.ts';
import type { ObjectStoreEntry } from '../../contracts/inventory.ts';
import type { SecretRef } from '../../contracts/secret-ref.ts';
import { failureOf, mountSmall } from '../activities/tool-store/world.ts';
import { eventually } from '../support/eventually.ts';
import { startObjectStore, type TestObjectStore } from '../support/object-store.ts';
import { freePort } from '../support/temporal-server.ts';
import { startUnsteadyProxy } from '../support/unsteady-proxy.ts';

const target = 'tools';
const id = '20261122T020000Z-full-1a2b3c';
const options = { mode: '0640', durable: true };
const megabyte = 1024 * 1024;
const key = `${target}/${id}/files/log`;
const sha256 = (bytes: Buffer): Buffer => createHash('sha256').update(bytes).digest();

let server: TestObjectStore;
let root: string;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'objects-'));
  server = await startObjectStore();
});
afterAll(async () => {
  await server.stop();
  rmSync(root, { recursive: true, force: true });
});

const secretOf =
  (at: Pick<TestObjectStore, 'accessKeyId' | 'secretAccessKey'>) =>
  (ref: SecretRef): string | undefined =>
    'env' in ref ? { KEY: at.accessKeyId, SECRET: at.secretAccessKey, WRONG: 'canary-wrong-key' }[ref.env] : undefined;

function repositoryAt(entry: Partial<ObjectStoreEntry> & { readonly bucket: string }, at: TestObjectStore = server) {
  const whole: ObjectStoreEntry = {
    ...{ id: 'offsite', kind: 's3', endpoint: at.endpoint, region: 'us-east-1' },
    ...{ accessKeyId: { env: 'KEY' }, secretAccessKey: { env: 'SECRET' } },
    ...entry,
  };
  return createObjectRepository(createObjectStores(secretOf(at))(whole), createLocalFiles());
}

const put = (path: string, content: Buffer | string) => {
  writeFileSync(join(root, path), content);
  return { root, path };
};
const versionsIn = async (Bucket: string): Promise<number> => {
  const { Versions = [], DeleteMarkers = [] } = await server.client.send(new ListObjectVersionsCommand({ Bucket }));
  return Versions.length + DeleteMarkers.length;
};
const unfinishedIn = async (Bucket: string): Promise<number> =>
  (await server.client.send(new ListMultipartUploadsCommand({ Bucket }))).Uploads?.length ?? 0;

describe('long files', () => {
  test('go in parts, and nothing of an upload is left over', async () => {
    const bucket = await server.bucket();
    const repository = repositoryAt({ bucket });
    for (const bytes of [8 * megabyte - 1, 8 * megabyte, 8 * megabyte + 1, 41 * megabyte]) {
      const content = randomBytes(bytes);
      const stored = await repository.store(target, id, 'log', put('log', content), options);
      expect(stored).toMatchObject({ bytes, sha256: sha256(content).toString('hex') });
      expect(readFileSync(join(server.folder, bucket, key)).equals(content)).toBe(true);
      expect(await repository.read(target, id, 'log', 0)).toMatchObject({ bytes, sha256: stored.sha256, lines: stored.lines });
    }
    expect(await unfinishedIn(bucket)).toBe(0);
  });

  test('go on from what a killed upload had sent: the same bytes are not sent again, other ones are', async () => {
    const bucket = await server.bucket();
    const proxy = await startUnsteadyProxy(server.endpoint);
    onTestFinished(() => proxy.stop());
    const content = randomBytes(30 * megabyte);
    const at = { Bucket: bucket, Key: key };
    const begin = new CreateMultipartUploadCommand({ ...at, ChecksumAlgorithm: 'SHA256' });
    const { UploadId } = await server.client.send(begin);
    for (const [PartNumber, Body] of [
      [1, content.subarray(0, 8 * megabyte)],
      [2, randomBytes(8 * megabyte)],
    ] as const) {
      const ChecksumSHA256 = sha256(Body).toString('base64');
      await server.client.send(new UploadPartCommand({ ...at, UploadId, PartNumber, Body, ChecksumSHA256 }));
    }
    const repository = repositoryAt({ bucket, endpoint: proxy.address });
    await repository.clear(target, id);
    await repository.store(target, id, 'log', put('log', content), options);
    const sent = proxy.requests.flatMap((request) => /^PUT .*partNumber=(\d+)/.exec(request)?.[1] ?? []);
    expect(sent.toSorted()).toEqual(['2', '3', '4']);
    expect(readFileSync(join(server.folder, bucket, key)).equals(content)).toBe(true);
  });

  test('whose upload nobody took up are forgotten once the backup is finished', async () => {
    const bucket = await server.bucket();
    await server.client.send(new CreateMultipartUploadCommand({ Bucket: bucket, Key: key }));
    await server.client.send(new CreateMultipartUploadCommand({ Bucket: bucket, Key: `${target}/other/files/log` }));
    await repositoryAt({ bucket }).writeDocument(target, id, 'manifest.json', '{}');
    // The other one may be under way.
    expect(await unfinishedIn(bucket)).toBe(1);
  });

  test('come whole over connections that break, and not at all over one that always does', async () => {
    const bucket = await server.bucket();
    const proxy = await startUnsteadyProxy(server.endpoint);
    onTestFinished(() => proxy.stop());
    const content = randomBytes(9 * megabyte);
    const repository = repositoryAt({ bucket, endpoint: proxy.address });
    await repository.store(target, id, 'log', put('log', content), options);
    proxy.breakAnswers((request) => request.startsWith('GET '), 2_500_000, 3);
    const to = { root, path: 'fetched' };
    const fetched = await repository.fetch(target, id, 'log', to, options);
    expect(fetched.sha256).toBe(sha256(content).toString('hex'));
    expect(readFileSync(join(root, 'fetched')).equals(content)).toBe(true);
    proxy.breakAnswers((request) => request.startsWith('GET '), 0, 1_000);
    const again = repository.fetch(target, id, 'log', { root, path: 'never' }, options);
    expect((await failureOf(again)).code).toBe('repository-away');
    expect(() => readFileSync(join(root, 'never'))).toThrow('ENOENT');
  });
});

describe('a bucket that keeps versions', () => {
  test('has none left of a removed backup, nor of a cleared or discarded file', async () => {
    const bucket = await server.bucket({ versions: true });
    const repository = repositoryAt({ bucket });
    for (const content of ['one', 'two']) {
      await repository.store(target, id, 'a', put('a', content), options);
      await repository.store(target, id, 'b', put('b', content), options);
      await repository.writeDocument(target, id, 'manifest.json', content);
    }
    expect(await versionsIn(bucket)).toBe(6);
    await repository.discard(target, id, 'b');
    expect(await versionsIn(bucket)).toBe(4);
    await repository.remove(target, id);
    expect(await versionsIn(bucket)).toBe(0);
    await repository.store(target, id, 'a', put('a', 'three'), options);
    await repository.clear(target, id);
    expect(await versionsIn(bucket)).toBe(0);
  });
});

describe('a lock', () => {
  const lock = { mode: 'COMPLIANCE', days: 2 } as const;
  const retention = async (Bucket: string, Key: string): Promise<number> =>
    (
      await server.client.send(new GetObjectRetentionCommand({ Bucket, Key })).catch(() => undefined)
    )?.Retention?.RetainUntilDate?.getTime() ?? 0;

  test('lasts as many days as the inventory says, or until the backup may go', async () => {
    const bucket = await server.bucket({ locks: true });
    const repository = repositoryAt({ bucket, lock });
    await repository.store(target, id, 'days', put('a', 'a'), options);
    const inTwoDays = Date.now() + 2 * 86_400_000;
    expect(Math.abs((await retention(bucket, `${target}/${id}/files/days`)) - inTwoDays)).toBeLessThan(60_000);
    const keepUntil = new Date(Math.ceil(Date.now() / 1_000) * 1_000 + 3_600_000).toISOString();
    await repository.store(target, id, 'hour', put('a', randomBytes(9 * megabyte)), { ...options, keepUntil });
    await repository.writeDocument(target, id, 'manifest.json', '{}', { keepUntil });
    for (const name of ['files/hour', 'manifest.json']) {
      expect(await retention(bucket, `${target}/${id}/${name}`), name).toBe(Date.parse(keepUntil));
    }
    const longer = new Date(Date.now() + 90 * 86_400_000).toISOString();
    await repository.store(target, id, 'longer', put('a', 'a'), { ...options, keepUntil: longer });
    expect(Math.abs((await retention(bucket, `${target}/${id}/files/longer`)) - inTwoDays)).toBeLessThan(60_000);
    await repository.writeDocument(target, id, 'verification.json', '{}');
    expect(await retention(bucket, `${target}/${id}/verification.json`)).toBe(0);
  });

  test("holds against the service's own key: the backup stays whole, and is told until when", async () => {
    const bucket = await server.bucket({ locks: true });
    const repository = repositoryAt({ bucket, lock });
    await repository.store(target, id, 'a', put('a', 'a'), options);
    await repository.writeDocument(target, id, 'manifest.json', '{}');
    const failure = await failureOf(repository.remove(target, id));
    expect(failure).toMatchObject({ code: 'backup-locked' });
    const until = new Date(await retention(bucket, `${target}/${id}/manifest.json`));
    expect(failure.message).toContain(until.toISOString().slice(0, 16));
    expect(await repository.list(target)).toEqual([id]);
    expect((await repository.read(target, id, 'a', 10)).content?.toString()).toBe('a');
    const Key = `${target}/${id}/manifest.json`;
    const { Versions } = await server.client.send(new ListObjectVersionsCommand({ Bucket: bucket, Prefix: Key }));
    const { VersionId } = Versions![0]!;
    const deleting = server.client.send(
      new DeleteObjectCommand({ Bucket: bucket, Key, VersionId, BypassGovernanceRetention: true }),
    );
    await expect(deleting).rejects.toMatchObject({ $metadata: { httpStatusCode: 403 } });
  });

  test('that is over lets go of all, and one on an unfinished backup only keeps it out of sight', async () => {
    const bucket = await server.bucket({ locks: true });
    const repository = repositoryAt({ bucket, lock });
    const soon = { keepUntil: new Date(Date.now() + 2_500).toISOString() };
    await repository.store(target, id, 'a', put('a', 'a'), { ...options, ...soon });
    await repository.writeDocument(target, id, 'manifest.json', '{}', soon);
    expect((await failureOf(repository.remove(target, id))).code).toBe('backup-locked');
    await eventually(() => Date.now() > Date.parse(soon.keepUntil) + 1_000).toBe(true);
    await repository.remove(target, id);
    expect(await versionsIn(bucket)).toBe(0);

    await repository.store(target, id, 'a', put('a', 'a'), options);
    for (let twice = 0; twice < 2; twice++) await repository.clear(target, id);
    await expect(repository.read(target, id, 'a', 10)).rejects.toMatchObject({ code: 'ENOENT' });
    await repository.store(target, id, 'a', put('a', 'again'), options);
    expect((await repository.read(target, id, 'a', 10)).content?.toString()).toBe('again');
  });
});

describe('names in a bucket', () => {
  test('that are no paths are strange; the folders that some programs make are not', async () => {
    const bucket = await server.bucket();
    const repository = repositoryAt({ bucket });
    const putObject = (name: string, Body: string) =>
      server.client.send(
        new PutObjectCommand({ Bucket: bucket, Key: `${target}/${id}/files/${name}`, Body, ContentLength: Body.length }),
      );
    await putObject('.pi/', '');
    await putObject('.pi/tools/a.json', 'a');
    expect(await repository.strange(target, id)).toEqual([]);
  });

  test('outside of our own folder are not seen, whoever they belong to', async () => {
    const bucket = await server.bucket();
    await repositoryAt({ bucket, prefix: 'ours' }).writeDocument(target, id, 'manifest.json', '{}');
    await repositoryAt({ bucket, prefix: 'oursx' }).writeDocument(target, 'x', 'manifest.json', '{}');
    await repositoryAt({ bucket }).writeDocument(target, 'y', 'manifest.json', '{}');
    expect(await repositoryAt({ bucket, prefix: 'ours' }).list(target)).toEqual([id]);
    await repositoryAt({ bucket, prefix: 'ours' }).clear(target, id);
    expect(await repositoryAt({ bucket, prefix: 'oursx' }).list(target)).toEqual(['x']);
  });
});

describe('a store that does not take us', () => {
  const canaries = ['canary-wrong-key', 'canary-of-the-object-store'];
  const told = async (entry: Parameters<typeof repositoryAt>[0]) => {
    const failure = await failureOf(repositoryAt(entry).list(target));
    for (const canary of canaries) expect(JSON.stringify(failure)).not.toContain(canary);
    return failure;
  };

  test.each([
    ['an unknown key', { accessKeyId: { env: 'WRONG' } }, 'InvalidAccessKeyId'],
    ['a wrong key', { secretAccessKey: { env: 'WRONG' } }, 'SignatureDoesNotMatch'],
  ])('says which of our secrets is %s', async (_, entry, word) => {
    const failure = await told({ bucket: await server.bucket(), ...entry });
    expect(failure.code).toBe('repository-refused');
    expect(failure.message).toContain('offsite refuses: the key in $');
    expect(failure.message).toContain(word);
  });
  test('names the secret that is not there', async () => {
    const failure = await told({ bucket: await server.bucket(), secretAccessKey: { env: 'NOWHERE' } });
    expect(failure).toMatchObject({ code: 'repository-refused', message: 'offsite refuses: $NOWHERE is not there.' });
  });
  test('names the bucket that is not there', async () => {
    const failure = await told({ bucket: 'no-such-bucket' });
    expect(failure).toMatchObject({ code: 'repository-refused', message: 'offsite refuses: there is no bucket no-such-bucket.' });
  });
  test('is away where nobody listens', async () => {
    const failure = await told({ bucket: 'bucket', endpoint: `http://127.0.0.1:${await freePort()}` });
    expect(failure.code).toBe('repository-away');
    expect(failure.message).toContain('ECONNREFUSED');
  });
  test('is full when it has no room', async () => {
    const small = join(root, 'small');
    mountSmall(small, '10m');
    const full = await startObjectStore({ at: small });
    onTestFinished(() => full.stop());
    const repository = repositoryAt({ bucket: await full.bucket() }, full);
    const storing = repository.store(target, id, 'log', put('log', randomBytes(30 * megabyte)), options);
    expect((await failureOf(storing)).code).toBe('repository-full');
  });
});
