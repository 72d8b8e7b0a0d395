/** Tools that make trouble as a stage: put away, brought back, released, by the product's own scenarios. */
import { kinds } from '../../../contracts/kinds.ts';
import { scenarios } from '../../../contracts/scenarios.ts';
import type { Waiting } from '../../../domain/recovery.ts';
import { AsideInMemory, type Place } from './aside-in-memory.ts';
import type { Dice } from './dice.ts';
import type { Journal } from './journal.ts';
import type { Stage, WantedStart } from './stage.ts';
import { StoresInMemory } from './stores-in-memory.ts';
import { drawInventory } from './town.ts';

const targets = ['tools', 'spare'];
const commands = '{ running: [is-running], stop: [stop], start: [start] }';
const names = ['dt_a', 'dt_b', 'dt_c', 'dt_d'];
const places: readonly Place[] = ['in use', 'in use', 'disabled', 'quarantine'];

export function asideStage(dice: Dice, journal: Journal): Stage {
  const registry = { kinds, scenarios };
  const agent = dice.pick(['agent: none, ', '', `agent: ${commands}, `]);
  const inventory = drawInventory(
    dice,
    ['disable', 'enable'],
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
  const stores = new StoresInMemory(journal, { crowded: false, agentRuns: agent.includes(commands) && dice.chance(0.7) });
  const aside = new AsideInMemory(journal, dice);
  for (const target of targets) for (const name of names) aside.put(target, name, dice.pick(places));
  const some = (): string[] => [dice.pick(names), dice.chance(0.1) ? 'dt_nowhere' : dice.pick(names)];
  const start = (target: string): WantedStart =>
    dice.pick([
      () => ({ scenario: 'tool-timeouts', target, input: dice.chance(0.5) ? { tools: some() } : {} }),
      () => ({ scenario: 'tool-enable', target, input: { tools: some() } }),
      () => ({ scenario: 'quarantine-release', target, input: { tools: some(), finding: 'a false alarm' } }),
    ])();
  return {
    ...registry,
    inventory,
    activities: { ...stores.activities(), ...aside.activities() },
    root: start('tools'),
    rival: () => start(dice.pick(targets)),
    takeBackup: 'takeToolStoreBackup',
    meddle: () => aside.put(dice.pick(targets), dice.pick(names), dice.pick(places)),
    amendment({ input }: Waiting) {
      if (dice.chance(0.3)) return { nonsense: true };
      const isChoice = typeof input === 'object' && input !== null && 'atLeast' in input;
      return isChoice ? { tools: [dice.pick(names)], atLeast: 3 } : { tools: [dice.pick(names)] };
    },
  };
}
