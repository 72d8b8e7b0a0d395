/** The restore test: only what came back whole and makes sense is verified. */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { backupTestSchema } from '../../../contracts/backup.ts';
import type { Manifest } from '../../../domain/backup.ts';
import { digestOf } from '../../../domain/digest.ts';
import { UnsafePath } from '../../../domain/tool-store/unsafe-path.ts';
import {
  addTool,
  editTool,
  failureOf,
  logPath,
  makeWorld,
  mountSmall,
  picture,
  remount,
  sha256,
  target,
  type World,
} from './world.ts';

const night = '2026-11-22T02:00:00.000Z';

const scratchIsGone = (world: World): boolean => {
  const scratch = join(world.data, 'scratch', target);
  return !existsSync(scratch) || readdirSync(scratch).length === 0;
};

/** Rewrites the manifest so that its own sums fit again: what is left is a lie only the content can betray. */
function forge(folder: string, change: (manifest: Manifest) => Manifest): void {
  const path = join(folder, 'manifest.json');
  const { digest: _, ...rest } = change(JSON.parse(readFileSync(path, 'utf8')) as Manifest);
  writeFileSync(path, JSON.stringify({ ...rest, digest: digestOf(rest) }));
}

test('a good backup becomes verified, with measured time and equal counts, and the store is not touched', async () => {
  const world = await makeWorld();
  const id = await world.backUp(night);
  const before = picture(world.root);
  const backup = await world.tools.testToolStoreBackup({ target, backup: id });
  expect(backup).toMatchObject({ status: 'verified', counts: { tools: 12, logLines: 200 } });
  expect(backup.verifiedAt).toMatch(/Z$/);
  expect(backup.restoreMs).toBeGreaterThanOrEqual(0);
  const kept = backupTestSchema.parse(JSON.parse(readFileSync(join(world.inRepository(id), 'verification.json'), 'utf8')));
  expect(kept).toMatchObject({ backup: id, passed: true, counts: { tools: 12, logLines: 200 } });
  expect(picture(world.root)).toEqual(before);
  expect(scratchIsGone(world)).toBe(true);
});

test('before its test a backup is complete, not verified', async () => {
  const world = await makeWorld();
  await world.backUp(night);
  expect((await world.tools.listToolStoreBackups({ target }))[0]?.status).toBe('complete');
});

const faults: Record<string, { damage: (world: World, folder: string) => void; says: RegExp }> = {
  'one byte flipped in a tool': {
    damage: (world, folder) => flip(join(folder, 'files', world.sample.tools[2]!.path), 40),
    says: /is not what was written/,
  },
  'one byte flipped in the log': {
    damage: (_, folder) => flip(join(folder, 'files', logPath), 5_000),
    says: /is not what was written/,
  },
  'a file cut short': {
    damage: (world, folder) => truncateSync(join(folder, 'files', world.sample.tools[2]!.path), 10),
    says: /10 of \d+ bytes/,
  },
  'a file missing': {
    damage: (world, folder) => rmSync(join(folder, 'files', world.sample.tools[2]!.path)),
    says: /is missing in local/,
  },
  'a file replaced by a link to the right bytes': {
    damage(world, folder) {
      const path = join(folder, 'files', world.sample.tools[2]!.path);
      rmSync(path);
      symlinkSync(world.live(world.sample.tools[2]!.path), path);
    },
    says: /holds a link or a special file/,
  },
  'a link beside the files': {
    damage: (_, folder) => symlinkSync('/etc', join(folder, 'files/.pi/tools/etc')),
    says: /holds a link or a special file/,
  },
  'an id that does not fit the content': {
    damage(world, folder) {
      const path = world.sample.tools[2]!.path;
      editTool(join(folder, 'files', path), (tool) => ({ ...tool, code: 'function execute() { return "other"; }' }));
      fit(folder, path);
    },
    says: /1 of 12 tools are not valid: .* does not fit name and code/,
  },
  'a tool under another name': {
    damage(world, folder) {
      const [one, other] = [world.sample.tools[2]!.path, world.sample.tools[3]!.path];
      writeFileSync(join(folder, 'files', one), readFileSync(join(folder, 'files', other)));
      fit(folder, one);
    },
    says: /holds the tool dt_/,
  },
  'a field the agent refuses': {
    damage(world, folder) {
      editTool(join(folder, 'files', world.sample.tools[2]!.path), (tool) => ({ ...tool, mode: 'magic' }));
      fit(folder, world.sample.tools[2]!.path);
    },
    says: /mode is not as the agent wants it/,
  },
  'counts that are not true': {
    damage: (_, folder) => forge(folder, (manifest) => ({ ...manifest, counts: { tools: 12, logLines: 201 } })),
    says: /the manifest counts 201 logLines, 200 came back/,
  },
  'a manifest changed after it was written': {
    damage(_, folder) {
      const text = readFileSync(join(folder, 'manifest.json'), 'utf8');
      writeFileSync(join(folder, 'manifest.json'), text.replace('"0644"', '"0666"'));
    },
    says: /was changed after it was written/,
  },
  'a manifest that is not JSON': { damage: (_, folder) => truncateSync(join(folder, 'manifest.json'), 300), says: /is not JSON/ },
  'a path that leaves the backup': {
    damage: (_, folder) =>
      forge(folder, (manifest) => ({
        ...manifest,
        files: manifest.files.map((file, index) => (index === 0 ? { ...file, path: '.pi/tools/../../../../out.json' } : file)),
      })),
    says: /has a path that leaves it/,
  },
};

const flip = (path: string, at: number): void => {
  const bytes = readFileSync(path);
  bytes[at]! ^= 1;
  writeFileSync(path, bytes);
};

/** Makes the manifest's sums true again for a file that was changed. */
function fit(folder: string, path: string): void {
  const bytes = readFileSync(join(folder, 'files', path));
  forge(folder, (manifest) => ({
    ...manifest,
    files: manifest.files.map((file) => (file.path === path ? { ...file, sha256: sha256(bytes), bytes: bytes.length } : file)),
  }));
}

test.each(Object.entries(faults))('%s: failed, with the reason', async (_, { damage, says }) => {
  const world = await makeWorld();
  const id = await world.backUp(night);
  damage(world, world.inRepository(id));
  const before = picture(world.root);
  const backup = await world.tools.testToolStoreBackup({ target, backup: id });
  expect(backup.status).toBe('failed');
  expect(backup.failure).toMatch(says);
  expect((await world.tools.listToolStoreBackups({ target }))[0]).toMatchObject({ status: 'failed', failure: backup.failure });
  expect(picture(world.root)).toEqual(before);
  expect(scratchIsGone(world)).toBe(true);
});

test('a store that was damaged when it was copied makes no verified backup', async () => {
  const world = await makeWorld();
  for (const { path } of world.sample.tools.slice(0, 3)) truncateSync(world.live(path), 80);
  const id = await world.backUp(night);
  const backup = await world.tools.testToolStoreBackup({ target, backup: id });
  expect(backup).toMatchObject({ status: 'failed' });
  expect(backup.failure).toContain('3 of 12 tools are not valid');
});

test('two tools of one name are a matter for people, and no reason to be without a verified backup', async () => {
  const world = await makeWorld();
  addTool(world.root, 'test_tool', 'function execute() { return "the other one"; }');
  const id = await world.backUp(night);
  expect((await world.tools.testToolStoreBackup({ target, backup: id })).status).toBe('verified');
  expect((await world.tools.diagnoseToolStore({ target })).symptoms.map(({ id: symptom }) => symptom)).toEqual(['double-names']);
});

test('each copy is tested: a good one carries the backup, the bad one is named', async () => {
  const world = await makeWorld({ repositories: ['local', 'offsite'] });
  const id = await world.backUp(night);
  flip(join(world.inRepository(id, 'local'), 'files', world.sample.tools[0]!.path), 30);
  const backup = await world.tools.testToolStoreBackup({ target, backup: id });
  expect(backup.status).toBe('verified');
  expect(backup.findings?.[0]?.en).toContain('The copy in local failed its test');
  const result = (repository: string): unknown =>
    (JSON.parse(readFileSync(join(world.inRepository(id, repository), 'verification.json'), 'utf8')) as { passed: boolean })
      .passed;
  expect([result('local'), result('offsite')]).toEqual([false, true]);
});

test('a test of an earlier manifest says nothing about this one', async () => {
  const world = await makeWorld();
  const id = await world.verified(night);
  forge(world.inRepository(id), (manifest) => ({ ...manifest, reason: 'rewritten' }));
  expect((await world.tools.listToolStoreBackups({ target }))[0]?.status).toBe('complete');
});

test('what a killed test left in scratch is removed by a later one, what may still be in use is not', async () => {
  const world = await makeWorld();
  const id = await world.backUp(night);
  const leave = (name: string, folderAgeMs: number, fileAgeMs: number): void => {
    const folder = join(world.data, 'scratch', target, `${id}-${name}`);
    const file = join(folder, world.sample.tools[0]!.path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, 'half');
    utimesSync(file, new Date(), new Date(Date.now() - fileAgeMs));
    utimesSync(folder, new Date(), new Date(Date.now() - folderAgeMs));
  };
  leave('dead', 3_700_000, 3_700_000);
  leave('slow', 3_700_000, 3_000_000);
  leave('new', 3_000_000, 3_000_000);
  expect((await world.tools.testToolStoreBackup({ target, backup: id })).status).toBe('verified');
  expect(readdirSync(join(world.data, 'scratch', target)).toSorted()).toEqual([`${id}-new`, `${id}-slow`]);
});

test('two tests of one backup at once do not see each other', async () => {
  const started = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  let reads = 0;
  const world = await makeWorld({
    wrap: (ports) => ({
      ...ports,
      files: {
        ...ports.files,
        // The first test has restored everything and is about to look at it when the second one begins and ends.
        async read(place, ...rest) {
          if (place.path.startsWith('scratch/') && ++reads === 1) {
            started.resolve();
            await ended.promise;
          }
          return ports.files.read(place, ...rest);
        },
      },
    }),
  });
  const id = await world.backUp(night);
  const first = world.tools.testToolStoreBackup({ target, backup: id });
  await started.promise;
  const second = await world.tools.testToolStoreBackup({ target, backup: id }).finally(ended.resolve);
  expect([(await first).status, second.status]).toEqual(['verified', 'verified']);
  expect(scratchIsGone(world)).toBe(true);
});

test.each([
  ['ENOENT', Object.assign(new Error('gone'), { code: 'ENOENT' })],
  ['EIO', Object.assign(new Error('broken'), { code: 'EIO' })],
  ['a link', new UnsafePath('scratch', 'is a link')],
])('%s of the scratch is an error, not a failed backup', async (_, refusal) => {
  const world = await makeWorld({
    wrap: (ports) => ({
      ...ports,
      repositories: (entry) => ({ ...ports.repositories(entry), fetch: () => Promise.reject(refusal) }),
    }),
  });
  const id = await world.backUp(night);
  await expect(world.tools.testToolStoreBackup({ target, backup: id })).rejects.toBe(refusal);
  expect((await world.tools.listToolStoreBackups({ target }))[0]?.status).toBe('complete');
});

test('a copy that cannot be read fails its test', async () => {
  const unreadable = () => Promise.reject(Object.assign(new Error('bad sector'), { code: 'EIO' }));
  const world = await makeWorld({
    wrap: (ports) => ({
      ...ports,
      repositories: (entry) => ({ ...ports.repositories(entry), fetch: unreadable, read: unreadable }),
    }),
  });
  const id = await world.backUp(night);
  expect((await world.tools.testToolStoreBackup({ target, backup: id })).status).toBe('failed');
});

test('no room for the scratch is an error with a sentence, not a failed backup', async () => {
  const world = await makeWorld({ logLines: 20_000 });
  const id = await world.backUp(night);
  mkdirSync(world.data, { recursive: true });
  mountSmall(world.data, '1m');
  const failure = await failureOf(world.tools.testToolStoreBackup({ target, backup: id }));
  expect(failure.code).toBe('disk-full');
  expect(failure.message).toMatch(/\d+ bytes are missing of \d+/);
  expect((await world.tools.listToolStoreBackups({ target }))[0]?.status).toBe('complete');
  expect(scratchIsGone(world)).toBe(true);
});

test('a repository that is mounted read-only can be tested; that the result was not kept is a finding', async () => {
  const world = await makeWorld({ repositories: ['small'] });
  mountSmall(join(world.folder, 'small'), '8m');
  const id = await world.backUp(night);
  remount(join(world.folder, 'small'), 'ro');
  const backup = await world.tools.testToolStoreBackup({ target, backup: id });
  expect(backup.status).toBe('verified');
  expect(backup.findings?.[0]?.en).toContain('could not be kept in small');
});

test('an unknown backup is no-backup, an unknown target is unknown-target', async () => {
  const world = await makeWorld();
  expect((await failureOf(world.tools.testToolStoreBackup({ target, backup: 'nothing' }))).code).toBe('no-backup');
  expect((await failureOf(world.tools.testToolStoreBackup({ target: 'elsewhere', backup: 'x' }))).code).toBe('unknown-target');
});
