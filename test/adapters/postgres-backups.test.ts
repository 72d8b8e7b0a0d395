/** Both backup tools, as a backup is taken, listed and let go. */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { TakeRequest } from '../../activities/ports/postgres-backups.ts';
import { createPostgresBackups } from '../../adapters/postgres/postgres-backups.ts';
import { tools } from '../support/postgres/backed-up.ts';
import { fullId, incrementalId, startTwoBackups, type TwoBackups } from '../support/postgres/two-backups.ts';

let two: TwoBackups;

/** What only one of them has, or only one can lack. */
const testsOf = {
  'base-backup': plainTests,
  pgbackrest: repositoryTests,
} as const;

describe.each(tools)('%s', (tool) => {
  beforeAll(async () => {
    two = await startTwoBackups(tool);
  }, 60_000);
  afterEach(() => two.tidy());
  afterAll(() => two?.bed.stop());

  test('a full one stands alone, an incremental on the one before it', () => {
    expect(two.full).toMatchObject({ tool, kind: 'full', base: null, timeline: 1 });
    expect(two.incremental).toMatchObject({ tool, kind: 'incremental', base: two.full.label });
  });

  test('the archived log ends at its last commit', async () => {
    const { at } = await two.insert('last');
    const before = Date.parse(at);
    const mark = await two.backups.mark(two.bed.settings, two.bed.settings.nodes[0]!, 'close');
    await expect.poll(async () => (await two.archived()).newest, { timeout: 20_000 }).toBe(mark.file);
    const last = Date.parse((await two.archived()).lastCommit!.at);
    expect(before - last).toBeGreaterThanOrEqual(0);
    expect(before - last).toBeLessThan(2_000);
  });

  testsOf[tool]();
});

function plainTests(): void {
  test('without anything to stand on an incremental holds everything', async () => {
    expect(await two.take('20261122T040000Z-incremental-2a2b3c', 'incremental')).toMatchObject({ kind: 'full', base: null });
  });

  test('it has no list of its own', async () => {
    expect(await two.backups.list(two.bed.settings)).toBeUndefined();
  });

  test('no password is in an argument, nor in what a refused login says', async () => {
    const refused = createPostgresBackups(() => 'canary-of-a-wrong-one');
    const folder = await two.open();
    const request: TakeRequest = { id: 'x', kind: 'full', stage: folder.files, primary: two.bed.settings.nodes[0]! };
    const error: unknown = await refused.take(two.bed.settings, request).catch((one: unknown) => one);
    expect(error).toMatchObject({ type: 'backup-tool-failed' });
    expect(JSON.stringify(error) + String(error)).not.toContain('canary');
  });

  test('a hole in the archived log is no base: the next incremental holds everything', async () => {
    const primary = two.bed.settings.nodes[0]!;
    const lost = await two.backups.mark(two.bed.settings, primary, 'lost');
    const next = await two.backups.mark(two.bed.settings, primary, 'next');
    await expect.poll(() => existsSync(join(two.bed.archive, next.file)), { timeout: 20_000 }).toBe(true);
    rmSync(join(two.bed.archive, lost.file));
    const taken = await two.take('20261122T055000Z-incremental-5a2b3c', 'incremental', incrementalId);
    expect(taken).toMatchObject({ kind: 'full', base: null });
    expect(await two.namesIn(await two.restore(taken.label, { kind: 'immediate' }))).toContain('after');
  });
}

function repositoryTests(): void {
  test('it is listed once, however often it was asked for', async () => {
    expect(await two.take(incrementalId, 'incremental', fullId)).toEqual(two.incremental);
    const listed = await two.backups.list(two.bed.settings);
    expect(listed!.map(({ label }) => label)).toEqual([two.full.label, two.incremental.label]);
  });

  test('what goes takes the log that nobody needs any more with it', async () => {
    const second = await two.take('20261122T060000Z-full-4a2b3c', 'full');
    const before = await archivedFiles();
    expect(before).toContain(two.full.startFile);
    expect(await two.backups.remove(two.bed.settings, two.incremental.label)).toBeUndefined();
    expect(await archivedFiles()).toContain(two.full.startFile);
    expect(await two.backups.remove(two.bed.settings, two.full.label)).toBeUndefined();
    const after = await archivedFiles();
    expect(after).not.toContain(two.full.startFile);
    expect(after).toContain(second.startFile);
    expect(await two.backups.remove(two.bed.settings, two.full.label)).toBeUndefined();
    expect((await two.backups.list(two.bed.settings))!.map(({ label }) => label)).toEqual([second.label]);
    expect((await two.backups.remove(two.bed.settings, second.label))?.en).toContain('pgBackRest does not let it go');
  });

  const archivedFiles = async (): Promise<readonly string[]> => {
    const folder = await two.open();
    return (await two.backups.archived(two.bed.settings, folder.files))!.files;
  };
}
