/** Exchanges the data directory of a PostgreSQL server on this machine for another one, by renaming. PostgreSQL 14 to 18. */
import { chmod, cp, lchown, lstat, readdir, readlink, rename, rm, stat, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { CommandRunner } from '../../activities/ports/command-runner.ts';
import type { DataExchange, ExchangeState } from '../../activities/ports/data-exchange.ts';
import { isHistory } from '../../domain/postgres/log-files.ts';
import { hasCode } from '../files/inside.ts';
import { isThere } from '../files/is-there.ts';
import { syncPath } from '../files/sync-path.ts';
import { send } from '../machine/processes.ts';
import { readControlData } from './control-data.ts';
import { readSetting, withSettings } from './connection-words.ts';
import { homeOf } from './local-node.ts';
import { isOwnFile, ownConfiguration, readText, writeText } from './owner-files.ts';
import { postmasterOf } from './server-processes.ts';
import { resumeRecovery } from './resume-recovery.ts';
import { keptBeside } from './set-aside.ts';
import { writeSignal } from './standby-signal.ts';
import { stopServer } from './stop-server.ts';

/** On its way into the place of `home`; the same file system, so that the last step is a renaming. */
const onItsWay = (home: string, name: string): string => `${home}.okiagari-in-${name}`;
/** The node's settings as they were, while those of a goal stand in their place. */
const savedConfiguration = (home: string): string => `${ownConfiguration(home)}.okiagari-own`;
/** Back again under this name. */
const undone = (name: string): string => `undone-${name}`;

export const createDataExchange = (commands: CommandRunner): DataExchange => ({
  async whyNot({ control: { data } }) {
    return (await lstat(data)).isSymbolicLink() ? `${data} is a link: its place cannot be taken by another folder` : undefined;
  },

  state: ({ control: { data } }, name) => stateOf(data, name),

  kept: ({ control: { data } }, name) => keptBeside(data, name),

  exchange: ({ control: { data } }, from, name) => exchange(data, from, name),

  async timelineBefore({ control }, name) {
    return (await readControlData({ ...control, data: keptBeside(control.data, name) })).timeline;
  },

  async resume(node, name) {
    const home = await homeOf(node);
    if (await isThere(savedConfiguration(home))) await resumeRecovery(node.control, keptBeside(node.control.data, name));
  },

  async takeBack(node, name) {
    const home = node.control.data;
    if (!(await isThere(onItsWay(home, undone(name))))) {
      if (!(await isThere(keptBeside(home, name)))) {
        await removeTree(onItsWay(home, name));
        return isThere(savedConfiguration(home));
      }
      // Cut off between its two renames, the exchange is ended first: what is in place then is what is taken back.
      if (!(await isThere(home))) await rename(onItsWay(home, name), home);
    }
    if (await isThere(home)) await stopServer(await homeOf(node), node.control, commands);
    await exchange(home, keptBeside(home, name), undone(name));
    return true;
  },

  async settle(node) {
    const home = await homeOf(node);
    if (!(await isThere(savedConfiguration(home)))) return;
    await rename(savedConfiguration(home), ownConfiguration(home));
    await syncPath(home);
    const postmaster = await postmasterOf(home);
    if (postmaster) send(postmaster.pid, 'SIGHUP');
  },
});

async function stateOf(home: string, name: string): Promise<ExchangeState> {
  if (!(await isThere(keptBeside(home, name)))) return 'not-begun';
  return (await isThere(onItsWay(home, name))) ? 'begun' : 'done';
}

async function exchange(home: string, from: string, name: string): Promise<string> {
  const [kept, fresh] = [keptBeside(home, name), onItsWay(home, name)];
  if (!(await isThere(kept))) {
    if (!(await isThere(fresh))) await move(from, fresh);
    await prepare(home, fresh, from, name);
    await rename(home, kept);
  }
  if (await isThere(fresh)) await rename(fresh, home);
  await syncPath(dirname(home));
  return kept;
}

/** Whole under its new name or not there. Across file systems it is copied, and the first one goes when the copy is on the disk. */
async function move(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (!hasCode(error, 'EXDEV')) throw error;
    const draft = `${to}.part`;
    await removeTree(draft);
    await cp(from, draft, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
    await giveTo(draft, from);
    await rename(draft, to);
    await removeTree(from);
  }
  await syncPath(dirname(to));
}

/** `cp` makes files of our own; owners, modes and the way to the disk are ours to see to. */
async function giveTo(copy: string, like: string): Promise<void> {
  for (const entry of await readdir(like, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const { uid, gid } = await lstat(path);
    const twin = join(copy, path.slice(like.length));
    await lchown(twin, uid, gid);
    if (entry.isFile() || entry.isDirectory()) await syncPath(twin);
  }
  const { uid, gid, mode } = await stat(like);
  await lchown(copy, uid, gid);
  await chmod(copy, mode & 0o7777);
}

/** May run twice: what it reads of the goal it writes again. */
async function prepare(home: string, fresh: string, from: string, name: string): Promise<void> {
  const goal = await goalOf(fresh, from, home);
  for (const file of (await readdir(home)).filter(isOwnFile)) {
    await writeText(fresh, join(fresh, file), await readText(join(home, file)));
  }
  const own = (await readText(savedConfiguration(home))) || (await readText(ownConfiguration(home)));
  await writeText(fresh, savedConfiguration(fresh), own);
  await writeText(fresh, ownConfiguration(fresh), withSettings(own, goal));
  await bringTablespaces(fresh, from, `${home}.okiagari-tablespaces-${name}`);
  await takeHistories(home, fresh);
  await chmod(fresh, (await stat(home)).mode & 0o7777);
  await syncPath(fresh);
}

const targets = ['', '_time', '_lsn', '_xid', '_name'].map((kind) => `recovery_target${kind}`);
const goalNames = [...targets, 'restore_command', 'recovery_target_timeline', 'recovery_target_inclusive'];

/**
 * Of a restored directory its goal, which it reaches again and then takes writes; one that was set aside is a standby of nobody.
 * Goals that the node's own settings may name are taken back first: no server bears two.
 */
async function goalOf(fresh: string, from: string, home: string): Promise<Record<string, string>> {
  const noGoal = Object.fromEntries(targets.map((name) => [name, '']));
  if (!(await isThere(join(fresh, 'recovery.signal')))) {
    await writeSignal(fresh);
    return { ...noGoal, recovery_target_timeline: 'current', primary_conninfo: '', restore_command: '' };
  }
  const text = await readText(ownConfiguration(fresh));
  const known = goalNames.flatMap((name) => {
    // The tool may have told the command where the directory was restored to.
    const value = readSetting(text, name)?.replaceAll(from, home) ?? '';
    return value === '' ? [] : [[name, value] as const];
  });
  const goal = Object.fromEntries(known);
  const others = Object.entries(noGoal).filter(([name]) => !(name in goal));
  return { ...Object.fromEntries(others), ...goal, recovery_target_action: 'promote' };
}

/** They lie beside what was restored, and the links of the directory lead there. */
async function bringTablespaces(fresh: string, from: string, to: string): Promise<void> {
  const before = `${from}-tablespaces`;
  if (await isThere(before)) await move(before, to);
  const links = join(fresh, 'pg_tblspc');
  for (const name of (await readdir(links)).filter((one) => /^\d+$/.test(one))) {
    const [link, draft] = [join(links, name), join(links, `${name}.okiagari`)];
    const place = await readlink(link);
    if (!place.startsWith(`${before}/`)) continue;
    await removeTree(draft);
    await symlink(to + place.slice(before.length), draft);
    await rename(draft, link);
  }
}

/** So that no timeline gets a number that one has already; where they are archived as well, that is the same file. */
async function takeHistories(home: string, fresh: string): Promise<void> {
  for (const name of (await readdir(join(home, 'pg_wal'))).filter(isHistory)) {
    const to = join(fresh, 'pg_wal', name);
    if (!(await isThere(to))) await writeText(fresh, to, await readText(join(home, 'pg_wal', name)));
  }
}

const removeTree = (path: string): Promise<void> => rm(path, { recursive: true, force: true });
