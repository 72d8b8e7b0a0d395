/** A breach as a stage: planted and altered tools in memory, a quarantine for two, code that is not its source's. */
import type { BreachActivities } from '../../../activities/breach/interface.ts';
import type { SetAsideActivities } from '../../../activities/set-aside/interface.ts';
import type { SourceCodeActivities } from '../../../activities/source-code/interface.ts';
import { kinds } from '../../../contracts/kinds.ts';
import { scenarios } from '../../../contracts/scenarios.ts';
import type { Waiting } from '../../../domain/recovery.ts';
import { plain } from '../../../domain/text.ts';
import type { Dice } from './dice.ts';
import { EditsInMemory, type Edit } from './edits-in-memory.ts';
import type { Journal } from './journal.ts';
import type { Stage } from './stage.ts';
import { StoresInMemory, toolPath } from './stores-in-memory.ts';
import { drawInventory } from './town.ts';

const target = 'tools';
const scenario = 'security-breach';
const commands = '{ running: [is-running], stop: [stop], start: [start] }';
const names = ['dt_a', 'dt_b', 'dt_c'];
const code = '.pi/extensions/code.ts';
const away = (path: string): string => path.replace('.pi/tools/', '.pi/tools/quarantine/');

export function breachStage(dice: Dice, journal: Journal): Stage {
  const registry = { kinds, scenarios };
  const agent = dice.pick(['agent: none, ', '', `agent: ${commands}, `]);
  const inventory = drawInventory(
    dice,
    ['restore', 'suspect-backup', 'code'],
    (approvals) =>
      `repositories: [{ id: shelf, kind: directory, path: /shelf }]\ntargets:\n` +
      `  - { id: ${target}, kind: tool-store, root: /${target}, repositories: [shelf], ${agent}approvals: ${approvals} }`,
    registry,
  );
  const stores = new StoresInMemory(journal, { crowded: false, agentRuns: agent.includes(commands) && dice.chance(0.7) });
  for (const name of names) stores.write(target, toolPath(name), `${name} as it was`);
  stores.keep(target, 'backup-1', dice.pick(['verified', 'suspect']));
  stores.write(target, toolPath('dt_planted'), 'evil');
  if (dice.chance(0.5)) stores.write(target, toolPath('dt_a'), 'dt_a evil');
  if (dice.chance(0.5)) stores.remove(target, toolPath('dt_b'));
  stores.write(target, code, dice.pick(['evil code', 'code']));
  return {
    ...registry,
    inventory,
    activities: { ...stores.activities(), ...breachActivities(journal, stores) },
    root: { scenario, target, input: {} },
    rival: () => ({ scenario: 'tool-store-loss', target, input: {} }),
    takeBackup: 'takeToolStoreBackup',
    meddle() {
      const path = toolPath(dice.pick([...names, 'dt_new']));
      if (dice.chance(0.3)) stores.remove(target, path);
      else stores.write(target, path, dice.pick(['evil by hand', 'by hand']));
    },
    amendment({ input }: Waiting) {
      if (dice.chance(0.3)) return { nonsense: true };
      if (typeof input === 'object' && input && 'code' in input) return { code: dice.pick(['restore', 'leave']) };
      if (typeof input === 'object' && input && 'trusted' in input) return { tools: [], trusted: [] };
      return typeof input === 'object' && input && 'tools' in input ? { tools: ['dt_c'] } : { backup: 'backup-1' };
    },
  };
}

function breachActivities(
  journal: Journal,
  stores: StoresInMemory,
): BreachActivities & SetAsideActivities & SourceCodeActivities {
  const edits = new EditsInMemory(journal, stores);
  const evil = (): string[] =>
    stores.paths(target).filter((path) => /^\.pi\/tools\/[^/]+$/.test(path) && stores.read(target, path)!.includes('evil'));
  const unused = (): Promise<never> => Promise.reject(new Error('nobody asks here'));
  return {
    preserveEvidence: async () => ({ ref: 'evidence', files: 1, bytes: 1, digest: 'e' }),
    examineBreach: async () => ({ ref: 'f', digest: 'f', suspicious: evil().length, findings: [], sentence: plain('Looked.') }),
    planQuarantine: async (input) => {
      const moves = evil().flatMap((path): Edit[] => {
        const content = stores.read(target, path)!;
        let to = away(path);
        while (stores.read(target, to) !== undefined) to += '+';
        return [
          { path: to, before: undefined, after: content },
          { path, before: content, after: undefined },
        ];
      });
      return edits.plan(input, 'quarantine', moves);
    },
    applySetAside: async (input) => ({ moved: edits.apply(input), already: 0 }),
    undoSetAside: async (input) => {
      const { undone, kept } = edits.undo(input);
      return { movedBack: undone, kept };
    },
    judgeBackup: async () => ({ tools: names, leftOut: 0, why: [] }),
    planSources: async (input) => {
      const before = stores.read(target, code);
      return edits.plan(input, 'code', before === 'code' ? [] : [{ path: code, before, after: 'code' }]);
    },
    applySources: async (input) => ({ written: edits.apply(input), already: 0, movedOut: 0 }),
    undoSources: async (input) => {
      const { undone, kept } = edits.undo(input);
      return { restored: undone, removed: 0, kept };
    },
    verifyBreach: async () => [{ id: 'nothing-unknown', ok: evil().length === 0, sentence: plain(`${evil().length} are left.`) }],
    ...{
      planSetAside: unused,
      planBringBack: unused,
      applyBringBack: unused,
      undoBringBack: unused,
      verifyMoves: unused,
      compareSources: unused,
    },
  };
}
