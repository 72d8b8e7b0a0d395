/** Tool stores, their backups and protected copies in memory, under activities typed as the real ones. */
import type { ToolStoreActivities } from '../../../activities/tool-store/interface.ts';
import type { Backup, BackupStatus } from '../../../domain/backup.ts';
import { digestOf } from '../../../domain/digest.ts';
import { fail } from '../../../domain/fail.ts';
import type { Plan, PlannedChange } from '../../../domain/recovery.ts';
import { plain } from '../../../domain/text.ts';
import type { Effect, Journal } from './journal.ts';
import { WorkerDied } from './stage.ts';

type Files = ReadonlyMap<string, string>;

interface FileChange {
  readonly path: string;
  readonly before: string | null;
  readonly after: string;
}

export const toolPath = (name: string): string => `.pi/tools/${name}.json`;

export class StoresInMemory {
  readonly #journal: Journal;
  readonly #crowded: boolean;
  readonly #live = new Map<string, Map<string, string>>();
  readonly #agents = new Map<string, boolean>();
  readonly #agentRuns: boolean;
  readonly #backups = new Map<string, { readonly about: Backup; readonly files: Files }>();
  readonly #protected = new Map<string, Files>();
  readonly #plans = new Map<string, readonly FileChange[]>();

  /** `crowded`: every plan that adds something needs people, as when the limit of tools is passed. */
  constructor(journal: Journal, { crowded, agentRuns }: { crowded: boolean; agentRuns: boolean }) {
    this.#journal = journal;
    this.#crowded = crowded;
    this.#agentRuns = agentRuns;
  }

  #files(target: string): Map<string, string> {
    if (!this.#live.has(target)) this.#live.set(target, new Map());
    return this.#live.get(target)!;
  }

  read(target: string, path: string): string | undefined {
    return this.#files(target).get(path);
  }

  paths(target: string): readonly string[] {
    return [...this.#files(target).keys()].toSorted();
  }

  write(target: string, path: string, content: string, more: Partial<Effect> = {}): void {
    const before = this.#files(target).get(path) ?? null;
    this.#journal.effect({ target, plan: '', thing: path, before, after: content, ...more });
    this.#files(target).set(path, content);
  }

  remove(target: string, path: string, more: Partial<Effect> = {}): void {
    const before = this.#files(target).get(path) ?? null;
    this.#journal.effect({ target, plan: '', thing: path, before, after: null, ...more });
    this.#files(target).delete(path);
  }

  /** Takes a backup of what is there now. */
  keep(target: string, id: string, status: BackupStatus): Backup {
    const about: Backup = {
      ...{ id, target, kind: 'full', source: 'okiagari', status, bytes: 1, files: this.#files(target).size, held: false },
      ...{ startedAt: new Date(this.#journal.now()).toISOString(), counts: {}, repositories: ['shelf'] },
    };
    this.#backups.set(`${target}/${id}`, { about, files: new Map(this.#files(target)) });
    return about;
  }

  activities(): ToolStoreActivities {
    return {
      diagnoseToolStore: () => Promise.reject(new Error('nobody asks here')),
      isAgentRunning: async ({ target }) => this.#runs(target),
      stopAgent: async ({ target }) => this.#turnAgent(target, false),
      startAgent: async ({ target }) => this.#turnAgent(target, true),
      protectToolStore: async ({ target, recovery }) => this.#protect(target, recovery),
      chooseBackup: async ({ target, backup }) => this.#choose(target, backup),
      planRestore: async (input) => this.#plan(input),
      applyRestore: async (input) => this.#apply(input),
      undoRestore: async (input) => this.#undo(input),
      verifyRestoredTools: async ({ target, plan }) =>
        this.#changes(plan).map(({ path, after }) => {
          const ok = this.#files(target).get(path) === after;
          return { id: path, ok, sentence: plain(`${path} is ${ok ? 'right' : 'wrong'}.`) };
        }),
      runCriticalTools: async () => [],
      listToolStoreBackups: async ({ target }) => this.#all(target).map(({ about }) => about),
      takeToolStoreBackup: async ({ target, id }) => this.keep(target, id, 'complete'),
      testToolStoreBackup: async ({ target, backup }) => this.#find(target, backup).about,
    };
  }

  #runs(target: string): boolean {
    return this.#agents.get(target) ?? this.#agentRuns;
  }

  #turnAgent(target: string, on: boolean): { wasRunning: boolean } {
    const wasRunning = this.#runs(target);
    if (wasRunning !== on) {
      const word = (runs: boolean): string => (runs ? 'running' : 'stopped');
      const kind = on ? 'undo' : 'apply';
      const wayBack = 'startAgent';
      this.#journal.effect({ target, plan: 'agent', thing: 'agent', before: word(wasRunning), after: word(on), kind, wayBack });
    }
    this.#agents.set(target, on);
    return { wasRunning };
  }

  /** The first copy under a name stands. */
  #protect(target: string, recovery: string) {
    const ref = `protected/${target}/${recovery}`;
    if (!this.#protected.has(ref)) this.#protected.set(ref, new Map(this.#files(target)));
    const files = this.#protected.get(ref)!;
    return { ref, files: files.size, bytes: files.size, digest: digestOf([...files]) };
  }

  #all(target: string) {
    return [...this.#backups.values()].filter(({ about }) => about.target === target).toReversed();
  }

  #find(target: string, id: string) {
    const backup = this.#backups.get(`${target}/${id}`);
    if (backup === undefined) throw fail('no-backup', plain(`${target} has no backup ${id}.`));
    return backup;
  }

  #choose(target: string, named: string | undefined) {
    const usable = this.#all(target).filter(({ about }) => about.status !== 'complete');
    const { about } = named === undefined ? usable[0]! : this.#find(target, named);
    const alternatives = usable.map((other) => other.about).filter(({ id }) => id !== about.id);
    return {
      backup: about,
      suspect: about.status === 'suspect',
      why: plain(`${about.id} is there.`),
      alternatives,
      rpoMs: 1_000,
    };
  }

  #changes(ref: string): readonly FileChange[] {
    const changes = this.#plans.get(ref);
    if (changes === undefined) throw fail('plan-changed', plain(`There is no plan ${ref}.`));
    return changes;
  }

  #plan({ target, recovery, backup, tools }: Parameters<ToolStoreActivities['planRestore']>[0]): Plan {
    const { files, about } = this.#find(target, backup);
    const missing = tools?.find((name) => !files.has(toolPath(name)));
    if (missing !== undefined) throw fail('unknown-tool', plain(`${backup} has no ${missing}.`));
    const wanted = [...files].filter(([path]) => tools === undefined || tools.some((name) => toolPath(name) === path));
    const changes = wanted.map(([path, after]): FileChange => ({ path, before: this.#files(target).get(path) ?? null, after }));
    const digest = digestOf({ target, changes });
    const ref = `plans/${recovery}/${digest}`;
    this.#plans.set(ref, changes);
    const actionOf = ({ before, after }: FileChange): PlannedChange['action'] =>
      before === null ? 'add' : before === after ? 'keep' : 'overwrite';
    const count = (action: PlannedChange['action']): number => changes.filter((change) => actionOf(change) === action).length;
    const items = changes.length - count('keep');
    const plan: Plan = {
      summary: plain(`Brings ${items} file(s) of ${backup}.`),
      digest,
      size: { items, bytes: items, share: changes.length === 0 ? 0 : items / changes.length },
      counts: { add: count('add'), overwrite: count('overwrite'), keep: count('keep'), remove: 0 },
      changes: changes.map((change) => ({ action: actionOf(change), path: change.path })),
      truncated: false,
      ref,
      ...(this.#crowded && count('add') > 0 && { needsPeople: plain('It crowds the store.') }),
    };
    this.#journal.planned({ target, plan, gate: 'restore', ...(about.status === 'suspect' && { consent: 'suspect-backup' }) });
    return plan;
  }

  #apply({ target, plan, protectedAs }: Parameters<ToolStoreActivities['applyRestore']>[0]) {
    const live = this.#files(target);
    const changes = this.#changes(plan);
    const isDone = ({ path, after }: FileChange): boolean => live.get(path) === after;
    const todo = changes.filter((change) => !isDone(change));
    const moved = todo.find(({ path, before }) => (live.get(path) ?? null) !== before);
    if (moved) throw fail('plan-changed', plain(`${moved.path} is no longer as the plan saw it.`));
    const copies = this.#protected.get(protectedAs);
    for (const [n, { path, before, after }] of todo.entries()) {
      if (before !== null && copies?.get(path) !== before) throw notProtected(path, protectedAs);
      this.#mayDie(n, todo.length);
      this.write(target, path, after, { plan });
    }
    return { written: todo.length, already: changes.length - todo.length, bytes: todo.length, logRestored: false, findings: [] };
  }

  #undo({ target, plan, protectedAs }: Parameters<ToolStoreActivities['undoRestore']>[0]) {
    const live = this.#files(target);
    const altering = this.#changes(plan).filter(({ before, after }) => before !== after);
    const ours = altering.filter(({ path, after }) => live.get(path) === after);
    const copies = this.#protected.get(protectedAs);
    for (const [n, { path, before }] of ours.entries()) {
      this.#mayDie(n, ours.length);
      if (before === null) this.remove(target, path, { plan });
      else if (copies?.get(path) === before) this.write(target, path, before, { plan });
      else throw notProtected(path, protectedAs);
    }
    const kept = altering.filter(({ path, before }) => (live.get(path) ?? null) !== before).map(({ path }) => path);
    return {
      restored: ours.filter(({ before }) => before !== null).length,
      removed: ours.filter(({ before }) => before === null).length,
      kept,
    };
  }

  #mayDie(n: number, of: number): void {
    if (this.#journal.call?.fate.endsWith('half-way') && n >= of / 2) throw new WorkerDied('between two files');
  }
}

const notProtected = (path: string, ref: string): Error => fail('not-protected', plain(`${path} is not in ${ref}.`));
