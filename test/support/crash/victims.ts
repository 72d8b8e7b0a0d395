/** Workers that die and come back: each death is told, the next one is started at once, as `npm start` does it. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { RunWorker } from '../store-stack.ts';

const program = fileURLToPath(new URL('./victim-worker.ts', import.meta.url));

export interface Victims {
  readonly run: RunWorker;
  /** From now on a worker dies once at each point whose name matches, whatever fired before; `''` disarms. Points: `before|after <activity>`, `before|after files.<method>`. */
  arm(points: string): void;
  /** Names of the points that fired. */
  fired(): string[];
  /** Called at each death, before the next worker starts. */
  onDeath: () => void;
  /** SIGKILL now, whatever it does. */
  kill(): Promise<void>;
}

export function createVictims(address: string): Victims {
  const marks = mkdtempSync(join(tmpdir(), 'okiagari-crash-'));
  writeFileSync(join(marks, 'armed'), '');
  let current: ChildProcess | undefined;
  let wanted = true;
  const victims: Victims = {
    onDeath: () => undefined,
    arm(points) {
      if (points !== '') for (const point of victims.fired()) rmSync(join(marks, point), { recursive: true });
      writeFileSync(join(marks, 'armed'), points);
    },
    fired: () => readdirSync(marks).filter((name) => /^(before|after) /.test(name)),
    async kill() {
      const victim = current!;
      const gone = once(victim, 'exit');
      victim.kill('SIGKILL');
      await gone;
    },
    async run({ inventoryFile, data }) {
      const start = (): void => {
        current = spawn(process.execPath, [program], {
          env: {
            ...process.env,
            CRASH_MARKS: marks,
            OKIAGARI_INVENTORY: inventoryFile,
            OKIAGARI_DATA: data,
            TEMPORAL_ADDRESS: address,
          },
          stdio: ['pipe', 'ignore', 'inherit'],
        });
        current.once('exit', () => {
          if (!wanted) return;
          victims.onDeath();
          start();
        });
      };
      mkdirSync(data, { recursive: true });
      start();
      while (!existsSync(join(marks, 'worker-ready'))) await delay(25);
      return {
        async stop() {
          wanted = false;
          const gone = once(current!, 'exit');
          current!.kill('SIGKILL');
          await gone;
          rmSync(marks, { recursive: true, force: true });
        },
      };
    },
  };
  return victims;
}
