/** Backups of a real cluster with each tool: taken, proven by a server that was asked, kept, and let go, with the words of every kind. */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPostgresBackupActivities } from '../../../activities/postgres-backups/create-postgres-backup-activities.ts';
import type { PostgresBackupActivities } from '../../../activities/postgres-backups/interface.ts';
import { createPorts } from '../../../adapters/ports.ts';
import type { Inventory } from '../../../contracts/inventory.ts';
import type { Backup, BackupKind, Manifest } from '../../../domain/backup.ts';
import { backupId } from '../../../domain/identity.ts';
import { startBackedUp, tools, type BackedUp } from '../../support/postgres/backed-up.ts';

const target = 'db';
const dayMs = 86_400_000;

describe.each(tools)('%s', (tool) => {
  let bed: BackedUp;
  let activities: PostgresBackupActivities;
  let data: string;
  let inventory: Inventory;
  let number = 0;

  beforeAll(async () => {
    bed = await startBackedUp(tool);
    ({ inventory } = bed);
    data = join(bed.folder, 'data');
    mkdirSync(data, { mode: 0o700 });
    activities = createPostgresBackupActivities(createPorts({ inventory: () => inventory, data, secret: bed.secret }));
    await bed.primary.sql('create table customers (id serial primary key, name text)');
    await bed.primary.sql(`insert into customers (name) select 'c' || n from generate_series(1, 1000) n`);
  }, 60_000);
  afterAll(() => bed?.stop());

  const take = (kind: BackupKind, at = new Date()): Promise<Backup> => {
    const id = backupId(at, kind, `${++number}`.padStart(6, '0'));
    return activities.takePostgresBackup({ target, id, kind, startedAt: at.toISOString() });
  };
  const verify = ({ id }: Backup): Promise<Backup> => activities.testPostgresBackup({ target, backup: id });
  const listed = async (id: string): Promise<Backup | undefined> =>
    (await activities.listPostgresBackups({ target })).find((backup) => backup.id === id);
  const folderOf = ({ id }: Pick<Backup, 'id'>, repository = bed.repository): string => join(repository, target, id);
  const manifestOf = (backup: Pick<Backup, 'id'>): Manifest =>
    JSON.parse(readFileSync(join(folderOf(backup), 'manifest.json'), 'utf8')) as Manifest;
  const nothingLeft = (): void => expect(readdirSync(bed.scratch)).toEqual([]);

  let full: Backup;
  let incremental: Backup;

  test('a full one counts what there is, and a restored server has it', async () => {
    full = await take('full');
    expect(full).toMatchObject({ status: 'complete', kind: 'full', counts: { tables: 1, rows: 1000 }, repositories: ['vault'] });
    expect(full.bytes).toBeGreaterThan(1_000_000);
    expect(full.findings).toBeUndefined();
    const tested = await verify(full);
    expect(tested).toMatchObject({ status: 'verified', restoreMs: expect.any(Number) as number });
    const kept = JSON.parse(readFileSync(join(folderOf(full), 'verification.json'), 'utf8')) as unknown;
    expect(kept).toMatchObject({ passed: true, counts: { tables: 1, rows: 1000 }, restoreMs: tested.restoreMs });
    nothingLeft();
  });

  test('an incremental brings what came since, and names what it stands on', async () => {
    await bed.primary.sql(`insert into customers (name) select 'd' || n from generate_series(1, 500) n`);
    incremental = await take('incremental');
    expect(incremental).toMatchObject({ status: 'complete', counts: { tables: 1, rows: 1500 } });
    expect(manifestOf(incremental).base).toBe(full.id);
    expect(await verify(incremental)).toMatchObject({ status: 'verified' });
    const result = JSON.parse(readFileSync(join(folderOf(incremental), 'verification.json'), 'utf8')) as unknown;
    expect(result).toMatchObject({ counts: { rows: 1500 } });
    nothingLeft();
  });

  test('another one stands on it, and the same id asked for again is the same backup', async () => {
    await bed.primary.sql(`insert into customers (name) values ('late')`);
    const next = await take('incremental');
    expect(manifestOf(next).base).toBe(incremental.id);
    expect(await verify(next)).toMatchObject({ status: 'verified' });
    const request = { target, id: next.id, kind: 'incremental', startedAt: next.startedAt } as const;
    expect((await activities.takePostgresBackup(request)).finishedAt).toBe(next.finishedAt);
  });

  test('a second repository gets it with all that it needs, and each copy is tested where it lies', async () => {
    const offsite = join(bed.folder, 'offsite');
    mkdirSync(offsite);
    const one = structuredClone(bed.inventory) as unknown as {
      repositories: object[];
      targets: { backup: { repositories: string[] } }[];
    };
    one.repositories.push({ id: 'offsite', kind: 'directory', path: offsite });
    one.targets[0]!.backup.repositories.push('offsite');
    inventory = one as unknown as Inventory;
    try {
      const backup = await take('incremental');
      expect(backup.repositories).toEqual(['vault', 'offsite']);
      expect((await verify(backup)).repositories).toHaveLength(2);
      expect(existsSync(join(folderOf(backup, offsite), 'verification.json'))).toBe(true);
      expect(existsSync(folderOf(full, offsite))).toBe(tool === 'base-backup');
    } finally {
      ({ inventory } = bed);
    }
  });

  test('a moment that was committed and not archived yet is in the window after a marker, one to come is not', async () => {
    await bed.primary.sql(`insert into customers (name) values ('just now')`);
    const goal = { kind: 'time', at: new Date().toISOString() } as const;
    const found = await activities.findPostgresWindow({ target, goal });
    expect(found.verdict).toMatchObject({ ok: true });
    expect(found.backup).toMatch(/-incremental-/);
    expect(Date.parse(found.window!.from.at)).toBeLessThan(Date.parse(found.window!.until.at));
    const facts = JSON.parse(readFileSync(join(folderOf(full), 'files/postgres.json'), 'utf8')) as { stopPosition: string };
    expect(found.window!.from.position).toBe(facts.stopPosition);
    const late = { kind: 'time', at: new Date(Date.now() + 60_000).toISOString() } as const;
    const refused = await activities.findPostgresWindow({ target, goal: late });
    expect(refused.verdict.ok).toBe(false);
    expect(refused.verdict.sentence.en).toContain(refused.window!.until.at);
    nothingLeft();
  });

  test('one byte wrong, or one file gone: failed, with the reason, and well again when it is mended', async () => {
    const [victim] =
      tool === 'base-backup'
        ? [join(folderOf(full), 'files/base.tar.gz')]
        : readdirSync(bed.ownRepository, { recursive: true, encoding: 'utf8' })
            .filter((path) => path.includes('F/pg_data/base') && path.endsWith('.zst'))
            .map((path) => join(bed.ownRepository, path))
            .toSorted((a, b) => statSync(b).size - statSync(a).size);
    const good = readFileSync(victim!);
    const bad = Buffer.from(good);
    bad[Math.floor(bad.length / 2)]! ^= 1;
    writeFileSync(victim!, bad);
    const flipped = await verify(full);
    expect(flipped).toMatchObject({ status: 'failed' });
    expect(flipped.failure).toMatch(
      tool === 'base-backup' ? /base\.tar\.gz in vault is not what was written/ : /status: invalid/,
    );
    renameSync(victim!, `${victim}-away`);
    expect(await verify(full)).toMatchObject({ status: 'failed', failure: expect.stringContaining('missing') as string });
    nothingLeft();
    rmSync(`${victim}-away`);
    writeFileSync(victim!, good);
    expect(await verify(full)).toMatchObject({ status: 'verified' });
  });

  test('one that holds less than its manifest says has failed', async () => {
    const file = join(folderOf(full), 'manifest.json');
    const before = readFileSync(file, 'utf8');
    const { manifestDigest } = await import('../../../activities/backup-keeping/manifest-text.ts');
    const { digest: _old, ...body } = { ...manifestOf(full), counts: { tables: 2, rows: 1000 } };
    writeFileSync(file, JSON.stringify({ ...body, digest: manifestDigest(body) }));
    expect((await verify(full)).failure).toContain('the manifest counts 2 tables, 1 came back');
    writeFileSync(file, before);
  });

  test('one that shrank by more than a fifth is suspect', async () => {
    await bed.primary.sql('create table spare as select * from customers where id % 2 = 0');
    await bed.primary.sql('delete from customers where id % 2 = 0');
    expect(await take('full')).toMatchObject({ status: 'complete' });
    await bed.primary.sql('drop table spare');
    const small = await take('full');
    expect(small.status).toBe('suspect');
    expect(small.findings?.[0]?.en).toMatch(/It holds 1 tables, \S+ before it held 2\./);
    expect(await verify(small)).toMatchObject({ status: 'suspect', verifiedAt: expect.any(String) as string });
  });

  test('what is past its time goes, with what its tool keeps; what is held, or needed, stays', async () => {
    const old = await take('full', new Date(Date.now() - 40 * dayMs));
    const held = await take('full', new Date(Date.now() - 39 * dayMs));
    const word = { held: true, reason: 'audit', by: 'hana', at: new Date().toISOString() };
    expect(await activities.holdPostgresBackup({ target, backup: held.id, ...word })).toMatchObject({ held: true });
    const { elsewhere } = manifestOf(old);
    const plan = await activities.planPostgresPrune({ target, recovery: 'db~prune' });
    expect(plan.counts).toMatchObject({ remove: 1 });
    const receipt = await activities.applyPostgresPrune({ target, plan: plan.ref, digest: plan.digest });
    expect(receipt).toMatchObject({ removed: 1, spared: [] });
    expect(await listed(old.id)).toBeUndefined();
    expect(await listed(held.id)).toBeDefined();
    if (tool === 'pgbackrest') expect(existsSync(join(bed.ownRepository, 'backup/main', elsewhere!.label))).toBe(false);
    expect(await activities.applyPostgresPrune({ target, plan: plan.ref, digest: plan.digest })).toMatchObject({ removed: 0 });
  });

  const testsOf = {
    'base-backup': () => undefined,
    pgbackrest: () =>
      test('one whose tool does not know it any more has failed', async () => {
        const { label } = manifestOf(full).elsewhere!;
        const info = readdirSync(join(bed.ownRepository, 'backup/main'));
        expect(info).toContain(label);
        const last = await take('full');
        await bed.primary.sql('select 1');
        const ports = createPorts({ inventory: () => inventory, data, secret: bed.secret });
        await ports.postgresBackups.remove(bed.settings, manifestOf(last).elsewhere!.label);
        expect(await listed(last.id)).toMatchObject({
          status: 'failed',
          failure: expect.stringContaining('any more') as string,
        });
      }),
  } as const;
  testsOf[tool]();
});
