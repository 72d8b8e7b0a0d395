/** Tool stores as a stage: the product's own scenarios over files in memory. */
import { kinds } from '../../../contracts/kinds.ts';
import { scenarios } from '../../../contracts/scenarios.ts';
import type { Waiting } from '../../../domain/recovery.ts';
import type { Dice } from './dice.ts';
import type { Journal } from './journal.ts';
import type { Activities, Stage, WantedStart } from './stage.ts';
import { StoresInMemory, toolPath } from './stores-in-memory.ts';
import { drawInventory } from './town.ts';

const targets = ['tools', 'spare'];
const commands = '{ running: [is-running], stop: [stop], start: [start] }';
const names = ['dt_a', 'dt_b', 'dt_c', 'dt_d', 'dt_e'];

export function storeStage(dice: Dice, journal: Journal): Stage {
  const registry = { kinds, scenarios };
  const agent = dice.pick(['agent: none, ', '', `agent: ${commands}, `]);
  const inventory = drawInventory(
    dice,
    ['restore', 'suspect-backup'],
    (approvals) =>
      [
        'repositories: [{ id: shelf, kind: directory, path: /shelf }]',
        'targets:',
        ...targets.map(
          (id) => `  - { id: ${id}, kind: tool-store, root: /${id}, repositories: [shelf], ${agent}approvals: ${approvals} }`,
        ),
      ].join('\n'),
    registry,
  );
  const stores = new StoresInMemory(journal, {
    crowded: dice.chance(0.2),
    agentRuns: agent.includes(commands) && dice.chance(0.7),
  });
  for (const target of targets) {
    for (const name of names) stores.write(target, toolPath(name), `${name} as it was`);
    stores.keep(target, 'backup-1', 'verified');
    stores.write(target, toolPath('dt_a'), 'dt_a as it became');
    stores.keep(target, 'backup-2', dice.pick(['verified', 'suspect']));
    for (const name of names) {
      if (dice.chance(0.5)) stores.remove(target, toolPath(name));
      else if (dice.chance(0.3)) stores.write(target, toolPath(name), `${name} damaged`);
    }
  }
  const start = (target: string): WantedStart => {
    const named = dice.chance(0.2) ? { backup: dice.pick(['backup-1', 'backup-2', 'backup-9']) } : {};
    return dice.chance(0.5)
      ? { scenario: 'tool-store-loss', target, input: named }
      : {
          scenario: 'tool-restore',
          target,
          input: { ...named, tools: [dice.pick(names), dice.chance(0.1) ? 'dt_nowhere' : dice.pick(names)] },
        };
  };
  return {
    ...registry,
    inventory,
    activities: stores.activities() as unknown as Activities,
    root: start('tools'),
    rival: () => start(dice.pick(targets)),
    takeBackup: 'takeToolStoreBackup',
    meddle() {
      const [target, path] = [dice.pick(targets), toolPath(dice.pick(names))];
      if (dice.chance(0.3)) stores.remove(target, path);
      else stores.write(target, path, `by hand ${dice.between(1, 3)}`);
    },
    amendment({ input }: Waiting) {
      if (dice.chance(0.3)) return { nonsense: true };
      return typeof input === 'object' && input && 'tools' in input
        ? { tools: [dice.pick(names)] }
        : { backup: dice.pick(['backup-1', 'backup-2']) };
    },
  };
}
