/** Floods as a stage: what a proxy limits and denies, in memory under activities typed as the real ones. */
import type { ProtectionActivities } from '../../../activities/protection/interface.ts';
import { kinds } from '../../../contracts/kinds.ts';
import { scenarios } from '../../../contracts/scenarios.ts';
import { fail } from '../../../domain/fail.ts';
import { checkLowered, checkRaised, isRaised } from '../../../domain/protection/guard-checks.ts';
import {
  headOfProtection,
  isOurLimit,
  limitBefore,
  planProtection,
  raisedAt,
  type ProtectionPlan,
} from '../../../domain/protection/protection-plan.ts';
import type { LiveGuard } from '../../../domain/protection/words.ts';
import { plain } from '../../../domain/text.ts';
import type { Dice } from './dice.ts';
import type { Journal } from './journal.ts';
import { WorkerDied, type Activities, type Stage, type WantedStart } from './stage.ts';
import { drawInventory } from './town.ts';

const targets = ['edge', 'spare'];
const stages = [
  { limit: 100, deny: 0 },
  { limit: 20, deny: 2 },
];
const never = ['192.0.2.0/24'];
const sources = ['203.0.113.1', '203.0.113.2', '192.0.2.7'].map((address) => ({ address, requests: 500 }));
const well = { ok: true, ms: 1, said: 'status 200' };

interface Box {
  guard: { readonly limit?: number; readonly denied: readonly string[] };
  /** What was done of each plan and not taken back. */
  readonly done: Set<string>;
}

class GuardsInMemory {
  readonly #dice: Dice;
  readonly #journal: Journal;
  readonly #boxes = new Map<string, Box>();
  readonly #plans = new Map<string, ProtectionPlan>();

  constructor(dice: Dice, journal: Journal) {
    [this.#dice, this.#journal] = [dice, journal];
  }

  box(target: string): Box {
    if (!this.#boxes.has(target)) this.#boxes.set(target, { guard: { denied: ['198.51.100.7'] }, done: new Set() });
    return this.#boxes.get(target)!;
  }

  meddle(target: string): void {
    const box = this.box(target);
    this.#journal.effect({ target, plan: '', thing: 'limit', before: box.guard, after: 33 });
    box.guard = { ...box.guard, limit: 33 };
  }

  activities(): ProtectionActivities {
    const since = { at: 0, counted: {} };
    const rates = { offered: 9, passed: 3 };
    const world = (target: string) => ({ reports: [this.#look(target)], never, probe: well });
    return {
      assessProtection: async ({ stage }) => {
        if (stage > stages.length) throw fail('invalid-input', plain('There is no such stage.'));
        return { rate: 900, attackers: 3, worst: sources, stages: stages.length, atMostMs: 3_600_000, hasHook: false };
      },
      planProtection: async ({ target, recovery, stage, deny: given }) => {
        const plan = planProtection({ target, stage, ...stages[stage - 1]!, given, never }, [this.#look(target)]);
        const ref = `plans/${recovery}/${plan.digest}`;
        this.#plans.set(ref, plan);
        const head = headOfProtection(plan, ref, { known: 10, askAbove: 1 });
        this.#journal.planned({ target, plan: head, gate: 'protect' });
        return head;
      },
      sampleProtection: async () => since,
      applyProtection: async ({ target, plans }) => ({ changed: this.#apply(target, plans), unsaved: [] }),
      tellProvider: async () => ({ told: false }),
      watchProtection: async () => ({ ...(this.#dice.chance(0.3) && { why: plain('Too much gets through.') }), rates }),
      checkProtection: async ({ target, plans }) => checkRaised(this.#read(plans), world(target)),
      holdProtection: async ({ calmSince }) => ({
        state: this.#dice.pick(['calm', 'calm', 'calm', 'loud', 'lost', 'goes-on'] as const),
        ...{ rates, calmSince, since },
      }),
      undoProtection: async ({ target, plan, plans }) => {
        this.#takeBack(target, plan, plans);
        return { restored: ['a'] };
      },
      checkLowered: async ({ target, plans }) => checkLowered(this.#read(plans), world(target)),
    };
  }

  #read = (refs: readonly string[]): ProtectionPlan[] => refs.map((ref) => this.#plans.get(ref)!);

  #look(target: string): LiveGuard {
    const head = { node: 'a', answers: true, level: 'admin', missing: [], allowed: never } as const;
    return { ...head, ...this.box(target).guard, sources, known: 10, rate: 900, counted: { requests: 0, denied: 0 } };
  }

  #apply(target: string, refs: readonly string[]): number {
    const box = this.box(target);
    const plans = this.#read(refs);
    const now = this.#look(target);
    if (isRaised(plans, now)) return 0;
    if (!isOurLimit(plans, 'a', now.limit)) throw fail('plan-changed', plain('Somebody has set the limit.'));
    const { limit, denied } = raisedAt(plans, 'a')!;
    const after = { limit, denied: [...new Set([...box.guard.denied, ...denied])] };
    const plan = refs.at(-1)!;
    this.#journal.effect({ target, plan, thing: `stage ${plans.at(-1)!.stage}`, before: box.guard, after });
    box.done.add(plan);
    box.guard = after;
    this.#mayDie();
    return 1;
  }

  #takeBack(target: string, ref: string | undefined, refs: readonly string[]): void {
    if (ref === undefined) return;
    const box = this.box(target);
    const back = this.#read(refs.slice(refs.indexOf(ref)));
    const { limit } = box.guard;
    const isOurs = back.some(({ guards }) => guards.some(({ raised }) => raised === limit));
    const next = isOurs ? limitBefore(back, 'a') : limit;
    const denied = box.guard.denied.filter((one) => !raisedAt(back, 'a')!.denied.includes(one));
    const after = { ...(next !== undefined && { limit: next }), denied };
    for (const plan of refs.slice(refs.indexOf(ref)).filter((one) => box.done.has(one))) {
      const thing = `stage ${this.#plans.get(plan)!.stage}`;
      this.#journal.effect({ kind: 'undo', target, plan, thing, before: box.guard, after });
      box.done.delete(plan);
    }
    box.guard = after;
    this.#mayDie();
  }

  #mayDie(): void {
    if (this.#journal.call?.fate.endsWith('half-way')) throw new WorkerDied('right after an effect');
  }
}

export function protectionStage(dice: Dice, journal: Journal): Stage {
  const registry = { kinds, scenarios };
  const probe = (name: string) => `{ url: 'http://${name}.example.jp/' }`;
  const protection =
    `{ frontend: users, table: sources, limits: { map: /m }, denyList: /d, allowList: /a, never: [192.0.2.0/24], ` +
    `bears: 100, probe: ${probe('shop')} }`;
  const fields =
    `proxies: [{ id: a, socket: /run/a.sock }], backend: be, protection: ${protection}, ` +
    `sides: { home: { servers: [prod], probe: ${probe('home')} }, dr: { servers: [dr], probe: ${probe('dr')} } }`;
  const inventory = drawInventory(
    dice,
    ['protect'],
    (approvals) =>
      ['targets:', ...targets.map((id) => `  - { id: ${id}, kind: traffic, ${fields}, approvals: ${approvals} }`)].join('\n'),
    registry,
  );
  const guards = new GuardsInMemory(dice, journal);
  const wish = () => dice.pick([{}, {}, { stage: 2 }, { stage: 5 }, { deny: ['203.0.113.64/26', '203.0.113.9'] }]);
  const start = (target: string): WantedStart => ({ scenario: 'ddos-mitigation', target, input: wish() });
  return {
    ...registry,
    inventory,
    activities: { ...guards.activities(), takeNoBackup: async () => ({}) } satisfies Activities,
    root: start('edge'),
    rival: () => start(dice.pick(targets)),
    takeBackup: 'takeNoBackup',
    meddle: () => guards.meddle(dice.pick(targets)),
    amendment: () => (dice.chance(0.3) ? { nonsense: true } : wish()),
  };
}
