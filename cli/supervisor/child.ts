/** One supervised process: started again whenever it dies, stopped gently, its words passed on line by line. */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';

export interface ChildOptions {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Each line it prints. */
  readonly onLine: (line: string) => void;
  /** It died by itself: why, when it is started again, and how often that happened in a row. */
  readonly onDeath: (death: Death) => void;
}

export interface Death {
  readonly why: string;
  readonly againInMs: number;
  /** Deaths in a row, each within `settledMs` of its start. */
  readonly inARow: number;
}

export interface Child {
  readonly name: string;
  readonly pid: number | undefined;
  /** SIGTERM, then SIGKILL after the limit; ends when it is gone and does not come back. */
  stop(limitMs: number): Promise<void>;
}

/** Whoever lives that long was started well: its next death is a new story. */
const settledMs = 3_000;
const firstPauseMs = 50;
const longestPauseMs = 5_000;

/** Linux can end a child when its parent is killed, so that nobody is left holding ports; elsewhere the next start names the port. */
const lifeline = ['/usr/bin/setpriv', '/bin/setpriv'].find((path) => existsSync(path));

export function superviseChild(options: ChildOptions): Child {
  const { name, onDeath } = options;
  let process: ChildProcess | undefined;
  let gone: Promise<void> = Promise.resolve();
  let again: NodeJS.Timeout | undefined;
  let stopping = false;
  let inARow = 0;

  const start = (): void => {
    const startedAt = Date.now();
    const running = launch(options);
    process = running;
    gone = new Promise((resolve) => {
      const end = (why: string): void => {
        resolve();
        if (stopping || process !== running) return;
        process = undefined;
        inARow = Date.now() - startedAt < settledMs ? inARow + 1 : 1;
        // Bad luck may strike twice; from the third time on it is no luck.
        const againInMs = Math.min(firstPauseMs * 4 ** Math.max(0, inARow - 2), longestPauseMs);
        onDeath({ why, againInMs, inARow });
        again = setTimeout(start, againInMs);
      };
      running.once('error', (error) => end(`could not be started: ${error.message}`));
      running.once('exit', (code, signal) => end(signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`));
    });
  };
  start();

  return {
    name,
    get pid() {
      return process?.pid;
    },
    async stop(limitMs) {
      stopping = true;
      clearTimeout(again);
      process?.kill('SIGTERM');
      const patience = setTimeout(() => process?.kill('SIGKILL'), limitMs);
      await gone;
      clearTimeout(patience);
    },
  };
}

function launch({ command, args, env, onLine }: ChildOptions): ChildProcess {
  const whole = lifeline === undefined ? [command, ...args] : [lifeline, '--pdeathsig', 'TERM', '--', command, ...args];
  // Detached: Ctrl-C reaches the supervisor alone, which then stops its children in order.
  const child = spawn(whole[0]!, whole.slice(1), { env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', onLine);
  return child;
}
