/** Ways back of PostgreSQL clusters as a stage: which database is in place, and who runs, in memory, under activities typed as the real ones. */
import type { PostgresPitrActivities } from '../../../activities/postgres/pitr/interface.ts';
import type { PostgresFailoverActivities } from '../../../activities/postgres/failover/interface.ts';
import { kinds } from '../../../contracts/kinds.ts';
import { scenarios } from '../../../contracts/scenarios.ts';
import { fail } from '../../../domain/fail.ts';
import { headOfCutOver, isAsPlanned, planCutOver, type CutOver, type Stop } from '../../../domain/postgres/cut-over-plan.ts';
import { plain } from '../../../domain/text.ts';
import type { Dice } from './dice.ts';
import type { Journal } from './journal.ts';
import { WorkerDied, type Activities, type Stage, type WantedStart } from './stage.ts';
import { drawInventory } from './town.ts';

const targets = ['db', 'spare'];

interface Cluster {
  runs: boolean;
  stoppedBy: string | undefined;
  database: 'now' | 'then';
  hasCopy: boolean;
  /** A machine can be told to stop its server. */
  readonly hasControl: boolean;
  following: boolean;
  /** Asked at a moment, the check of a person holds. */
  readonly isGood: () => boolean;
}

type Ours = PostgresPitrActivities &
  Pick<PostgresFailoverActivities, 'commitPostgres' | 'repointPostgres' | 'rejoinPostgres' | 'verifyPostgresFailover'>;

class DatabasesInMemory {
  readonly #journal: Journal;
  readonly #clusters = new Map<string, Cluster>();
  readonly #plans = new Map<string, CutOver>();

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  set(target: string, cluster: Cluster): void {
    this.#clusters.set(target, cluster);
  }

  /** Somebody stops the servers, or starts them again, by hand. */
  meddle(target: string): void {
    const cluster = this.#of(target);
    if (cluster.stoppedBy !== undefined || cluster.database === 'then') return;
    this.#journal.effect({ target, plan: '', thing: 'servers', before: cluster.runs, after: !cluster.runs });
    cluster.runs = !cluster.runs;
  }

  #of = (target: string): Cluster => this.#clusters.get(target)!;

  activities(): Ours {
    return {
      findPostgresMoment: async ({ recovery, wish }) => {
        if (wish.lsn !== undefined) throw fail('outside-window', plain('It is outside.'));
        return {
          ref: `moments/${recovery}`,
          sentence: plain('Back it goes.'),
          ...(wish.previous === undefined && { backup: 'b1' }),
        };
      },
      restorePostgresBeside: async ({ target }) => {
        this.#copy(target, true);
        return { timeline: 1, lastCommitAt: null };
      },
      removePostgresBeside: async ({ target }) => this.#copy(target, false),
      comparePostgresBeside: async () => ({ sentence: plain('They differ.'), backMs: 1_000 }),
      planPostgresCutOver: async ({ target, recovery, moment }) => {
        const stops = this.#stops(target);
        const plan = planCutOver({ target, moment, goes: plain('Back.'), seat: 'a', stops, difference: null });
        const ref = `plans/${recovery}/${plan.digest}`;
        this.#plans.set(ref, plan);
        const head = headOfCutOver(plan, ref);
        this.#journal.planned({ target, plan: head, gate: 'cut-over' });
        return head;
      },
      applyPostgresCutOver: async ({ target, recovery, plan: ref }) => {
        const cluster = this.#of(target);
        if (!cluster.hasControl) return { stopped: [], beyondReach: ['a'] };
        if (cluster.stoppedBy !== recovery) {
          if (!isAsPlanned(this.#plan(ref), this.#stops(target))) throw fail('plan-changed', plain('It changed.'));
          this.#journal.effect({ target, plan: ref, thing: 'servers', before: cluster.runs, after: 'stopped' });
          Object.assign(cluster, { stoppedBy: recovery, runs: false });
          this.#mayDie();
        }
        return { stopped: ['a'], beyondReach: [] };
      },
      undoPostgresCutOver: async ({ target, recovery, plan: ref }) => {
        const cluster = this.#of(target);
        if (cluster.stoppedBy !== recovery) return { started: [] };
        const ran = this.#plan(ref).stops.some(({ seen }) => seen !== 'gone');
        this.#journal.effect({ target, plan: ref, thing: 'servers', before: 'stopped', after: ran });
        Object.assign(cluster, { stoppedBy: undefined, runs: ran });
        this.#mayDie();
        return { started: ran ? ['a'] : [] };
      },
      provePostgresStopped: async ({ target }) => {
        const ok = this.#of(target).stoppedBy !== undefined;
        return [{ id: 'fence-a', ok, sentence: plain(ok ? 'It is gone.' : 'It is not proven.') }];
      },
      seatPostgres: async ({ target }) => {
        this.#seat(target, 'then');
        return { node: 'a', timeline: 2, kept: '/kept' };
      },
      unseatPostgres: async ({ target }) => {
        const back = this.#of(target).database === 'then';
        this.#seat(target, 'now');
        return { back };
      },
      askPostgresNow: async ({ check }) => {
        if (check === 'nonsense') throw fail('check-unusable', plain('It tells nothing.'));
        return { good: false };
      },
      findPostgresStretch: async () => ({ good: '2026-11-29T00:00:00.000Z', bad: '2026-11-29T00:00:10.000Z' }),
      askPostgresThen: async ({ target, at }) => {
        this.#copy(target, true);
        return { good: at === '2026-11-29T00:00:00.000Z' || this.#of(target).isGood() };
      },
      commitPostgres: async () => ({ ms: 1 }),
      repointPostgres: async () => ({ changed: ['file'], already: [], seen: [] }),
      rejoinPostgres: async ({ target }) => {
        const cluster = this.#of(target);
        if (cluster.following) return { how: 'already' };
        cluster.following = true;
        return { how: 'rebuilt' };
      },
      verifyPostgresFailover: async ({ target, without }) => {
        const { database, following } = this.#of(target);
        const ok = database === 'then' && (following || without.includes('b'));
        return [{ id: 'standbys', ok, sentence: plain(ok ? 'All is well.' : 'It is not.') }];
      },
    };
  }

  #stops(target: string): Stop[] {
    const { runs, hasControl } = this.#of(target);
    return [{ node: 'a', seen: runs ? 'primary' : hasControl ? 'gone' : 'unknown', hasControl }];
  }

  #copy(target: string, isThere: boolean): void {
    const cluster = this.#of(target);
    if (cluster.hasCopy === isThere) return;
    const word = (there: boolean): string | null => (there ? 'there' : null);
    const how = isThere ? ({ kind: 'apply', wayBack: 'removePostgresBeside' } as const) : ({ kind: 'undo' } as const);
    this.#journal.effect({ target, plan: 'copy', thing: 'copy', before: word(cluster.hasCopy), after: word(isThere), ...how });
    cluster.hasCopy = isThere;
    this.#mayDie();
  }

  #seat(target: string, database: Cluster['database']): void {
    const cluster = this.#of(target);
    if (cluster.database === database) return;
    const kind = database === 'then' ? 'apply' : 'undo';
    const effect = { target, plan: 'cut over', thing: 'database', before: cluster.database, after: database };
    this.#journal.effect({ ...effect, kind, wayBack: 'unseatPostgres' });
    cluster.database = database;
    this.#mayDie();
  }

  #plan(ref: string): CutOver {
    const plan = this.#plans.get(ref);
    if (plan === undefined) throw fail('plan-changed', plain(`There is no plan ${ref}.`));
    return plan;
  }

  #mayDie(): void {
    if (this.#journal.call?.fate.endsWith('half-way')) throw new WorkerDied('right after an effect');
  }
}

export function pitrStage(dice: Dice, journal: Journal): Stage {
  const registry = { kinds, scenarios };
  const nodes = '[{ id: a, host: a.example }, { id: b, host: b.example }]';
  const roles = '{ control: { user: okiagari, password: { env: PG } } }';
  const inventory = drawInventory(
    dice,
    ['cut-over'],
    (approvals) =>
      [
        'targets:',
        ...targets.map((id) => `  - { id: ${id}, kind: postgres, nodes: ${nodes}, roles: ${roles}, approvals: ${approvals} }`),
      ].join('\n'),
    registry,
  );
  const databases = new DatabasesInMemory(journal);
  for (const target of targets) {
    databases.set(target, {
      runs: dice.chance(0.7),
      stoppedBy: undefined,
      database: 'now',
      hasCopy: false,
      hasControl: dice.chance(0.8),
      following: false,
      isGood: () => dice.chance(0.5),
    });
  }
  const wish = () => dice.pick([{ at: '2026-11-29T00:00:00Z' }, { lsn: '0/1' }, { previous: 'db~before' }]);
  const check = () => ({ check: dice.pick(['select true', 'nonsense']), tries: 3 });
  const start = (target: string): WantedStart =>
    dice.chance(0.6)
      ? { scenario: 'postgres-pitr', target, input: wish() }
      : { scenario: 'data-corruption', target, input: check() };
  return {
    ...registry,
    inventory,
    activities: { ...databases.activities(), takePostgresBackup: async () => ({ id: 'b2' }) } satisfies Activities,
    root: start('db'),
    rival: () => start(dice.pick(targets)),
    takeBackup: 'takePostgresBackup',
    meddle: () => databases.meddle(dice.pick(targets)),
    amendment: ({ gate }) => (dice.chance(0.2) ? { nonsense: true } : gate.includes('confirm') ? check() : wish()),
  };
}
