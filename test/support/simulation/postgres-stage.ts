/** PostgreSQL clusters as a stage: who takes writes, in memory, under activities typed as the real ones. */
import type { PostgresFailoverActivities, Successor } from '../../../activities/postgres/failover/interface.ts';
import { kinds } from '../../../contracts/kinds.ts';
import { scenarios } from '../../../contracts/scenarios.ts';
import { fail } from '../../../domain/fail.ts';
import { headOfFence, planFence, type FencePlan } from '../../../domain/postgres/fence-plan.ts';
import { planLoss } from '../../../domain/postgres/loss-plan.ts';
import type { Loss } from '../../../domain/postgres/loss.ts';
import type { Plan } from '../../../domain/recovery.ts';
import { plain } from '../../../domain/text.ts';
import type { Dice } from './dice.ts';
import type { Journal } from './journal.ts';
import { WorkerDied, type Activities, type Stage, type WantedStart } from './stage.ts';
import { drawInventory } from './town.ts';

const targets = ['db', 'spare'];
const [old, next] = ['a', 'b'] as const;

interface Cluster {
  /** Who takes writes; undefined where nobody does. */
  primary: string | undefined;
  /** The machine of `a` can be told to stop it. */
  readonly hasControl: boolean;
  fencedBy: string | undefined;
  readonly loss: Loss;
  following: boolean;
}

class ClustersInMemory {
  readonly #journal: Journal;
  readonly #clusters = new Map<string, Cluster>();
  readonly #plans = new Map<string, FencePlan>();

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  set(target: string, cluster: Cluster): void {
    this.#clusters.set(target, cluster);
  }

  /** Somebody kills the old primary, or starts it again, by hand. */
  meddle(target: string): void {
    const cluster = this.#of(target);
    if (cluster.primary === next || cluster.fencedBy !== undefined) return;
    const after = cluster.primary === old ? undefined : old;
    this.#journal.effect({ target, plan: '', thing: 'server a', before: cluster.primary ?? null, after: after ?? null });
    cluster.primary = after;
  }

  #of = (target: string): Cluster => this.#clusters.get(target)!;

  activities(): PostgresFailoverActivities {
    return {
      planPostgresFence: async ({ target, recovery, wish }) => {
        const { primary, hasControl, fencedBy } = this.#of(target);
        const is = primary === next ? 'taken-over' : primary === old ? 'lives' : 'lost';
        const seen = primary === old ? 'primary' : hasControl ? 'gone' : 'unknown';
        const suspects = primary === next || fencedBy !== undefined ? [] : [{ node: old, seen, hasControl } as const];
        const plan = planFence(target, 2, wish, { is, successor: next, suspects });
        const ref = `plans/${recovery}/${plan.digest}`;
        this.#plans.set(ref, plan);
        const head = headOfFence(plan, ref);
        // Where nobody can stop anybody the step says so, and nothing of the plan is done.
        if (hasControl) this.#journal.planned({ target, plan: head, gate: 'fence' });
        return head;
      },
      applyPostgresFence: async ({ target, recovery, plan: ref }) => {
        const cluster = this.#of(target);
        const [suspect] = this.#plan(ref).suspects;
        if (suspect && !suspect.hasControl) return { fenced: [], beyondReach: [old] };
        if (cluster.fencedBy !== recovery) {
          if ((cluster.primary === old) !== (suspect?.seen === 'primary')) throw fail('plan-changed', plain('It changed.'));
          this.#journal.effect({ target, plan: ref, thing: 'server a', before: cluster.primary ?? null, after: 'fenced' });
          Object.assign(cluster, { fencedBy: recovery, primary: undefined });
          this.#mayDie();
        }
        return { fenced: [old], beyondReach: [] };
      },
      undoPostgresFence: async ({ target, recovery, plan: ref }) => {
        const cluster = this.#of(target);
        if (cluster.primary === next) return { started: [], stays: [old] };
        if (cluster.fencedBy !== recovery) return { started: [], stays: [] };
        const ran = this.#plan(ref).suspects.some(({ seen }) => seen === 'primary');
        this.#journal.effect({ target, plan: ref, thing: 'server a', before: 'fenced', after: ran ? old : null });
        Object.assign(cluster, { fencedBy: undefined, primary: ran ? old : undefined });
        this.#mayDie();
        return { started: ran ? [old] : [], stays: [] };
      },
      provePostgresFence: async ({ target }) => {
        const { primary, fencedBy } = this.#of(target);
        const ok = primary === next || fencedBy !== undefined;
        return [{ id: 'fence-a', ok, sentence: plain(ok ? 'It is gone.' : 'The fence of a is not proven.') }];
      },
      choosePostgresSuccessor: async ({ target }) => {
        const { primary, loss } = this.#of(target);
        const chosen = { node: next, timeline: 1, position: '0/1', isPrimary: primary === next, loss };
        if (!loss.isWithin) this.#journal.planned({ target, plan: asked(chosen), gate: 'loss' });
        return chosen;
      },
      promotePostgres: async ({ target, successor }) => {
        const cluster = this.#of(target);
        const already = cluster.primary === next;
        if (!already) {
          // Nothing brings the old one back: its way back is none that is ever kept.
          const plan = successor.loss.isWithin ? '' : asked(successor).ref;
          this.#journal.effect({ target, plan, thing: 'primary', before: cluster.primary ?? null, after: next, wayBack: 'none' });
          cluster.primary = next;
          this.#mayDie();
        }
        return { timeline: 2, already };
      },
      commitPostgres: async () => ({ ms: 1 }),
      repointPostgres: async () => ({ changed: ['file'], already: [], seen: [] }),
      rejoinPostgres: async ({ target }) => {
        const cluster = this.#of(target);
        if (cluster.following) return { how: 'already' };
        if (!cluster.hasControl) throw fail('rejoin-failed', plain('Its machine cannot be told to.'));
        Object.assign(cluster, { following: true, fencedBy: undefined });
        return { how: 'rewound' };
      },
      verifyPostgresFailover: async ({ target, without }) => {
        const { primary, following } = this.#of(target);
        const ok = primary === next && (following || without.includes(old));
        return [{ id: 'standbys', ok, sentence: plain(ok ? 'All is well.' : 'Somebody does not follow.') }];
      },
    };
  }

  #plan(ref: string): FencePlan {
    const plan = this.#plans.get(ref);
    if (plan === undefined) throw fail('plan-changed', plain(`There is no plan ${ref}.`));
    return plan;
  }

  #mayDie(): void {
    if (this.#journal.call?.fate.endsWith('half-way')) throw new WorkerDied('right after an effect');
  }
}

/** As the kernel keeps it. */
const asked = (successor: Successor): Plan => {
  const plan = planLoss(successor);
  return { ...plan, ref: `loss/${plan.digest}` };
};

const losses: readonly Loss[] = [
  { isWithin: true, lostMs: 0, sentence: plain('No commit is lost.') },
  { isWithin: true, lostMs: 900, sentence: plain('2 commits.') },
  { isWithin: false, lostMs: 900_000, sentence: plain('2,000 commits.') },
  { isWithin: false, sentence: plain('What would be lost is unknown.') },
];

export function postgresStage(dice: Dice, journal: Journal): Stage {
  const registry = { kinds, scenarios };
  const nodes = '[{ id: a, host: a.example }, { id: b, host: b.example }]';
  const endpoints = '[{ id: file, kind: file, path: /file, text: "{host} {port}" }]';
  const roles = '{ control: { user: okiagari, password: { env: PG } } }';
  const inventory = drawInventory(
    dice,
    ['fence', 'loss'],
    (approvals) =>
      [
        'targets:',
        ...targets.map(
          (id) =>
            `  - { id: ${id}, kind: postgres, nodes: ${nodes}, roles: ${roles}, endpoints: ${endpoints}, approvals: ${approvals} }`,
        ),
      ].join('\n'),
    registry,
  );
  const clusters = new ClustersInMemory(journal);
  for (const target of targets) {
    clusters.set(target, {
      primary: dice.pick([old, undefined, undefined, next]),
      hasControl: dice.chance(0.8),
      fencedBy: undefined,
      loss: dice.pick(losses),
      following: false,
    });
  }
  const start = (target: string): WantedStart => ({
    scenario: 'postgres-failover',
    target,
    input: dice.chance(0.3) ? { mode: 'switchover' } : {},
  });
  return {
    ...registry,
    inventory,
    activities: { ...clusters.activities(), takePostgresBackup: async () => ({}) } satisfies Activities,
    root: start('db'),
    rival: () => start(dice.pick(targets)),
    takeBackup: 'takePostgresBackup',
    meddle: () => clusters.meddle(dice.pick(targets)),
    amendment: () => (dice.chance(0.3) ? { nonsense: true } : { mode: dice.pick(['failover', 'switchover']) }),
  };
}
