/** Makes a data directory of a base backup: unpacked, held against its own manifest, and told where its log comes from and where it ends. */
import { appendFile, copyFile, chown, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BackedUpCluster, RestoreRequest } from '../../activities/ports/postgres-backups.ts';
import type { BaseBackupSettings } from '../../contracts/postgres-backup-settings.ts';
import { fail } from '../../domain/fail.ts';
import type { RecoveryGoal } from '../../domain/postgres/recovery-goal.ts';
import { isMissing } from '../files/inside.ts';
import { makeOwned, writeOwned } from '../files/owned.ts';
import { clusterPrograms, type ClusterPrograms } from './cluster-programs.ts';
import { recoverySettings } from './recovery-settings.ts';
import { settingLines } from './scratch-settings.ts';
import { corrupt, runTool } from '../process/run-tool.ts';

export async function restoreBase(cluster: BackedUpCluster, request: RestoreRequest, signal?: AbortSignal): Promise<void> {
  const { into, taken, then } = request;
  const programs = await clusterPrograms(cluster);
  // Its own end has a name where it has any: what it holds of the log goes on for a few bytes.
  const { restorePoint } = taken;
  const own = request.goal.kind === 'immediate';
  const goal: RecoveryGoal = own && restorePoint !== undefined ? { kind: 'name', name: restorePoint } : request.goal;
  const settings = {
    ...recoverySettings(goal, then),
    restore_command: restoreCommand(join(request.from, 'wal'), own ? undefined : (cluster.backup.tool as BaseBackupSettings).wal),
  };
  await unpack(request, programs, signal);
  await writeOwned(programs, join(into, 'recovery.signal'), '');
  await appendFile(join(into, 'postgresql.auto.conf'), settingLines(settings));
}

/** From the files of the backup, and behind their end from the archive. PostgreSQL takes any failure for "not there". */
function restoreCommand(own: string, archive: string | undefined): string {
  const quoted = (path: string): string => `'${path.replaceAll("'", `'\\''`).replaceAll('%', '%%')}'`;
  const packed = `${quoted(own)}/%f.gz`;
  const rest = archive === undefined ? 'exit 1' : `cp ${quoted(archive)}/%f %p`;
  return `if test -f ${packed}; then gunzip -c ${packed} > %p; else ${rest}; fi`;
}

/** Fails: backup-corrupt. */
async function unpack({ from, into, taken }: RestoreRequest, programs: ClusterPrograms, signal?: AbortSignal): Promise<void> {
  const { bin, owner } = programs;
  const tar = async (archive: string, to: string): Promise<void> => {
    await makeOwned(to, owner);
    const args = ['-x', '-z', '-f', join(from, archive), '-C', to];
    const ended = await runTool({ program: 'tar', args, owner, signal, folder: to });
    if (ended.code !== 0) throw corrupt(`${taken.label}: unpacking ${archive}`, ended);
  };
  const archives = (await readdir(from)).filter((name) => name.endsWith('.tar.gz'));
  if (!archives.includes('base.tar.gz')) throw withoutBase(taken.label);
  await tar('base.tar.gz', into);
  await tar('pg_wal.tar.gz', join(into, 'pg_wal'));
  await makeOwned(`${into}-tablespaces`, owner);
  const spaces = archives.flatMap((name) => /^(\d+)\.tar\.gz$/.exec(name)?.[1] ?? []);
  for (const space of spaces) {
    await tar(`${space}.tar.gz`, placeOfSpace(into, space));
    await rm(join(into, 'pg_tblspc', space), { force: true });
    await symlink(placeOfSpace(into, space), join(into, 'pg_tblspc', space));
  }
  await copyFile(join(from, 'backup_manifest'), join(into, 'backup_manifest'));
  await chown(join(into, 'backup_manifest'), owner.uid, owner.gid);
  const ended = await runTool({ program: join(bin, 'pg_verifybackup'), args: [into], owner, signal, folder: into });
  if (ended.code !== 0) throw corrupt(`${taken.label}: pg_verifybackup`, ended);
  await mapSpaces(into);
}

const placeOfSpace = (into: string, space: string): string => `${into}-tablespaces/${space}`;

/** The server makes its links by this file when it first starts: as it was taken, they would lead into production. */
async function mapSpaces(into: string): Promise<void> {
  const path = join(into, 'tablespace_map');
  const map = await readFile(path, 'utf8').catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
  if (map === undefined) return;
  await writeFile(
    path,
    map.replaceAll(/^(\d+) .*$/gm, (_, space: string) => `${space} ${placeOfSpace(into, space)}`),
  );
}

const withoutBase = (label: string) =>
  fail('backup-corrupt', { en: `${label}: base.tar.gz is missing.`, ja: `${label}: base.tar.gz がありません。` });
