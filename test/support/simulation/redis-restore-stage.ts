/** Restores into Redis servers as a stage: whose data the master has, in memory under activities typed as the real ones. */
import type { RedisBackupActivities } from '../../../activities/redis-backups/interface.ts';
import type { RedisFailoverActivities } from '../../../activities/redis/failover/interface.ts';
import type { RedisRestoreActivities } from '../../../activities/redis/restore/interface.ts';
import { kinds } from '../../../contracts/kinds.ts';
import { scenarios } from '../../../contracts/scenarios.ts';
import { fail } from '../../../domain/fail.ts';
import { headOfRestore, planRestore, type RestorePlan } from '../../../domain/redis/restore-plan.ts';
import { plain } from '../../../domain/text.ts';
import type { Dice } from './dice.ts';
import type { Journal } from './journal.ts';
import { WorkerDied, type Activities, type Stage, type WantedStart } from './stage.ts';
import { drawInventory } from './town.ts';

const targets = ['cache', 'spare'];
const nobody = { databases: [], patterns: [] };

interface Box {
  /** The plan by which it has its data; `first` where nothing was replaced yet. */
  data: string;
  /** Somebody made another node the master. */
  isMaster: boolean;
}

type Ours = RedisRestoreActivities & Pick<RedisFailoverActivities, 'verifyRedisFailover'>;

class KeysInMemory {
  readonly #journal: Journal;
  readonly #boxes = new Map<string, Box>();
  readonly #plans = new Map<string, RestorePlan>();
  /** What was there before each plan. */
  readonly #before = new Map<string, string>();

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  box(target: string): Box {
    if (!this.#boxes.has(target)) this.#boxes.set(target, { data: 'first', isMaster: true });
    return this.#boxes.get(target)!;
  }

  activities(): Ours & Pick<RedisBackupActivities, 'takeRedisBackup'> {
    return {
      takeRedisBackup: async ({ id }) => ({ id }) as Awaited<ReturnType<RedisBackupActivities['takeRedisBackup']>>,
      chooseRedisBackup: async ({ backup = 'b1' }) => {
        if (backup === 'none') throw fail('no-backup', plain('There is none.'));
        const expected = { successor: 'a', isMaster: true, sentence: plain('a.'), keys: 1, silent: [], symptoms: [] };
        return { backup, source: 'snapshot', why: plain('It is the newest.'), lostMs: 1_000, expected };
      },
      planRedisRestore: async ({ target, recovery, backup, source, wayBack }) => {
        const now = { ...nobody, databases: [{ database: 0, keys: 1, lasting: 1 }] };
        const plan = planRestore({
          target,
          master: this.box(target).isMaster ? 'a' : 'b',
          backup,
          source,
          wayBack,
          now,
          then: now,
        });
        const ref = `plans/${recovery}/${plan.digest}`;
        this.#plans.set(ref, plan);
        const head = headOfRestore(plan, ref);
        this.#journal.planned({ target, plan: head, gate: 'restore' });
        return head;
      },
      applyRedisRestore: async ({ target, plan: ref }) => {
        const { master } = this.#plans.get(ref)!;
        const { data, isMaster } = this.box(target);
        if (data === ref) return { keys: 1 };
        if ((master === 'a') !== isMaster) throw fail('plan-changed', plain('Another one is the master.'));
        this.#before.set(ref, data);
        this.#replace(target, ref, ref);
        return { keys: 1 };
      },
      undoRedisRestore: async ({ target, plan: ref }) => {
        if (this.box(target).data === ref) this.#replace(target, ref, this.#before.get(ref)!);
        return { keys: 1 };
      },
      verifyRedisFailover: async ({ target }) => {
        const ok = this.box(target).data !== 'first';
        return [{ id: 'keys', ok, sentence: plain(ok ? 'They are there.' : 'They are missing.') }];
      },
    };
  }

  #replace(target: string, plan: string, data: string): void {
    const box = this.box(target);
    this.#journal.effect({ target, plan, thing: 'data', before: box.data, after: data });
    box.data = data;
    if (this.#journal.call?.fate.endsWith('half-way')) throw new WorkerDied('right after an effect');
  }
}

export function redisRestoreStage(dice: Dice, journal: Journal): Stage {
  const registry = { kinds, scenarios };
  const nodes = '[{ id: a, host: a }, { id: b, host: b }]';
  const inventory = drawInventory(
    dice,
    ['restore'],
    (approvals) =>
      ['targets:', ...targets.map((id) => `  - { id: ${id}, kind: redis, nodes: ${nodes}, approvals: ${approvals} }`)].join('\n'),
    registry,
  );
  const servers = new KeysInMemory(journal);
  const wish = () => dice.pick([{}, { backup: 'b2' }, { backup: 'none' }]);
  const start = (target: string): WantedStart => ({ scenario: 'redis-restore', target, input: wish() });
  return {
    ...registry,
    inventory,
    activities: { ...servers.activities() } satisfies Activities,
    root: start('cache'),
    rival: () => start(dice.pick(targets)),
    takeBackup: 'takeRedisBackup',
    meddle() {
      const box = servers.box(dice.pick(targets));
      box.isMaster = !box.isMaster;
    },
    amendment: () => (dice.chance(0.3) ? { nonsense: true } : wish()),
  };
}
