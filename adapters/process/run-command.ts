/** Runs a command of the inventory: no shell, a bounded time, its own process group, little of its output. */
import { spawn, type ChildProcess } from 'node:child_process';
import { dirname } from 'node:path';
import type { CommandResult, CommandRunner } from '../../activities/ports/command-runner.ts';

const keptCharacters = 2_000;

/** What a command finds its programs with. Our own environment holds secrets and is never handed on as a whole. */
const plainEnvironment = (): Record<string, string> => ({
  PATH: `/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:${dirname(process.execPath)}`,
  LANG: 'C.UTF-8',
});

/** `variables` come on top of a plain environment. */
export function createCommandRunner(variables: Readonly<Record<string, string>> = {}): CommandRunner {
  const environment = { ...plainEnvironment(), ...variables };
  return {
    run: ([program, ...args], { timeoutMs, signal }) =>
      new Promise<CommandResult>((resolve) => {
        // Begun and killed at once, it could have done half of what it does.
        if (signal?.aborted) return resolve({ exitCode: null, ended: 'killed', stderr: '' });
        let stderr = '';
        let ended: CommandResult['ended'] = 'exited';
        // A group of its own: it can be killed whole, and our Ctrl-C does not reach an agent that it started.
        const child = spawn(program!, args, {
          detached: true,
          stdio: ['ignore', 'ignore', 'pipe'],
          env: environment,
          shell: false,
        });
        const stop = (why: 'timed-out' | 'killed') => () => {
          ended = why;
          killGroup(child);
        };
        const timer = setTimeout(stop('timed-out'), timeoutMs);
        const onAbort = stop('killed');
        signal?.addEventListener('abort', onAbort, { once: true });
        const finish = (result: CommandResult): void => {
          clearTimeout(timer);
          signal?.removeEventListener('abort', onAbort);
          // What runs on in the background keeps the pipe open; nobody reads it any more.
          child.stderr.destroy();
          resolve(result);
        };
        child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr = (stderr + text).slice(0, keptCharacters)));
        child.once('error', (error: NodeJS.ErrnoException) =>
          finish({
            exitCode: null,
            ended: error.code === 'ENOENT' ? 'not-found' : 'not-allowed',
            stderr: error.message.slice(0, keptCharacters),
          }),
        );
        // "exit", not "close": a daemon that inherited the pipe would hold "close" back for ever. One turn later its last words are in.
        child.once('exit', (code) =>
          setImmediate(() =>
            finish({
              exitCode: ended === 'exited' ? code : null,
              ended: code === null && ended === 'exited' ? 'killed' : ended,
              stderr,
            }),
          ),
        );
      }),
  };
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    child.kill('SIGKILL');
  }
}
