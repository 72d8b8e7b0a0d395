/** The product's own worker as a process that is killed, and comes back as its supervisor would bring it back. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import type { RunWorker } from './store-stack.ts';

const program = fileURLToPath(new URL('../../worker/main.ts', import.meta.url));
const compiled = fileURLToPath(new URL('../../node_modules/.cache/okiagari/compiled', import.meta.url));

export interface WorkerProcess {
  /** For the stack: it starts nothing, since a worker reads its inventory as it comes up and there is none yet. */
  readonly run: RunWorker;
  start(): void;
  /** SIGKILL; ends when it is gone and the next one starts. */
  kill(): Promise<void>;
  /** For good, until the next start. */
  stop(): Promise<void>;
}

export function workerProcess(address: string): WorkerProcess {
  let env: NodeJS.ProcessEnv = {};
  let child: ChildProcess | undefined;
  let isWanted = false;
  const reap = (): void => void child?.kill('SIGKILL');
  process.once('exit', reap);

  function start(): void {
    isWanted = true;
    const one = spawn(process.execPath, [program], { env, stdio: ['ignore', 'ignore', 'inherit'] });
    child = one;
    one.once('exit', () => isWanted && start());
  }
  async function kill(): Promise<void> {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }
  async function stop(): Promise<void> {
    isWanted = false;
    await kill();
  }
  return {
    ...{ start, kill, stop },
    run({ inventoryFile, data }) {
      env = {
        ...{ ...process.env, NODE_COMPILE_CACHE: compiled, TEMPORAL_ADDRESS: address, OKIAGARI_LOG_LEVEL: 'error' },
        ...{ OKIAGARI_INVENTORY: inventoryFile, OKIAGARI_DATA: data },
      };
      return Promise.resolve({
        async stop() {
          await stop();
          process.removeListener('exit', reap);
        },
      });
    },
  };
}
