/** Redis servers as a stage: an old master, its replica, and what becomes of them, in memory under activities typed as the real ones. */
import type { RedisFailoverActivities } from '../../../activities/redis/failover/interface.ts';
import { kinds } from '../../../contracts/kinds.ts';
import { scenarios } from '../../../contracts/scenarios.ts';
import { digestOf } from '../../../domain/digest.ts';
import { fail } from '../../../domain/fail.ts';
import { namesIn } from '../../../domain/one-of.ts';
import type { Plan } from '../../../domain/recovery.ts';
import { planOfLoss, type Loss } from '../../../domain/redis/judge-loss.ts';
import { plain } from '../../../domain/text.ts';
import type { Dice } from './dice.ts';
import type { Journal } from './journal.ts';
import { WorkerDied, type Activities, type Stage, type WantedStart } from './stage.ts';
import { drawInventory } from './town.ts';

const targets = ['cache', 'spare'];
const olds = ['answers', 'frozen', 'gone', 'cut off'] as const;

interface Box {
  old: (typeof olds)[number];
  /** Plan that keeps the old master from taking writes. */
  fence: string | null;
  master: 'a' | 'b';
  startable: boolean;
}

class RedisInMemory {
  readonly #journal: Journal;
  readonly #boxes = new Map<string, Box>();
  readonly #plans = new Map<string, Box['old']>();

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  box(target: string): Box {
    if (!this.#boxes.has(target)) this.#boxes.set(target, { old: 'answers', fence: null, master: 'a', startable: true });
    return this.#boxes.get(target)!;
  }

  activities(): RedisFailoverActivities {
    return {
      assessRedis: async ({ target, mode, promote = 'b' }) => {
        const { old, master } = this.box(target);
        const isUnwell = mode === 'switchover' && old !== 'answers' && master === 'a';
        const named = namesIn(promote);
        if (!named.includes('b') || isUnwell) throw fail('may-not-promote', plain(`${named.join(', ')} may not.`));
        const silent = old === 'answers' ? [] : ['a'];
        return { successor: 'b', isMaster: master === 'b', sentence: plain('b may.'), keys: 1, silent, symptoms: [] };
      },
      planRedisFence: async ({ target, recovery, mode }) => {
        const { old, fence, master } = this.box(target);
        const isDue = master === 'a' && fence === null && (old === 'answers' || old === 'frozen');
        const plan = this.#planned(target, recovery, { old, isDue, asks: mode === 'failover' && old === 'answers' });
        return { plan, suspects: master === 'a' ? ['a'] : [], isMarked: isDue && old === 'answers' };
      },
      applyRedisFence: async ({ target, plan }) => {
        const box = this.box(target);
        if (box.fence === plan) return { fenced: ['a'] };
        if (box.fence !== null || this.#plans.get(plan) !== box.old) throw fail('plan-changed', plain('a is otherwise.'));
        this.#fence(target, plan, plan);
        return { fenced: ['a'] };
      },
      undoRedisFence: async ({ target, plan }) => {
        const { fence, master } = this.box(target);
        if (fence !== plan) return { serving: [], stays: [] };
        if (master === 'b') return { serving: [], stays: ['a'] };
        this.#fence(target, plan, null);
        return { serving: ['a'], stays: [] };
      },
      proveRedisFence: async ({ target }) => {
        const { old, fence, master } = this.box(target);
        const ok = master === 'b' || fence !== null || old === 'gone';
        return [{ id: 'fence-a', ok, sentence: plain(`a is ${ok ? '' : 'not '}fenced.`) }];
      },
      lookAtRedisLoss: async ({ target, plan }) => {
        const isAsked = this.#plans.get(plan) === 'answers' && this.box(target).fence === plan;
        const loss: Loss = isAsked ? { bytes: 0, sentence: plain('Nothing.') } : { sentence: plain('Unknown.') };
        const asked = { ...planOfLoss(loss, { target, successor: 'b' }), ref: lossRef };
        if (!isAsked && this.box(target).master === 'a') this.#journal.planned({ target, plan: asked, gate: 'loss' });
        return loss;
      },
      promoteRedis: async ({ target }) => {
        const box = this.box(target);
        const already = box.master === 'b';
        if (!already) {
          this.#journal.effect({ target, plan: lossRef, thing: 'master', before: 'a', after: 'b', wayBack: 'none' });
          box.master = 'b';
          this.#mayDie();
        }
        return { already, isPersisted: true, ms: 1 };
      },
      repointRedis: async () => [],
      followRedis: async () => ({ following: [], notPersisted: [] }),
      bringBackRedis: async ({ target }) => {
        if (!this.box(target).startable) throw fail('node-not-started', plain('a is not started.'));
        return { isStarted: true, isPersisted: true };
      },
      verifyRedisFailover: async ({ target }) => {
        const ok = this.box(target).master === 'b';
        return [{ id: 'one-master', ok, sentence: plain(ok ? 'b alone.' : 'Not b.') }];
      },
    };
  }

  #fence(target: string, plan: string, after: string | null): void {
    const box = this.box(target);
    this.#journal.effect({ target, plan, thing: 'fence', before: box.fence, after });
    box.fence = after;
    this.#mayDie();
  }

  #planned(target: string, recovery: string, { old, isDue, asks }: { old: Box['old']; isDue: boolean; asks: boolean }): Plan {
    const digest = digestOf({ target, old, isDue, asks });
    const ref = `plans/${recovery}/${digest}`;
    this.#plans.set(ref, old);
    const items = isDue ? 1 : 0;
    const plan: Plan = {
      summary: plain(`a is ${old}.`),
      digest,
      size: { items, bytes: 0, share: 0 },
      counts: { add: items, overwrite: 0, keep: 0, remove: 0 },
      changes: [],
      truncated: false,
      ref,
      ...(isDue && asks && { needsPeople: plain('a answers.') }),
    };
    this.#journal.planned({ target, plan, gate: 'fence' });
    return plan;
  }

  #mayDie(): void {
    if (this.#journal.call?.fate.endsWith('half-way')) throw new WorkerDied('right after an effect');
  }
}

const lossRef = 'what is lost';

export function redisStage(dice: Dice, journal: Journal): Stage {
  const registry = { kinds, scenarios };
  const inventory = drawInventory(
    dice,
    ['fence', 'loss'],
    (approvals) =>
      [
        'targets:',
        ...targets.map(
          (id) => `  - { id: ${id}, kind: redis, nodes: [{ id: a, host: a }, { id: b, host: b }], approvals: ${approvals} }`,
        ),
      ].join('\n'),
    registry,
  );
  const servers = new RedisInMemory(journal);
  const stir = (target: string): void => {
    const box = servers.box(target);
    if (box.fence === null) box.old = dice.pick(olds);
    box.startable = dice.chance(0.7);
  };
  for (const target of targets) stir(target);
  const start = (target: string): WantedStart => ({
    scenario: 'redis-failover',
    target,
    input: {
      ...(dice.chance(0.3) && { mode: 'switchover' }),
      ...(dice.chance(0.3) && { promote: dice.pick(['b', 'c', ['c', 'b']]) }),
    },
  });
  return {
    ...registry,
    inventory,
    activities: { ...servers.activities(), takeRedisBackup: async () => ({}) } satisfies Activities,
    root: start('cache'),
    rival: () => start(dice.pick(targets)),
    takeBackup: 'takeRedisBackup',
    meddle: () => stir(dice.pick(targets)),
    amendment: () => (dice.chance(0.3) ? { nonsense: true } : dice.chance(0.5) ? {} : { promote: 'b' }),
  };
}
