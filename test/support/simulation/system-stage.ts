/** Whole systems as a stage: a machine to be prepared, code to be brought, a store in memory; phases inside a recovery. */
import type { FullSystemActivities } from '../../../activities/full-system/interface.ts';
import type { SourceCodeActivities } from '../../../activities/source-code/interface.ts';
import { kinds } from '../../../contracts/kinds.ts';
import { scenarios } from '../../../contracts/scenarios.ts';
import { digestOf } from '../../../domain/digest.ts';
import { fail } from '../../../domain/fail.ts';
import type { Plan } from '../../../domain/recovery.ts';
import { plain } from '../../../domain/text.ts';
import type { Check } from '../../../domain/verification.ts';
import { checks } from './check-stage.ts';
import type { Dice } from './dice.ts';
import type { Journal } from './journal.ts';
import type { Stage, WantedStart } from './stage.ts';
import { StoresInMemory, toolPath } from './stores-in-memory.ts';
import { drawInventory } from './town.ts';

const target = 'tools';
const names = ['dt_a', 'dt_b', 'dt_c'];
const allWell = new Map(
  ['checkStoreFiles', 'checkStoreAgent', 'checkStoreRuns', 'checkStoreMachine'].map((question) => [question, 'well'] as const),
);
type Thing = 'environment' | 'sources';

export function systemStage(dice: Dice, journal: Journal): Stage {
  const registry = { kinds, scenarios };
  const inventory = drawInventory(
    dice,
    ['environment', 'suspect-backup', 'restore', 'sources'],
    (approvals) =>
      [
        'repositories: [{ id: shelf, kind: directory, path: /shelf }]',
        `targets: [{ id: ${target}, kind: tool-store, root: /tools, repositories: [shelf], agent: none, approvals: ${approvals} }]`,
      ].join('\n'),
    registry,
  );
  const stores = new StoresInMemory(journal, { crowded: dice.chance(0.2), agentRuns: false });
  for (const name of names) stores.write(target, toolPath(name), `${name} as it was`);
  stores.keep(target, 'backup-1', dice.pick(['verified', 'suspect']));
  for (const name of names) {
    if (dice.chance(0.7)) stores.remove(target, toolPath(name));
    else if (dice.chance(0.3)) stores.write(target, toolPath(name), `${name} damaged`);
  }
  const start: WantedStart = { scenario: 'full-system-recovery', target, input: {} };
  return {
    ...registry,
    inventory,
    activities: { ...stores.activities(), ...machine(dice, journal, stores), ...checks(allWell) },
    root: start,
    rival: () => (dice.chance(0.5) ? start : { scenario: 'tool-store-loss', target, input: {} }),
    takeBackup: 'takeToolStoreBackup',
    meddle() {
      if (dice.chance(0.3)) stores.remove(target, toolPath(dice.pick(names)));
      else stores.write(target, toolPath(dice.pick(names)), `by hand ${dice.between(1, 3)}`);
    },
    amendment: () => (dice.chance(0.3) ? { nonsense: true } : { backup: 'backup-1' }),
  };
}

/** What lies around the store: two things that are as wanted, missing, or something else. */
function machine(dice: Dice, journal: Journal, stores: StoresInMemory) {
  const now = new Map<Thing, string | null>([
    ['environment', dice.pick([null, null, 'wanted'])],
    ['sources', dice.pick([null, 'wanted', 'by hand'])],
  ]);
  const plans = new Map<string, { readonly thing: Thing; readonly before: string | null }>();
  const noted = new Map<string, { backup: string; rpoMs: number }>();
  const store = stores.activities();

  const plan = (thing: Thing, recovery: string): Plan => {
    const before = now.get(thing)!;
    const isWanted = before === 'wanted';
    const digest = digestOf({ thing, before });
    const ref = `plans/${recovery}/${digest}`;
    plans.set(ref, { thing, before });
    const action = isWanted ? 'keep' : before === null ? 'add' : 'overwrite';
    const made: Plan = {
      summary: plain(`Makes the ${thing} as wanted.`),
      digest,
      size: { items: isWanted ? 0 : 1, bytes: 0, share: 0 },
      counts: { add: 0, overwrite: 0, keep: 0, remove: 0, [action]: 1 },
      changes: [{ action, path: thing }],
      truncated: false,
      ref,
    };
    journal.planned({ target, plan: made, gate: thing });
    return made;
  };
  const turn = (ref: string, back: boolean): void => {
    const { thing, before } = plans.get(ref)!;
    const [from, to] = back ? ['wanted', before] : [before, 'wanted'];
    if (now.get(thing) === to) return;
    if (now.get(thing) !== from) throw fail('plan-changed', plain(`The ${thing} is no longer as the plan saw it.`));
    journal.effect({ target, plan: ref, thing, before: from, after: to });
    now.set(thing, to);
  };
  const check = (thing: Thing): Check => ({ id: thing, ok: now.get(thing) === 'wanted', sentence: plain(`The ${thing}.`) });

  const activities: FullSystemActivities & SourceCodeActivities & Pick<typeof store, 'testToolStoreBackup'> = {
    planEnvironment: async ({ recovery }) => plan('environment', recovery),
    applyEnvironment: async (input) => {
      turn(input.plan, false);
      return { folders: 1, installed: '' };
    },
    undoEnvironment: async (input) => {
      turn(input.plan, true);
      return { folders: 1 };
    },
    checkEnvironment: async () => [check('environment')],
    isPlaceThere: async () => now.get('environment') !== null,
    tellOverBudget: async () => ({ reached: 0 }),
    noteBackup: async ({ system, backup, rpoMs }) => void noted.set(system, { backup, rpoMs }),
    notedBackup: async ({ system }) => noted.get(system)!,
    testToolStoreBackup: async (input) => ({
      ...(await store.testToolStoreBackup(input)),
      verifiedAt: new Date(journal.now()).toISOString(),
    }),
    planSources: async ({ recovery }) => plan('sources', recovery),
    applySources: async (input) => {
      turn(input.plan, false);
      return { written: 1, already: 0, movedOut: 0 };
    },
    undoSources: async (input) => {
      turn(input.plan, true);
      return { restored: 1, removed: 0, kept: [] };
    },
    compareSources: async () => [
      {
        ...{ path: '.pi/extensions', git: '/git', ref: 'main', commit: 'c' },
        counts: { missing: check('sources').ok ? 0 : 1, differing: 0, extra: 0, strange: 0 },
        ...{ missing: [], differing: [], extra: [], strange: [] },
      },
    ],
  };
  return activities;
}
