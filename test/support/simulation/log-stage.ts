/** Audit logs as a stage: they are damaged, repaired, and written to by hand. */
import { kinds } from '../../../contracts/kinds.ts';
import { scenarios } from '../../../contracts/scenarios.ts';
import type { Dice } from './dice.ts';
import type { Journal } from './journal.ts';
import { LogsInMemory } from './logs-in-memory.ts';
import type { Stage, WantedStart } from './stage.ts';
import { StoresInMemory } from './stores-in-memory.ts';
import { drawInventory } from './town.ts';

const targets = ['tools', 'spare'];
const lines = ['bad 1', 'good 1', 'bad 2', 'good 2', 'good 3'];

export function logStage(dice: Dice, journal: Journal): Stage {
  const registry = { kinds, scenarios };
  const inventory = drawInventory(
    dice,
    ['log-quarantine', 'suspect-backup'],
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
  const stores = new StoresInMemory(journal, { crowded: false, agentRuns: false });
  const isSuspect = dice.chance(0.3);
  for (const target of targets) stores.keep(target, 'backup-1', isSuspect ? 'suspect' : 'verified');
  const logs = new LogsInMemory(journal, dice.between(0, 2), isSuspect);
  const drawn = (): string =>
    lines
      .filter(() => dice.chance(0.6))
      .map((line) => `${line}\n`)
      .join('');
  for (const target of targets) logs.write(target, drawn());
  const start = (target: string): WantedStart => ({
    scenario: dice.chance(0.5) ? 'audit-log-corruption' : 'audit-log-restore',
    target,
    input: {},
  });
  return {
    ...registry,
    inventory,
    activities: { ...stores.activities(), ...logs.activities() },
    root: start('tools'),
    rival: () => start(dice.pick(targets)),
    takeBackup: 'takeToolStoreBackup',
    meddle: () => logs.write(dice.pick(targets), drawn()),
    amendment: () => (dice.chance(0.3) ? { nonsense: true } : {}),
  };
}
