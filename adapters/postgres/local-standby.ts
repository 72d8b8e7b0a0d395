/** Makes a PostgreSQL server on this machine a standby of another one, by pg_rewind or a new base backup. PostgreSQL 14 to 18. */
import { chown, copyFile, lstat, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { CommandRunner } from '../../activities/ports/command-runner.ts';
import type { MachineNode } from '../../activities/ports/node-control.ts';
import type { SetupProgress, Source, StandbySetup } from '../../activities/ports/standby-setup.ts';
import { isThere } from '../files/is-there.ts';
import { syncPath } from '../files/sync-path.ts';
import { send } from '../machine/processes.ts';
import { nameOfSecret, type ReadSecret } from '../secrets.ts';
import { addressWords, connectionText, passwordLine, readConnectionText, readSetting, withSettings } from './connection-words.ts';
import { readControlData } from './control-data.ts';
import { homeOf } from './local-node.ts';
import { isOwnFile, ownConfiguration, readText, requireReadable, writeText } from './owner-files.ts';
import { runProgram } from './run-program.ts';
import { endPrograms, endServer, postmasterOf } from './server-processes.ts';
import { clearMark, writeSignal } from './standby-signal.ts';
import { pgCtlStart } from './start-server.ts';
import { stopServer } from './stop-server.ts';

/** Beside the data directory: what is under way, its own configuration, and the password for programs. */
const notesOf = (home: string): string => `${home}.okiagari`;
/** They fill a data directory, and outlive a worker that is killed. */
const programs = ['pg_rewind', 'pg_basebackup'];
const newOf = (home: string): string => `${home}.okiagari-new`;

export const createStandbySetup = (secret: ReadSecret, commands: CommandRunner): StandbySetup => ({
  async readSource({ control: { data, config } }) {
    // While it is set up anew, what its files say may be the source's; what it said itself is kept.
    const own = (await readText(ownConfiguration(notesOf(data)))) || (await readText(ownConfiguration(data)));
    const texts = [own, await readText(config ?? join(data, 'postgresql.conf'))];
    const setting = (name: string): string | undefined =>
      texts.map((text) => readSetting(text, name)).find((one) => one !== undefined);
    const { hostaddr, port = '5432', ...words } = readConnectionText(setting('primary_conninfo') ?? '');
    const host = hostaddr ?? words['host'];
    return { upstream: host === undefined ? null : { host, port: Number(port) }, slot: setting('primary_slot_name') || null };
  },

  readProgress: ({ control }) => readProgress(control.data),

  async follow(node, source) {
    const home = await homeOf(node);
    await tellWhomToFollow(home, node, source, secret);
    const postmaster = await postmasterOf(home);
    if (postmaster) send(postmaster.pid, 'SIGHUP');
  },

  async rewind(node, source, signal) {
    const home = node.control.data;
    await endPrograms(home, programs);
    await stopServer(await homeOf(node), node.control, commands, signal);
    await takeNotes(home, source, secret);
    await settle(node, signal);
    await note(home, 'rewinding');
    const args = ['--target-pgdata', home, '--source-server', connectionTo(source), '--write-recovery-conf'];
    await runProgram(node.control, 'pg_rewind', args, { signal, env: { PGPASSFILE: join(notesOf(home), 'passfile') } });
    await putConfigurationBack(home, home);
    await note(home, 'rewound');
  },

  async rebuild(node, source, kept, signal) {
    const home = node.control.data;
    await endPrograms(home, programs);
    if ((await readProgress(home)) !== 'rebuilt') {
      if ((await lstat(home)).isSymbolicLink()) throw new Error(`${home} is a link: its place cannot be taken by another folder`);
      await stopServer(await homeOf(node), node.control, commands, signal);
      await takeNotes(home, source, secret);
      const fresh = newOf(home);
      await rm(fresh, { recursive: true, force: true });
      const args = ['-D', fresh, '-d', connectionTo(source), '-X', 'stream', '-S', source.slot, '-c', 'fast'];
      await runProgram(node.control, 'pg_basebackup', args, { signal, env: { PGPASSFILE: join(notesOf(home), 'passfile') } });
      await putConfigurationBack(home, fresh);
      await tellWhomToFollow(fresh, node, source, secret);
      await note(home, 'rebuilt');
    }
    // A copy takes long, and whoever found the server down meanwhile may have started it.
    if ((await isThere(newOf(home))) && (await isThere(home))) {
      await stopServer(await homeOf(node), node.control, commands, signal);
    }
    return swap(home, `${home}.okiagari-old-${kept}`);
  },

  async finish(node) {
    await clearMark(await homeOf(node));
    await rm(notesOf(node.control.data), { recursive: true, force: true });
  },
});

const connectionTo = ({ user, database, tls, ...source }: Source): string =>
  connectionText({ ...addressWords(source, tls), user, dbname: database });

async function readProgress(home: string): Promise<SetupProgress> {
  const text = (await readText(join(notesOf(home), 'progress'))).trim();
  return text === 'rewinding' || text === 'rewound' || text === 'rebuilt' ? text : 'none';
}

const note = (home: string, progress: SetupProgress): Promise<void> =>
  writeText(notesOf(home), join(notesOf(home), 'progress'), `${progress}\n`);

/** Its configuration as it is before anything of the source comes over it; taken once, until it is finished. */
async function takeNotes(home: string, { user, password: name }: Source, secret: ReadSecret): Promise<void> {
  const notes = notesOf(home);
  const { uid, gid } = await stat(home);
  await mkdir(notes, { recursive: true, mode: 0o700 });
  await chown(notes, uid, gid);
  if ((await readText(join(notes, 'progress'))) === '') {
    for (const file of await configurationsIn(home)) await copyFile(join(home, file), join(notes, file));
    await syncPath(notes);
    await note(home, 'none');
  }
  const password = secret(name);
  if (password === undefined) throw new Error(`${nameOfSecret(name)} is not there`);
  await writeText(home, join(notes, 'passfile'), passwordLine(user, password));
}

const configurationsIn = async (folder: string): Promise<string[]> => (await readdir(folder)).filter(isOwnFile);

async function putConfigurationBack(home: string, into: string): Promise<void> {
  for (const file of await configurationsIn(notesOf(home))) {
    await writeText(into, join(into, file), await readText(join(notesOf(home), file)));
  }
  await syncPath(into);
}

async function tellWhomToFollow(home: string, { id }: MachineNode, source: Source, secret: ReadSecret): Promise<void> {
  const { user, slot, tls } = source;
  const password = secret(source.password);
  if (password === undefined) throw new Error(`${nameOfSecret(source.password)} is not there`);
  // Without them it would try again and again, and only its log would say so.
  const files = tls ? [tls.ca, tls.client?.certificate, tls.client?.key] : [];
  for (const one of files) if (one) await requireReadable(home, one.file);
  const passfile = join(home, 'okiagari.passfile');
  await writeText(home, passfile, passwordLine(user, password));
  const own = await readText(ownConfiguration(home));
  const { application_name = id } = readConnectionText(readSetting(own, 'primary_conninfo') ?? '');
  const primary_conninfo = connectionText({ ...addressWords(source, tls), user, passfile, application_name });
  await writeText(home, ownConfiguration(home), withSettings(own, { primary_conninfo, primary_slot_name: slot }));
  await writeSignal(home);
}

/**
 * pg_rewind wants files that were closed. The server goes through the log that it has, as a standby that nobody can reach: at no
 * moment would it take writes, and whoever starts it instead has a standby too.
 */
async function settle(node: MachineNode, signal?: AbortSignal): Promise<void> {
  const { control } = node;
  const { state } = await readControlData(control);
  if (state === 'shut down' || state === 'shut down in recovery') return;
  await writeSignal(control.data);
  const alone = [
    'listen_addresses=',
    `unix_socket_directories=${notesOf(control.data)}`,
    'primary_conninfo=',
    'restore_command=',
  ];
  const config = control.config === undefined ? [] : [`config_file=${control.config}`];
  await pgCtlStart(control.data, control, [...config, ...alone, 'archive_mode=off', 'hot_standby=on'], signal);
  await endServer(await homeOf(node), signal);
}

/** Answers where the old files are. Cut off between the two renames, the second one is made up for. */
async function swap(home: string, kept: string): Promise<string> {
  if (!(await isThere(newOf(home)))) return kept;
  const place = (await isThere(home)) ? await freeName(kept) : kept;
  if (await isThere(home)) await rename(home, place);
  await rename(newOf(home), home);
  await syncPath(dirname(home));
  return place;
}

async function freeName(path: string, nth = 1): Promise<string> {
  const name = nth === 1 ? path : `${path}-${nth}`;
  return (await isThere(name)) ? freeName(path, nth + 1) : name;
}
