/** A process that is killed and comes back: the next one starts at once, as the supervisor of `npm start` does it. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import type { Passage, Said } from './points.ts';

interface VictimOptions {
  /** A file that Node runs, and what it is told. */
  readonly program: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** It goes on when this resolves. */
  readonly onPassage: (passage: Passage) => Promise<void>;
}

const compiled = fileURLToPath(new URL('../../../node_modules/.cache/okiagari/compiled', import.meta.url));

export class Victim {
  readonly #options: VictimOptions;
  #current: ChildProcess;
  #wanted = true;
  #words = '';
  #ready = Promise.withResolvers<void>();

  constructor(options: VictimOptions) {
    this.#options = options;
    this.#current = this.#start();
    this.#ready.promise.catch(() => undefined);
  }

  /** The first of them has begun its work. */
  ready(): Promise<void> {
    return this.#ready.promise;
  }

  /** The last that they wrote to standard error. */
  get words(): string {
    return this.#words;
  }

  /** SIGKILL, whatever it does; ends when it is gone and the next one starts. */
  async kill(): Promise<void> {
    const victim = this.#current;
    if (victim.exitCode !== null || victim.signalCode !== null) return;
    const gone = once(victim, 'exit');
    victim.kill('SIGKILL');
    await gone;
  }

  async stop(): Promise<void> {
    this.#wanted = false;
    await this.kill();
  }

  #start(): ChildProcess {
    const { program, args, env, onPassage } = this.#options;
    const child = spawn(process.execPath, [program, ...args], {
      env: { ...process.env, NODE_COMPILE_CACHE: compiled, ...env },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    child.stderr!.on('data', (chunk: Buffer) => (this.#words = (this.#words + chunk.toString()).slice(-4_000)));
    child.on('message', (said: Said) => {
      if (said.says === 'ready') return this.#ready.resolve();
      void onPassage(said.passage).then(() => child.connected && child.send(said.number));
    });
    // A message to one that dies meanwhile reaches nobody, and nobody waits for it.
    child.on('error', () => undefined);
    child.once('exit', (code) => {
      this.#ready.reject(new Error(`${program} does not come up (${code}):\n${this.#words}`));
      if (this.#wanted) this.#current = this.#start();
    });
    return child;
  }
}
