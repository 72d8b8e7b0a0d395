/** A cluster that was backed up twice through the port, with what a test needs to take more and to restore them beside it. */
import { cpSync, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { PostgresBackups, TakeRequest } from '../../../activities/ports/postgres-backups.ts';
import type { ScratchFolder, ScratchServers } from '../../../activities/ports/scratch-servers.ts';
import { createPostgresBackups } from '../../../adapters/postgres/postgres-backups.ts';
import { createScratchServers } from '../../../adapters/postgres/scratch-servers.ts';
import { reachableFrom } from '../../../domain/postgres/log-files.ts';
import type { AfterRecovery, RecoveryGoal } from '../../../domain/postgres/recovery-goal.ts';
import type { TakenBackup } from '../../../domain/postgres/taken-backup.ts';
import { startBackedUp, type BackedUp, type Tool } from './backed-up.ts';
import { askServer, giveToOwner } from './server.ts';

type Address = Awaited<ReturnType<ScratchServers['start']>>;

export interface TwoBackups {
  readonly bed: BackedUp;
  readonly backups: PostgresBackups;
  /** Of the rows `before full`; and of `before incremental` too. A row `after` came since. */
  readonly full: TakenBackup;
  readonly incremental: TakenBackup;
  /** What the repository has of a backup. */
  filesOf(id: string): string;
  /** As the manifest of an incremental does it: what the base has stays where it is. */
  take(id: string, kind: TakenBackup['kind'], base?: string): Promise<TakenBackup>;
  /** A scratch folder that goes with the next `tidy`. */
  open(): Promise<ScratchFolder>;
  restore(id: string, goal: RecoveryGoal, then?: AfterRecovery): Promise<Address>;
  namesIn(node: Address): Promise<string[]>;
  insert(name: string): Promise<{ readonly at: string; readonly lsn: string; readonly xid: string }>;
  /** The newest file of the archived log that is reached from the full backup, and the last commit in it. */
  archived(): Promise<{ readonly newest: string; readonly lastCommit: { readonly at: string } | undefined }>;
  tidy(): Promise<void>;
}

export const fullId = '20261122T020000Z-full-1a2b3c';
export const incrementalId = '20261122T030000Z-incremental-1a2b3c';

export async function startTwoBackups(tool: Tool): Promise<TwoBackups> {
  // Only its programs speak to the server over the network.
  const bed = await startBackedUp(tool, { isTls: tool === 'base-backup' });
  try {
    return await backUpTwice(bed);
  } catch (error) {
    await bed.stop();
    throw error;
  }
}

async function backUpTwice(bed: BackedUp): Promise<TwoBackups> {
  const backups = createPostgresBackups(bed.secret);
  const servers = createScratchServers(bed.secret);
  const opened: ScratchFolder[] = [];
  const kept = new Map<string, { readonly taken: TakenBackup; readonly files: string }>();

  const open = async (): Promise<ScratchFolder> => {
    const folder = await servers.open(bed.settings);
    opened.push(folder);
    return folder;
  };

  async function take(id: string, kind: TakenBackup['kind'], base?: string): Promise<TakenBackup> {
    const folder = await servers.open(bed.settings);
    const stage = folder.files;
    const before = base === undefined ? undefined : kept.get(base)!;
    const has = new Set(before ? logIn(before.files) : []);
    const request: TakeRequest = {
      ...{ id, kind, stage, primary: bed.settings.nodes[0]! },
      ...(before && { base: { taken: before.taken, has } }),
    };
    const taken = await backups.take(bed.settings, request);
    const files = join(bed.folder, `kept-${id}`);
    if (before && taken.kind === 'incremental') cpSync(before.files, files, { recursive: true });
    cpSync(stage, files, { recursive: true });
    await servers.remove(folder);
    kept.set(id, { taken, files });
    return taken;
  }
  const logIn = (files: string): string[] =>
    existsSync(join(files, 'wal')) ? readdirSync(join(files, 'wal')).map((name) => name.replace(/\.gz$/, '')) : [];

  async function restore(id: string, goal: RecoveryGoal, then: AfterRecovery = 'pause'): Promise<Address> {
    const folder = await open();
    const { taken, files } = kept.get(id)!;
    cpSync(files, folder.files, { recursive: true });
    for (const name of readdirSync(folder.files, { recursive: true, encoding: 'utf8' })) giveToOwner(join(folder.files, name));
    const { uid, gid } = folder.owner;
    await backups.restore(bed.settings, { taken, from: folder.files, into: folder.data, goal, then });
    expect(statSync(folder.data)).toMatchObject({ uid, gid });
    return servers.start(bed.settings, folder);
  }
  const namesIn: TwoBackups['namesIn'] = async (node) =>
    (await askServer<{ name: string }>(node, 'select name from t order by 1')).map(({ name }) => name);
  const insert: TwoBackups['insert'] = async (name) => {
    const [row] = await bed.primary.sql<{ xid: string }>(
      `insert into t values ('${name}') returning pg_current_xact_id()::text as xid`,
    );
    const [now] = await bed.primary.sql<{ at: Date; lsn: string }>(
      'select clock_timestamp() as at, pg_current_wal_lsn()::text as lsn',
    );
    return { xid: row!.xid, at: now!.at.toISOString(), lsn: now!.lsn };
  };

  const space = join(bed.folder, 'space');
  mkdirSync(space);
  giveToOwner(space);
  await bed.primary.sql(`create tablespace roomy location '${space}'`);
  await bed.primary.sql('create table aside tablespace roomy as select generate_series(1, 7) as n');
  // What a standby of the past, or an earlier restore, left in the settings of this cluster.
  bed.primary.set({
    recovery_end_command: `touch ${bed.folder}/ended`,
    archive_cleanup_command: `touch ${bed.folder}/cleaned`,
    recovery_target_time: '2026-01-01 00:00:00+00',
    synchronous_standby_names: 'nobody',
    data_directory: bed.primary.folder,
  });
  await bed.primary.sql('create table t (name text)');
  await insert('before full');
  const full = await take(fullId, 'full');
  await insert('before incremental');
  const incremental = await take(incrementalId, 'incremental', fullId);
  await insert('after');

  const archived: TwoBackups['archived'] = async () => {
    const folder = await servers.open(bed.settings);
    try {
      const { files, fileBytes } = (await backups.archived(bed.settings, folder.files))!;
      const newest = reachableFrom(files, full.startFile, fileBytes)!;
      const lastCommit = await backups.lastCommit(bed.settings, { file: newest, fileBytes }, folder.files);
      return { newest, lastCommit };
    } finally {
      await servers.remove(folder);
    }
  };

  return {
    ...{ bed, backups, full, incremental, take, open, restore, namesIn, insert, archived },
    filesOf: (id) => kept.get(id)!.files,
    async tidy() {
      for (const folder of opened.splice(0)) await servers.remove(folder);
    },
  };
}
