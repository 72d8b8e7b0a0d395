/** Full disks as a stage: logs and backups in memory, under activities typed as the real ones. */
import type { BackupKeepingActivities } from '../../../activities/backup-keeping/interface.ts';
import type { DiskActivities } from '../../../activities/disk/interface.ts';
import { kinds } from '../../../contracts/kinds.ts';
import { scenarios } from '../../../contracts/scenarios.ts';
import { digestOf } from '../../../domain/digest.ts';
import { agreedPlan } from '../../../domain/disk/agreed-plan.ts';
import { fail } from '../../../domain/fail.ts';
import type { Plan } from '../../../domain/recovery.ts';
import { plain } from '../../../domain/text.ts';
import type { Dice } from './dice.ts';
import type { Journal } from './journal.ts';
import { WorkerDied, type Activities, type Stage, type WantedStart } from './stage.ts';
import { drawInventory } from './town.ts';

const targets = ['tools', 'spare'];

interface Box {
  /** Lines of the live log, old ones first. */
  log: readonly string[];
  archive: readonly string[];
  backups: readonly string[];
}

type Faked = DiskActivities & Pick<BackupKeepingActivities, 'planToolStorePrune' | 'applyToolStorePrune'>;

class DisksInMemory {
  readonly #journal: Journal;
  readonly #boxes = new Map<string, Box>();
  /** What each plan takes away. */
  readonly #plans = new Map<string, readonly string[]>();

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  fill(target: string, box: Box): void {
    this.#boxes.set(target, box);
  }

  append(target: string, line: string): void {
    const box = this.#box(target);
    this.#journal.effect({ target, plan: '', thing: `line ${line}`, before: null, after: 'live' });
    box.log = [...box.log, line];
  }

  #box = (target: string): Box => this.#boxes.get(target)!;

  activities(): Faked {
    return {
      lookAtDisk: async () => ({ freeBytes: 0, totalBytes: 100, fileSystems: [], folders: [] }),
      listLeastUsedTools: async () => ({ tools: [], uncounted: true }),
      removeOwnLeftovers: async () => ({ removed: 0, bytes: 0 }),
      planArchive: async ({ target, recovery, olderThanDays = 30 }) => {
        const old = this.#box(target).log.filter((line) => Number(line.split('-')[0]) >= olderThanDays);
        return this.#planned(target, recovery, 'archive', old);
      },
      applyArchive: async ({ target, plan }) => {
        const box = this.#box(target);
        const old = this.#old(plan);
        const isDone = old.every((line) => box.archive.includes(line));
        if (!isDone && old.some((line) => !box.log.includes(line))) throw fail('plan-changed', plain('Other lines.'));
        if (!isDone) {
          this.#journal.effect({ target, plan, thing: 'old lines', before: 'live', after: plan });
          [box.archive, box.log] = [[...box.archive, ...old], box.log.filter((line) => !old.includes(line))];
          this.#mayDie();
        }
        return { archive: 'archive', lines: old.length, bytes: old.length, packedBytes: 1, detour: false };
      },
      undoArchive: async ({ target, plan }) => {
        const box = this.#box(target);
        const old = this.#old(plan);
        const restored = old.some((line) => box.archive.includes(line));
        if (restored) {
          this.#journal.effect({ target, plan, thing: 'old lines', before: plan, after: 'live' });
          [box.archive, box.log] = [box.archive.filter((line) => !old.includes(line)), [...old, ...box.log]];
          this.#mayDie();
        }
        return { lines: old.length, restored };
      },
      planToolStorePrune: async ({ target, recovery }) =>
        this.#planned(
          target,
          recovery,
          'prune',
          this.#box(target).backups.filter((id) => id.startsWith('old')),
        ),
      applyToolStorePrune: async ({ target, plan }) => {
        const box = this.#box(target);
        let removed = 0;
        for (const id of this.#old(plan).filter((one) => box.backups.includes(one))) {
          // Nothing brings it back: its way back is none that is ever kept.
          this.#journal.effect({ target, plan, thing: id, before: 'there', after: null, wayBack: 'none' });
          box.backups = box.backups.filter((one) => one !== id);
          removed += 1;
          this.#mayDie();
        }
        return { removed, already: 0, bytes: removed, spared: [] };
      },
      verifyDisk: async ({ target, plan }) => {
        const box = this.#box(target);
        const ok = plan === undefined || this.#old(plan).every((line) => box.archive.includes(line) && !box.log.includes(line));
        return [{ id: 'archive', ok, sentence: plain(ok ? 'It is there.' : 'It is not there.') }];
      },
    };
  }

  #old(ref: string): readonly string[] {
    const old = this.#plans.get(ref);
    if (old === undefined) throw fail('plan-changed', plain(`There is no plan ${ref}.`));
    return old;
  }

  #planned(target: string, recovery: string, gate: string, going: readonly string[]): Plan {
    const digest = digestOf({ target, gate, going });
    const ref = `plans/${recovery}/${digest}`;
    this.#plans.set(ref, going);
    const items = going.length;
    const plan: Plan = {
      summary: plain(`${items} go.`),
      digest,
      size: { items, bytes: items, share: 0.5 },
      counts: { add: 0, overwrite: 0, keep: 0, remove: items },
      changes: going.map((path) => ({ action: 'remove', path })),
      truncated: false,
      ref,
    };
    this.#journal.planned({ target, plan: gate === 'prune' ? agreedPlan(plan) : plan, gate });
    return plan;
  }

  #mayDie(): void {
    if (this.#journal.call?.fate.endsWith('half-way')) throw new WorkerDied('right after an effect');
  }
}

export function diskStage(dice: Dice, journal: Journal): Stage {
  const registry = { kinds, scenarios };
  const inventory = drawInventory(
    dice,
    ['archive', 'prune'],
    (approvals) =>
      [
        'repositories: [{ id: shelf, kind: directory, path: /shelf }]',
        'targets:',
        ...targets.map(
          (id) =>
            `  - { id: ${id}, kind: tool-store, root: /${id}, repositories: [shelf], agent: none, approvals: ${approvals} }`,
        ),
      ].join('\n'),
    registry,
  );
  const disks = new DisksInMemory(journal);
  for (const target of targets) {
    const backups = ['old-1', 'old-2', 'new-1'].filter(() => dice.chance(0.7));
    disks.fill(target, { log: dice.chance(0.8) ? ['60-a', '40-b', '3-c'] : ['3-c'], archive: [], backups });
  }
  let lines = 0;
  const start = (target: string): WantedStart => ({
    scenario: 'disk-exhaustion',
    target,
    input: {
      ...(dice.chance(0.2) && { olderThanDays: dice.pick([2, 50]) }),
      archive: dice.chance(0.9),
      prune: dice.chance(0.8),
    },
  });
  return {
    ...registry,
    inventory,
    activities: {
      ...disks.activities(),
      takeToolStoreBackup: async () => ({}),
    } satisfies Activities,
    root: start('tools'),
    rival: () => start(dice.pick(targets)),
    takeBackup: 'takeToolStoreBackup',
    meddle: () => disks.append(dice.pick(targets), `0-${++lines}`),
    amendment: () => (dice.chance(0.3) ? { nonsense: true } : { archive: dice.chance(0.5), olderThanDays: 50 }),
  };
}
