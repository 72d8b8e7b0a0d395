/** Plans of edits to stores in memory, each thing with what it was and what it becomes: shown, applied, taken back. */
import { digestOf } from '../../../domain/digest.ts';
import { fail } from '../../../domain/fail.ts';
import type { Plan } from '../../../domain/recovery.ts';
import { plain } from '../../../domain/text.ts';
import type { Journal } from './journal.ts';
import { WorkerDied } from './stage.ts';
import type { StoresInMemory } from './stores-in-memory.ts';

export interface Edit {
  readonly path: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

export class EditsInMemory {
  readonly #journal: Journal;
  readonly #stores: StoresInMemory;
  readonly #plans = new Map<string, readonly Edit[]>();

  constructor(journal: Journal, stores: StoresInMemory) {
    this.#journal = journal;
    this.#stores = stores;
  }

  plan({ target, recovery }: { target: string; recovery: string }, gate: string, edits: readonly Edit[]): Plan {
    const digest = digestOf({ target, gate, edits });
    const ref = `plans/${recovery}/${digest}`;
    this.#plans.set(ref, edits);
    const remove = edits.filter(({ after }) => after === undefined).length;
    const plan: Plan = {
      summary: plain(`${gate} of ${edits.length}.`),
      digest,
      size: { items: edits.length, bytes: edits.length, share: edits.length === 0 ? 0 : 1 },
      counts: { add: edits.length - remove, overwrite: 0, keep: 0, remove },
      changes: edits.map(({ path, after }) => ({ action: after === undefined ? ('remove' as const) : ('add' as const), path })),
      truncated: false,
      ref,
    };
    this.#journal.planned({ target, plan, gate });
    return plan;
  }

  /** Answers how many were done now. */
  apply({ target, plan }: { target: string; plan: string }): number {
    const edits = this.#plans.get(plan)!;
    const todo = edits.filter(({ path, after }) => this.#stores.read(target, path) !== after);
    const moved = todo.find(({ path, before }) => this.#stores.read(target, path) !== before);
    if (moved) throw fail('plan-changed', plain(`${moved.path} is no longer as the plan saw it.`));
    this.#turn(target, plan, todo, 'after');
    return todo.length;
  }

  undo({ target, plan }: { target: string; plan: string }): { readonly undone: number; readonly kept: readonly string[] } {
    const edits = this.#plans.get(plan)!;
    const ours = edits.filter(({ path, after }) => this.#stores.read(target, path) === after);
    this.#turn(target, plan, ours, 'before');
    return { undone: ours.length, kept: edits.filter((edit) => !ours.includes(edit)).map(({ path }) => path) };
  }

  #turn(target: string, plan: string, edits: readonly Edit[], to: 'before' | 'after'): void {
    for (const [n, edit] of edits.entries()) {
      if (this.#journal.call?.fate.endsWith('half-way') && n >= edits.length / 2) throw new WorkerDied('between two files');
      const value = edit[to];
      if (value === undefined) this.#stores.remove(target, edit.path, { plan });
      else this.#stores.write(target, edit.path, value, { plan });
    }
  }
}
