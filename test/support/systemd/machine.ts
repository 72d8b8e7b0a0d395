/** A machine with a systemd of its own: namespaces in which it is process 1. It shares files and the loopback network with the tests. Needs root. */
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { findSystemd } from '../../../scripts/test-servers.mjs';

export interface TestMachine {
  /** Installs a unit, such as `redis-server.service`. */
  install(unit: string, text: string): void;
  /** Runs a program there to its end, and answers what it printed. */
  run(program: string, ...args: string[]): string;
  /** What systemd says of a service; `serves` is its main process, as the machine counts. */
  service(unit: string): { readonly state: string; readonly serves: number };
  /** Whatever runs there is gone then. */
  stop(): Promise<void>;
}

const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
/** What services of Debian ask for, with nothing in it. */
const targets = ['sysinit', 'basic', 'network', 'shutdown', 'machine'];
const isTarget = (name: string): string => `[Unit]\nDescription=${name}\nDefaultDependencies=no\n`;

/**
 * What systemd writes as process 1 is for this machine alone: its sockets, its name, its identity, its control groups. Those are of
 * version 2, also where the host has version 1 in that place.
 */
const begin = `
mount --make-rprivate / && mount -t tmpfs tmpfs /run && mkdir -p /run/systemd/system /run/lock &&
tr -d - < /proc/sys/kernel/random/uuid > /run/machine-id && mount --bind /run/machine-id /etc/machine-id &&
mount -t cgroup2 cgroup2 /sys/fs/cgroup && exec "$0" --system --unit=machine.target --log-target=null --show-status=no`;

export async function startMachine(): Promise<TestMachine> {
  const systemd = findSystemd();
  if (systemd === undefined) throw new Error('No systemd is installed. `npm test` installs it.');
  const folder = mkdtempSync(join(tmpdir(), 'okiagari-systemd-'));
  const install = (unit: string, text: string): void => writeFileSync(join(folder, unit), text);
  for (const name of targets) install(`${name}.target`, isTarget(name));
  const group = makeGroup();
  // Whichever of the test process, `unshare` and the machine dies takes what comes after it along.
  const own = '--pid --fork --kill-child --mount --mount-proc --cgroup --ipc --uts';
  const enter = `echo $$ > ${group}/cgroup.procs && exec unshare ${own} "$@"`;
  const command = ['--pdeathsig', 'KILL', 'sh', '-c', enter, 'sh', 'sh', '-c', begin, systemd];
  const environment = { container: 'okiagari', SYSTEMD_UNIT_PATH: folder, ...noGenerators };
  const machine = spawn('setpriv', command, { cwd: '/', env: { PATH: path, ...environment }, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [machine.stdout, machine.stderr]) stream.on('data', (text: Buffer) => (said += text.toString()));
  const run = (program: string, ...args: string[]): string => {
    const within = ['-t', String(firstProcess(machine.pid!)), '-m', '-p', '-C', '-i', '-u', program, ...args];
    return execFileSync('nsenter', within, { cwd: '/', env: { PATH: path }, encoding: 'utf8', stdio: 'pipe' }).trim();
  };
  const isUp = (): boolean => {
    try {
      return run('systemctl', 'is-active', 'machine.target') === 'active';
    } catch {
      return false;
    }
  };
  const stop = async (): Promise<void> => {
    machine.kill('SIGKILL');
    await removeGroup(group);
    rmSync(folder, { recursive: true, force: true });
  };
  while (!isUp()) {
    if (machine.exitCode === null) {
      await delay(20);
      continue;
    }
    await stop();
    throw new Error(`systemd does not start:\n${said}`);
  }
  return {
    ...{ install, run, stop },
    service(unit) {
      const told = run('systemctl', 'show', '-p', 'ActiveState', '-p', 'MainPID', unit);
      const of = (name: string): string => new RegExp(`^${name}=(.*)$`, 'm').exec(told)![1]!;
      return { state: of('ActiveState'), serves: Number(of('MainPID')) };
    },
  };
}

/** They would make units of what the host has. */
const nowhere = '/nonexistent';
const noGenerators = { SYSTEMD_GENERATOR_PATH: nowhere, SYSTEMD_ENVIRONMENT_GENERATOR_PATH: nowhere };

const firstProcess = (unshare: number): number => Number(readFileSync(`/proc/${unshare}/task/${unshare}/children`, 'utf8'));

/** A control group for the whole machine, beside that of the tests. */
function makeGroup(): string {
  const place = /^\S+ (\S+) cgroup2 /m.exec(readFileSync('/proc/self/mounts', 'utf8'))?.[1];
  const own = /^0::(.*)$/m.exec(readFileSync('/proc/self/cgroup', 'utf8'))?.[1];
  if (place === undefined || own === undefined) throw new Error('systemd needs version 2 of the control groups.');
  const group = join(place, own, `okiagari-${process.pid}-${groups++}`);
  mkdirSync(group);
  return group;
}
let groups = 0;

async function removeGroup(group: string): Promise<void> {
  while (/^populated 1$/m.test(readFileSync(join(group, 'cgroup.events'), 'utf8'))) await delay(5);
  const inside = readdirSync(group, { recursive: true, withFileTypes: true }).filter((entry) => entry.isDirectory());
  const folders = inside.map(({ parentPath, name }) => join(parentPath, name));
  // The deepest first.
  for (const folder of folders.toSorted((a, b) => b.length - a.length)) rmdirSync(folder);
  rmdirSync(group);
}
