/** Tool stores that are only looked at: their health is drawn, and anybody may change it by hand. */
import type { ChecklistActivities } from '../../../activities/checklist/interface.ts';
import { kinds } from '../../../contracts/kinds.ts';
import { scenarios } from '../../../contracts/scenarios.ts';
import { fillChecklist, receiptOf } from '../../../domain/checklist/fill.ts';
import { toolStoreChecklist } from '../../../domain/checklist/tool-store-list.ts';
import { judged, notApplicable, type Answer } from '../../../domain/checklist/words.ts';
import { fail } from '../../../domain/fail.ts';
import { plain } from '../../../domain/text.ts';
import type { Dice } from './dice.ts';
import type { Journal } from './journal.ts';
import type { Stage, WantedStart } from './stage.ts';
import { StoresInMemory } from './stores-in-memory.ts';
import { drawInventory } from './town.ts';

const targets = ['tools', 'spare'];
const questions = ['checkStoreFiles', 'checkStoreAgent', 'checkStoreRuns', 'checkStoreMachine'] as const;
type Health = 'well' | 'ill' | 'unasked' | 'away';

export function checkStage(dice: Dice, journal: Journal): Stage {
  const registry = { kinds, scenarios };
  const inventory = drawInventory(
    dice,
    ['sign-off'],
    (approvals) =>
      [
        'repositories: [{ id: shelf, kind: directory, path: /shelf }]',
        'targets:',
        ...targets.map(
          (id) => `  - { id: ${id}, kind: tool-store, root: /${id}, repositories: [shelf], approvals: ${approvals} }`,
        ),
      ].join('\n'),
    registry,
  );
  const stores = new StoresInMemory(journal, { crowded: false, agentRuns: false });
  const draw = (): Health => dice.pick(['well', 'well', 'well', 'unasked', 'ill', 'away']);
  const health = new Map(questions.map((question) => [question as string, draw()]));
  const start = (target: string): WantedStart => ({
    scenario: 'tool-store-check',
    target,
    input: dice.chance(0.3) ? { tools: dice.between(0, 9) } : {},
  });
  return {
    ...registry,
    inventory,
    activities: { ...stores.activities(), ...checks(health) },
    root: start('tools'),
    rival: () => start(dice.pick(targets)),
    takeBackup: 'takeToolStoreBackup',
    meddle: () => void health.set(dice.pick([...questions]), draw()),
    amendment: () => ({ nonsense: true }),
  };
}

/** Each question speaks for a quarter of the list. */
export function checks(health: ReadonlyMap<string, Health>): ChecklistActivities {
  const quarter = toolStoreChecklist.items.length / questions.length;
  const answer = (question: string): Promise<readonly Answer[]> => {
    const at = questions.findIndex((one) => one === question);
    const items = toolStoreChecklist.items.filter((_, n) => Math.floor(n / quarter) === at);
    const state = health.get(question)!;
    if (state === 'away') throw fail('target-missing', plain(`${question} finds nothing.`));
    const words = plain(state);
    return Promise.resolve(
      items.map(({ id }) =>
        state === 'unasked' && id !== 'tools-folder' ? notApplicable(id, words) : judged(id, state !== 'ill', words),
      ),
    );
  };
  return {
    checkStoreFiles: () => answer('checkStoreFiles'),
    checkStoreAgent: () => answer('checkStoreAgent'),
    checkStoreRuns: () => answer('checkStoreRuns'),
    checkStoreMachine: () => answer('checkStoreMachine'),
    keepChecklist: ({ id, target, ...filling }) =>
      Promise.resolve(
        receiptOf(
          fillChecklist(toolStoreChecklist, { id, target, ...filling, finishedAt: filling.startedAt }),
          `checklists/${id}.json`,
        ),
      ),
  };
}
