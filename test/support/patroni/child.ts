/** A server of the test as the user that may not harm the machine: it dies with the test, or sooner. */
import { spawn, type StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { owner } from '../postgres/server.ts';

export interface Child {
  hasEnded(): boolean;
  signal(name: 'SIGSTOP' | 'SIGCONT'): void;
  /** As a crash does it; twice is fine. */
  kill(): Promise<void>;
}

/** A test process that dies without its hooks must not leave a server behind. */
const running = new Set<() => void>();
process.once('exit', () => running.forEach((reap) => reap()));

export function startChild(program: string, args: readonly string[], stdio: StdioOptions): Child {
  const child = spawn(program, args, { ...owner, cwd: '/', env: { PATH: '/usr/bin:/bin' }, stdio });
  const gone = once(child, 'exit');
  const reap = (): void => void child.kill('SIGKILL');
  running.add(reap);
  child.once('exit', () => running.delete(reap));
  return {
    hasEnded: () => child.exitCode !== null || child.signalCode !== null,
    signal: (name) => void child.kill(name),
    async kill() {
      if (child.exitCode === null && child.signalCode === null && child.kill('SIGKILL')) await gone;
    },
  };
}
