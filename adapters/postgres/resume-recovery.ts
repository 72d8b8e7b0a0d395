/** Keeps a restored server on the way to its goal, whenever it dies there. */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { MachineSettings } from '../../activities/ports/node-control.ts';
import { isHistory } from '../../domain/postgres/log-files.ts';
import { isThere } from '../files/is-there.ts';
import { syncPath } from '../files/sync-path.ts';
import { readSetting } from './connection-words.ts';
import { readControlData } from './control-data.ts';
import { ownConfiguration, readText, writeText } from './owner-files.ts';
import { endServer, postmasterOf } from './server-processes.ts';

const signals = ['recovery.signal', 'standby.signal'];
/** The checkpoint at the end of a recovery is one of a shutdown. */
const onTheWay = ['in archive recovery', 'shutting down', 'shut down in recovery'];

/**
 * A server that has reached its goal removes its signal file and begins a history before its new timeline stands (StartupXLOG in
 * xlog.c). One that dies in between would take its next start for that after a crash: it replays all the log that it has, beyond its
 * goal, and takes writes on the timeline of before. With the file, and without a history that `before` has not, it goes to its goal
 * again. Nothing happens where a server runs. May run twice.
 */
export async function resumeRecovery(control: MachineSettings, before: string): Promise<void> {
  const home = control.data;
  const isSignalled = await Promise.all(signals.map((name) => isThere(join(home, name))));
  if (isSignalled.some(Boolean) || (await postmasterOf(home))) return;
  await endServer(home);
  const [own, old] = [await readControlData(control), await readControlData({ ...control, data: before })];
  if (!onTheWay.includes(own.state) || own.timeline > old.timeline) return;
  const known = await historiesIn(before);
  for (const name of (await historiesIn(home)).filter((one) => !known.includes(one))) await rm(join(home, 'pg_wal', name));
  await writeText(home, join(home, await signalOf(home)), '');
  await syncPath(home);
}

/** One that was set aside replays what it has, and waits as a standby to be promoted; it has no goal, and nothing to fetch. */
async function signalOf(home: string): Promise<string> {
  const fetches = readSetting(await readText(ownConfiguration(home)), 'restore_command') ?? '';
  return fetches === '' ? 'standby.signal' : 'recovery.signal';
}

const historiesIn = async (home: string): Promise<string[]> => (await readdir(join(home, 'pg_wal'))).filter(isHistory);
