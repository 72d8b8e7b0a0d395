/** Shifts of traffic as a stage: what a proxy is set to, in memory under activities typed as the real ones. */
import type { TrafficShiftActivities } from '../../../activities/traffic/interface.ts';
import { kinds } from '../../../contracts/kinds.ts';
import { scenarios } from '../../../contracts/scenarios.ts';
import { fail } from '../../../domain/fail.ts';
import { plain } from '../../../domain/text.ts';
import {
  changesTo,
  endOf,
  headOfShift,
  planShift,
  settingsAt,
  splitOf,
  strangersAt,
  type Point,
  type ShiftPlan,
} from '../../../domain/traffic/shift-plan.ts';
import type { LiveProxy, Setting } from '../../../domain/traffic/words.ts';
import type { Dice } from './dice.ts';
import { moveOfAll, type Journal } from './journal.ts';
import { WorkerDied, type Activities, type Stage, type WantedStart } from './stage.ts';
import { drawInventory } from './town.ts';

const targets = ['edge', 'spare'];
const sides = { home: ['prod'], dr: ['dr'] };

interface Box {
  set: readonly Setting[];
  /** What was done of each plan and not taken back. */
  readonly done: Map<string, Set<string>>;
}

export class ProxiesInMemory {
  readonly #dice: Dice;
  readonly #journal: Journal;
  readonly #boxes = new Map<string, Box>();
  readonly #plans = new Map<string, ShiftPlan>();
  #meddled = 0;

  constructor(dice: Dice, journal: Journal) {
    [this.#dice, this.#journal] = [dice, journal];
  }

  box(target: string): Box {
    const first: Box = {
      set: [
        { server: 'prod', weight: 100, state: 'ready' },
        { server: 'dr', weight: 0, state: 'ready' },
      ],
      done: new Map(),
    };
    if (!this.#boxes.has(target)) this.#boxes.set(target, first);
    return this.#boxes.get(target)!;
  }

  meddle(target: string): void {
    const box = this.box(target);
    // Another one each time: what stood there before a plan would look like a part that was never done.
    const weight = 20 + this.#meddled++;
    this.#journal.effect({ target, plan: '', thing: 'weight', before: box.set, after: weight });
    box.set = [{ server: 'prod', weight, state: 'ready' }, box.set[1]!];
  }

  activities(): TrafficShiftActivities {
    const sample = { at: 0, counted: {} };
    return {
      assessTraffic: async ({ side }) => {
        if (!Object.hasOwn(sides, side)) throw fail('invalid-input', plain('There is no such side.'));
        return { split: 'as it is' };
      },
      proveTrafficSide: async () => {
        const ok = this.#dice.chance(0.9);
        return [{ id: 'up-a', ok, sentence: plain(ok ? 'It is up.' : 'It is down.') }];
      },
      planTrafficShift: async ({ target, recovery, side, share, steps = [10, 50, 100] }) => {
        const servers = this.box(target).set.map((one) => ({
          ...one,
          ...{ initial: 100, isUp: true, sessions: 0, requests: 0, failed: 0, latencyMs: 0 },
        }));
        const proxy: LiveProxy = { node: 'a', answers: true, level: 'admin', servers };
        const plan = planShift({ target, side, share, steps, dwellMs: 1_000, weight: 100, sides, isProbed: true }, [proxy]);
        const ref = `plans/${recovery}/${plan.digest}`;
        this.#plans.set(ref, plan);
        const head = headOfShift(plan, ref);
        this.#journal.planned({ target, plan: head, gate: 'shift', cover: moveOfAll });
        return { plan: head, steps: plan.steps, drains: endOf(plan) === 'drained', before: splitOf(plan, 'before') };
      },
      sampleTraffic: async () => sample,
      setTraffic: async ({ target, plan, to }) => ({ changed: this.#set(target, plan, to), unsaved: [] }),
      watchTraffic: async () => ({ ...(this.#dice.chance(0.2) && { over: plain('It errs.') }), figures: {} }),
      revertTraffic: async ({ target, plan }) => {
        const isBack = this.#dice.chance(0.8);
        if (isBack) this.#takeBack(target, plan);
        return { isBack, lost: 2 };
      },
      drainTraffic: async ({ target, plan }) => {
        this.#set(target, plan, 'drained');
        return { sessions: 0, ms: 1, unsaved: [] };
      },
      undoTrafficShift: async ({ target, plan }) => {
        this.#takeBack(target, plan);
        return { restored: ['a'] };
      },
      verifyTrafficShift: async ({ target, plan: ref }) => {
        const plan = this.#plans.get(ref)!;
        const ok = changesTo(this.box(target).set, settingsAt(plan, 'a', endOf(plan))).length === 0;
        return [{ id: 'split-a', ok, sentence: plain(ok ? 'It is as planned.' : 'It is not as planned.') }];
      },
    };
  }

  #set(target: string, ref: string, to: Point): number {
    const box = this.box(target);
    const plan = this.#plans.get(ref)!;
    if (strangersAt(plan, 'a', box.set).length > 0) throw fail('plan-changed', plain('Somebody has set it.'));
    const wanted = settingsAt(plan, 'a', to);
    const changes = changesTo(box.set, wanted);
    if (changes.length === 0) return 0;
    this.#journal.effect({ target, plan: ref, thing: `at ${to}`, before: box.set, after: wanted });
    box.done.set(ref, (box.done.get(ref) ?? new Set()).add(`at ${to}`));
    box.set = wanted;
    this.#mayDie();
    return changes.length;
  }

  #takeBack(target: string, ref: string): void {
    const box = this.box(target);
    const plan = this.#plans.get(ref)!;
    const theirs = strangersAt(plan, 'a', box.set);
    const before = settingsAt(plan, 'a', 'before').map((one) =>
      theirs.includes(one.server) ? box.set.find(({ server }) => server === one.server)! : one,
    );
    for (const thing of box.done.get(ref) ?? []) {
      this.#journal.effect({ kind: 'undo', target, plan: ref, thing, before: box.set, after: before });
    }
    box.done.delete(ref);
    box.set = before;
    this.#mayDie();
  }

  #mayDie(): void {
    if (this.#journal.call?.fate.endsWith('half-way')) throw new WorkerDied('right after an effect');
  }
}

export function trafficStage(dice: Dice, journal: Journal): Stage {
  const registry = { kinds, scenarios };
  const probe = (side: string) => `{ url: 'http://${side}.example.jp/' }`;
  const fields =
    `proxies: [{ id: a, socket: /run/a.sock }], backend: be, ` +
    `sides: { home: { servers: [prod], probe: ${probe('home')} }, dr: { servers: [dr], probe: ${probe('dr')} } }`;
  const inventory = drawInventory(
    dice,
    ['shift'],
    (approvals) =>
      ['targets:', ...targets.map((id) => `  - { id: ${id}, kind: traffic, ${fields}, approvals: ${approvals} }`)].join('\n'),
    registry,
  );
  const proxies = new ProxiesInMemory(dice, journal);
  const wish = () =>
    dice.pick([{ side: 'dr' }, { side: 'dr', share: 50 }, { side: 'dr', steps: [100] }, { side: 'home' }, { side: 'nowhere' }]);
  const start = (target: string): WantedStart => ({ scenario: 'traffic-shift', target, input: wish() });
  return {
    ...registry,
    inventory,
    activities: { ...proxies.activities(), takeNoBackup: async () => ({}) } satisfies Activities,
    root: start('edge'),
    rival: () => start(dice.pick(targets)),
    takeBackup: 'takeNoBackup',
    meddle: () => proxies.meddle(dice.pick(targets)),
    amendment: () => (dice.chance(0.3) ? { nonsense: true } : wish()),
  };
}
