/** A PostgreSQL server on this machine, by its processes and its files. Needs /proc, and the rights of its owner or root. */
import { realpath, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { CommandRunner } from '../../activities/ports/command-runner.ts';
import type { LogOnDisk, MachineNode, ServerControl } from '../../activities/ports/node-control.ts';
import { nothingBehind, type NodeState } from '../../domain/postgres/node-state.ts';
import { fileEndingAt, fileOfLog } from '../../domain/postgres/log-file.ts';
import { isThere } from '../files/is-there.ts';
import { knock } from '../machine/knock.ts';
import { isThisMachine } from '../machine/this-machine.ts';
import { readControlData } from './control-data.ts';
import { copyLog, filesOfLog } from './copy-log.ts';
import { LogTailCounter } from './log-tail-counter.ts';
import { readLines } from './run-program.ts';
import { readPidFile, serverProcesses } from './server-processes.ts';
import { listSetAside } from './set-aside.ts';
import { readSignal, removeSignal, writeSignal } from './standby-signal.ts';
import { startServer } from './start-server.ts';
import { stopServer } from './stop-server.ts';

export const createLocalNode = (commands: CommandRunner): ServerControl<MachineNode> & LogOnDisk => ({
  async state(node) {
    const home = await homeOf(node);
    const [signal, processes, roomBytes, setAside, port] = await Promise.all([
      readSignal(home),
      howTheyStand(home),
      roomOf(home),
      listSetAside(node.control.data),
      knock(node.host, node.port),
    ]);
    const isStandby = processes === 'gone' ? signal !== undefined : await worksAsStandby(node);
    return { processes, isStandby, isPortOpen: port !== 'ECONNREFUSED', fencedBy: signal ?? null, roomBytes, setAside };
  },

  async logAfter({ control }, timeline, position, signal) {
    const counter = new LogTailCounter(position);
    const folder = join(control.data, 'pg_wal');
    const { logFileBytes } = await readControlData(control);
    const first = fileOfLog(timeline, position, logFileBytes);
    const files = await filesOfLog(folder, first);
    const before = fileEndingAt(timeline, position, logFileBytes);
    // Closed, and the next one not begun: as an idle server leaves its log after `archive_timeout`.
    if (files.length === 0 && before !== undefined && (await isThere(join(folder, before)))) return nothingBehind;
    const last = files.at(-1) ?? first;
    // Without files to go by it takes any for a sample, also one that was made ahead and is empty.
    const args = ['-p', folder, '-t', String(timeline), '-s', position, first, last];
    const ended = await readLines(control, 'pg_waldump', args, (line) => counter.take(line), { signal });
    return counter.result(ended);
  },

  async keepLog(node, timeline, position, name, signal) {
    const home = await homeOf(node);
    const { logFileBytes } = await readControlData(node.control);
    const into = `${node.control.data}.okiagari-lost-${name}`;
    await copyLog(join(home, 'pg_wal'), into, fileOfLog(timeline, position, logFileBytes), signal);
    return into;
  },

  async fence(node, recovery, signal) {
    const home = await homeOf(node);
    await writeSignal(home, recovery);
    await stopServer(home, node.control, commands, signal);
    return true;
  },

  async unfence(node, recovery) {
    const home = await homeOf(node);
    if ((await readSignal(home)) === recovery) await removeSignal(home);
  },

  async start(node, signal) {
    await startServer(await homeOf(node), node.control, commands, signal);
  },
});

/** Its data directory, certain to be that of the node. */
export async function homeOf({ host, port, control: { data } }: MachineNode): Promise<string> {
  if (!(await isThisMachine(host))) throw new Error(`${host} is not this machine`);
  const home = await realpath(data);
  const file = await readPidFile(home);
  // A running server, and one that was killed, has its port in that file.
  if (file && file.port > 0 && file.port !== port) throw new Error(`the server of ${data} has port ${file.port}, not ${port}`);
  return home;
}

/** The log often lies on a disk of its own. */
async function roomOf(home: string): Promise<number> {
  const disks = await Promise.all([statfs(home), statfs(join(home, 'pg_wal')).catch(() => undefined)]);
  return Math.min(...disks.flatMap((disk) => (disk ? [disk.bavail * disk.bsize] : [])));
}

async function howTheyStand(home: string): Promise<NodeState['processes']> {
  const processes = await serverProcesses(home);
  if (processes.length === 0) return 'gone';
  return processes.some(({ isFrozen }) => isFrozen) ? 'frozen' : 'running';
}

/** The signal file may have been put there after it came up as a primary; what it writes of itself tells. Unknown is no. */
const worksAsStandby = ({ control }: MachineNode): Promise<boolean> =>
  readControlData(control).then(
    ({ state }) => state === 'in archive recovery',
    () => false,
  );
