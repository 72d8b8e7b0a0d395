/** Tools in memory that are in use, disabled or in quarantine, under activities typed as the real ones. */
import type { SetAsideActivities } from '../../../activities/set-aside/interface.ts';
import type { TimeoutActivities } from '../../../activities/timeouts/interface.ts';
import { digestOf } from '../../../domain/digest.ts';
import { fail } from '../../../domain/fail.ts';
import type { Plan } from '../../../domain/recovery.ts';
import { plain } from '../../../domain/text.ts';
import type { Dice } from './dice.ts';
import type { Journal } from './journal.ts';
import { WorkerDied } from './stage.ts';

export type Place = 'in use' | 'disabled' | 'quarantine';

interface Move {
  readonly tool: string;
  readonly from: Place;
  readonly to: Place;
}

export class AsideInMemory {
  readonly #journal: Journal;
  readonly #dice: Dice;
  readonly #places = new Map<string, Place>();
  readonly #plans = new Map<string, readonly Move[]>();

  constructor(journal: Journal, dice: Dice) {
    this.#journal = journal;
    this.#dice = dice;
  }

  put(target: string, tool: string, after: Place, plan = ''): void {
    const before = this.#placeOf(target, tool) ?? null;
    this.#journal.effect({ target, plan, thing: tool, before, after });
    this.#places.set(`${target}/${tool}`, after);
  }

  #placeOf(target: string, tool: string): Place | undefined {
    return this.#places.get(`${target}/${tool}`);
  }

  activities(): SetAsideActivities & TimeoutActivities {
    return {
      planSetAside: async ({ target, recovery, tools, into, note }) =>
        this.#plan(
          target,
          recovery,
          tools.map(({ path }): Move => ({ tool: path, from: 'in use', to: into })),
          { gate: 'disable', needsPeople: note },
        ),
      planBringBack: async ({ target, recovery, tools, from }) => {
        const isQuarantine = from === 'quarantine';
        const moves = tools.map((tool): Move => ({ tool, from, to: 'in use' }));
        const needsPeople = isQuarantine ? plain('It was in quarantine.') : undefined;
        return this.#plan(target, recovery, moves, { gate: isQuarantine ? 'release' : 'enable', needsPeople });
      },
      applySetAside: async (input) => this.#apply(input),
      applyBringBack: async (input) => this.#apply(input),
      undoSetAside: async (input) => this.#undo(input),
      undoBringBack: async (input) => this.#undo(input),
      verifyMoves: async ({ target, plan }) =>
        [{ tool: 'any', from: 'in use', to: 'in use' } as Move, ...this.#moves(plan)].map(({ tool, to }) => {
          const ok = tool === 'any' || this.#placeOf(target, tool) === to;
          return { id: tool, ok, sentence: plain(`${tool} is ${ok ? '' : 'not '}${to}.`) };
        }),
      measureLoad: async () => ({
        ...{ cores: 2, busyShare: 0.1, loadPerCore: 0.1, diskBytes: 100, diskFreeBytes: 50, heaviest: [] },
        ...{ memoryBytes: 100, memoryFreeBytes: this.#dice.pick([50, 1]) },
      }),
      probeDependencies: async () => [{ id: 'db', state: this.#dice.pick(['answers', 'down']), ms: 1 }],
      countTimeouts: async ({ since }) => ({ logThere: true, since, items: [{ tool: 'dt_a', timeouts: 3 }], damaged: 0 }),
      chooseTimeoutTools: async ({ target, tools = ['dt_a'] }) => {
        const unknown = tools.find((tool) => this.#placeOf(target, tool) === undefined);
        if (unknown !== undefined) throw fail('no-such-tool', plain(`There is no tool ${unknown}.`));
        return { tools: tools.map((path) => ({ path, why: plain('often') })), sentence: plain(`Chose ${tools.join()}.`) };
      },
    };
  }

  #moves(ref: string): readonly Move[] {
    const moves = this.#plans.get(ref);
    if (moves === undefined) throw fail('plan-changed', plain(`There is no plan ${ref}.`));
    return moves;
  }

  #plan(
    target: string,
    recovery: string,
    asked: readonly Move[],
    { gate, needsPeople }: { readonly gate: string; readonly needsPeople: Plan['needsPeople'] },
  ): Plan {
    const unknown = asked.find(({ tool, from, to }) => ![from, to].includes(this.#placeOf(target, tool)!));
    if (unknown !== undefined) throw fail('no-such-tool', plain(`There is no tool ${unknown.tool}.`));
    const moves = [...new Map(asked.map((move) => [move.tool, move])).values()].filter(
      ({ tool, from }) => this.#placeOf(target, tool) === from,
    );
    const digest = digestOf({ target, moves, needsPeople });
    const ref = `plans/${recovery}/${digest}`;
    this.#plans.set(ref, moves);
    const aside = moves.filter(({ from }) => from === 'in use').length;
    const plan: Plan = {
      summary: plain(`Moves ${moves.length} tool(s).`),
      digest,
      size: { items: moves.length, bytes: moves.length, share: moves.length / 5 },
      counts: { add: moves.length - aside, overwrite: 0, keep: 0, remove: aside },
      changes: moves.map(({ tool, to }) => ({ action: to === 'in use' ? 'add' : 'remove', path: tool })),
      truncated: false,
      ref,
      ...(needsPeople && moves.length > 0 && { needsPeople }),
    };
    this.#journal.planned({ target, plan, gate });
    return plan;
  }

  #apply({ target, plan }: Parameters<SetAsideActivities['applySetAside']>[0]) {
    const moves = this.#moves(plan);
    const moved = moves.find(({ tool, from, to }) => ![from, to].includes(this.#placeOf(target, tool)!));
    if (moved) throw fail('plan-changed', plain(`${moved.tool} is no longer as the plan saw it.`));
    const todo = moves.filter(({ tool, from }) => this.#placeOf(target, tool) === from);
    for (const [n, { tool, to }] of todo.entries()) {
      this.#mayDie(n, todo.length);
      this.put(target, tool, to, plan);
    }
    return { moved: todo.length, already: moves.length - todo.length };
  }

  #undo({ target, plan }: Parameters<SetAsideActivities['undoSetAside']>[0]) {
    const moves = this.#moves(plan);
    const ours = moves.filter(({ tool, to }) => this.#placeOf(target, tool) === to);
    for (const [n, { tool, from }] of ours.entries()) {
      this.#mayDie(n, ours.length);
      this.put(target, tool, from, plan);
    }
    const kept = moves.filter(({ tool, from }) => this.#placeOf(target, tool) !== from).map(({ tool }) => tool);
    return { movedBack: ours.length, kept };
  }

  #mayDie(n: number, of: number): void {
    if (this.#journal.call?.fate.endsWith('half-way') && n >= of / 2) throw new WorkerDied('between two files');
  }
}
