/** Machines of their own on one host: network namespaces, joined by cables that a test can cut. Needs root and `ip`. */
import { execFileSync, spawn } from 'node:child_process';
import process from 'node:process';
import { findIp } from '../../scripts/test-servers.mjs';

export interface Cable {
  /** Address of each end. */
  readonly addresses: readonly [string, string];
  /** From now on nothing goes through, in neither direction. */
  cut(): void;
  mend(): void;
}

export interface TestNetwork {
  /** A machine that knows nobody yet. */
  machine(): string;
  /** Starts a program there. */
  run(machine: string, program: readonly string[]): void;
  /** Joins two machines; undefined is the one that the test runs on. */
  join(one: string | undefined, other: string | undefined): Cable;
  /** Processes in the machines have to be gone. */
  remove(): void;
}

const ip = (...args: string[]): void => void execFileSync(findIp()!, args, { stdio: 'pipe' });
const path = '/usr/sbin:/usr/bin:/sbin:/bin';

/** Names and addresses hold the number of this process, so that two at once do not meet. */
export function startNetwork(): TestNetwork {
  const { pid } = process;
  const machines: string[] = [];
  let cables = 0;
  const remove = (): void => {
    for (const name of machines.splice(0)) ip('netns', 'del', name);
    process.removeListener('exit', remove);
  };
  process.once('exit', remove);
  const on = (machine: string | undefined, ...args: string[]): void =>
    ip(...(machine === undefined ? [] : ['-n', machine]), ...args);
  return {
    remove,
    run(machine, program) {
      spawn(findIp()!, ['netns', 'exec', machine, ...program], { cwd: '/', env: { PATH: path }, stdio: 'ignore' });
    },
    machine() {
      const name = `okiagari-${pid}-${machines.length}`;
      ip('netns', 'add', name);
      machines.push(name);
      on(name, 'link', 'set', 'lo', 'up');
      return name;
    },
    join(one, other) {
      const number = cables++;
      const subnet = `10.${200 + (pid % 50)}.${Math.floor(pid / 50) % 250}`;
      const ends = [1, 2].map((end) => ({
        link: `oki${pid}-${number}-${end}`,
        machine: end === 1 ? one : other,
        address: `${subnet}.${number * 4 + end}`,
      })) as [End, End];
      const [near, far] = ends;
      ip('link', 'add', near.link, 'type', 'veth', 'peer', 'name', far.link);
      for (const { link, machine, address } of ends) {
        if (machine !== undefined) ip('link', 'set', link, 'netns', machine);
        on(machine, 'addr', 'add', `${address}/30`, 'dev', link);
        on(machine, 'link', 'set', link, 'up');
      }
      const set = (state: string) => (): void => on(near.machine, 'link', 'set', near.link, state);
      return { addresses: [near.address, far.address], cut: set('down'), mend: set('up') };
    },
  };
}

interface End {
  readonly link: string;
  readonly machine: string | undefined;
  readonly address: string;
}
