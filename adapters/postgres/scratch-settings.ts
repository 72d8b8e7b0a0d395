/** Settings of a restored server that keep it away from everything that production has. */
import { access, appendFile, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ScratchFolder } from '../../activities/ports/scratch-servers.ts';
import { isMissing } from '../files/inside.ts';
import { writeOwned } from '../files/owned.ts';
import { runTool, toolFailed } from '../process/run-tool.ts';

/** Nobody listens on it: it only is a part of the socket's name. */
export const scratchPort = 5_432;

/** The last line of a name counts, whatever the restored files say. */
const lines = (folder: ScratchFolder): Readonly<Record<string, string>> => ({
  listen_addresses: '',
  port: String(scratchPort),
  unix_socket_directories: folder.path,
  hba_file: join(folder.path, 'hba.conf'),
  ssl: 'off',
  // Its log would overwrite production's, and it would follow, or wait for, servers that know nothing of it.
  archive_mode: 'off',
  archive_command: '',
  primary_conninfo: '',
  primary_slot_name: '',
  synchronous_standby_names: '',
  hot_standby: 'on',
  // Left over from when it was a standby, they would tidy up production's archive, or wait.
  archive_cleanup_command: '',
  recovery_end_command: '',
  recovery_min_apply_delay: '0',
  // A promoted copy would go on where production's subscriptions are.
  max_logical_replication_workers: '0',
  // Beside production: its memory is not there twice.
  shared_buffers: '128MB',
  huge_pages: 'off',
  logging_collector: 'off',
  log_destination: 'stderr',
  external_pid_file: '',
});

export async function keepToItself(folder: ScratchFolder, bin: string): Promise<void> {
  const { data } = folder;
  await rm(join(data, 'standby.signal'), { force: true });
  await writeOwned(folder, join(folder.path, 'hba.conf'), 'local all all trust\n');
  const own = {
    ...lines(folder),
    ...((await hasSettings(data)) ? {} : await limitsOf(folder, bin)),
    ...(await settingsOfRelease(data)),
  };
  await appendFile(join(data, 'postgresql.auto.conf'), settingLines(own));
}

/** Some systems keep them outside of the data directory, where no backup reaches them. */
async function hasSettings(data: string): Promise<boolean> {
  return access(join(data, 'postgresql.conf')).then(
    () => true,
    (error: unknown) => {
      if (isMissing(error)) return false;
      throw error;
    },
  );
}

/** Until 14 the statistics of a server lay in a folder that settings name, and that production would share. */
async function settingsOfRelease(data: string): Promise<Record<string, string>> {
  const release = Number(await readFile(join(data, 'PG_VERSION'), 'utf8'));
  return release < 15 ? { stats_temp_directory: 'pg_stat_tmp' } : {};
}

/** A server that replays may have no lower limits than the one that wrote; the control file knows those. */
async function limitsOf(folder: ScratchFolder, bin: string): Promise<Record<string, string>> {
  await writeOwned(folder, join(folder.data, 'postgresql.conf'), '');
  const program = join(bin, 'pg_controldata');
  const said = await runTool({ program, args: [folder.data], owner: folder.owner, folder: folder.path });
  if (said.code !== 0) throw toolFailed('pg_controldata', said);
  const names = { max_prepared_xacts: 'max_prepared_transactions', max_locks_per_xact: 'max_locks_per_transaction' };
  const found = [...said.output.matchAll(/^(max_\w+) setting:\s*(\d+)$/gm)];
  return Object.fromEntries(found.map(([, name, value]) => [(names as Record<string, string>)[name!] ?? name!, value!]));
}

export const settingLines = (settings: Readonly<Record<string, string>>): string =>
  Object.entries(settings)
    .map(([name, value]) => `${name} = '${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'\n`)
    .join('');
