/** What a worker process leaves for the bench to read: a line for each piece of work that began. And what it is told: which ones hang. */
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** All times are `Date.now()`: two processes share that clock. */
export class Traces {
  readonly #folder: string;
  readonly #lines: string;

  constructor(folder: string) {
    this.#folder = folder;
    this.#lines = join(folder, 'traces');
    mkdirSync(folder, { recursive: true });
  }

  began(name: string): void {
    appendFileSync(this.#lines, `${Date.now()} ${name}\n`);
  }

  /** When work of this name began after `from`, oldest first. */
  since(name: string, from: number): readonly number[] {
    if (!existsSync(this.#lines)) return [];
    return readFileSync(this.#lines, 'utf8')
      .split('\n')
      .filter((line) => line.endsWith(` ${name}`))
      .map((line) => Number.parseInt(line, 10))
      .filter((at) => at > from);
  }

  /** Waits for the `count`th beginning after `from`. */
  async nth(count: number, name: string, from: number): Promise<number> {
    const deadline = Date.now() + 60_000;
    for (;;) {
      const at = this.since(name, from)[count - 1];
      if (at !== undefined) return at;
      if (Date.now() > deadline) throw new Error(`${name} has not begun ${count} time(s) within a minute`);
      await delay(5);
    }
  }

  hang(name: string): void {
    writeFileSync(join(this.#folder, `hang ${name}`), '');
  }

  release(name: string): void {
    rmSync(join(this.#folder, `hang ${name}`), { force: true });
  }

  hangs(name: string): boolean {
    return existsSync(join(this.#folder, `hang ${name}`));
  }
}
