/** Toys that are nothing but a diary: their state is its last line, so that an effect and its trace cannot come apart. */
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ToyWorld } from '../toy/kind.ts';

export class ToyDiary extends ToyWorld {
  /** Everything that was ever done to the toy, in order. */
  of(target: string): string[] {
    try {
      return readFileSync(join(this.folder, `${target}.diary`), 'utf8')
        .split('\n')
        .filter(Boolean);
    } catch {
      return [];
    }
  }

  override read(target: string): number {
    return Number(this.#last(target, /^set /)?.slice('set '.length) ?? 0);
  }

  override write(target: string, value: number): void {
    this.#append(target, `set ${value}`);
  }

  /** Who pauses a toy that is paused has nothing to do. */
  override did(effect: string): void {
    const [verb, target] = effect.split(' ') as [string, string];
    if (verb !== 'pause' && verb !== 'resume') return;
    if (this.#last(target, /^(pause|resume)$/) !== verb) this.#append(target, verb);
  }

  #last(target: string, kind: RegExp): string | undefined {
    return this.of(target).findLast((line) => kind.test(line));
  }

  #append(target: string, line: string): void {
    appendFileSync(join(this.folder, `${target}.diary`), `${line}\n`);
  }
}
