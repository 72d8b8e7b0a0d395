/** A name server of the tests as its own user: started until it answers, ended as a power failure does it, dead with the test. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';

export interface NameServerProgram {
  readonly id: string;
  readonly binary: string;
  readonly args: readonly string[];
  readonly folder: string;
  /** Debian's packages bring a user for each; without root it runs as ourselves. */
  readonly user: string;
  readonly isReady: () => boolean | Promise<boolean>;
}

export interface NameServerProcess {
  /** Resolves when it answers; twice is fine. */
  start(): Promise<void>;
  /** Twice is fine. */
  kill(): Promise<void>;
  signal(name: NodeJS.Signals): void;
}

const running = new Set<ChildProcess>();
process.once('exit', () => running.forEach((child) => child.kill('SIGKILL')));
const readyMs = 15_000;

export function nameServerProcess({ id, binary, args, folder, user, isReady }: NameServerProgram): NameServerProcess {
  let child: ChildProcess | undefined;
  return {
    async start() {
      if (child !== undefined) return;
      // A file, not a pipe: nobody reads that while a test waits for a program, and a full one stops the server.
      const log = openSync(`${folder}.log`, 'a');
      const begun = spawn(binary, args, { ...idsOf(user), cwd: folder, stdio: ['ignore', log, log], env: {} });
      closeSync(log);
      child = begun;
      running.add(begun);
      const deadline = performance.now() + readyMs;
      while (!(await isReady())) {
        if (begun.exitCode !== null || performance.now() > deadline) {
          throw new Error(`${id} does not come up:\n${readFileSync(`${folder}.log`, 'utf8').slice(-4_000)}`);
        }
        await delay(20);
      }
    },
    async kill() {
      const ending = child;
      child = undefined;
      if (ending === undefined || ending.exitCode !== null) return;
      const exited = once(ending, 'exit');
      ending.kill('SIGKILL');
      await exited;
      running.delete(ending);
    },
    signal: (name) => void child?.kill(name),
  };
}

/** Undefined without root. */
export function idsOf(user: string): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: string): number => Number(execFileSync('id', [flag, user], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}
