/** The effects of a full system recovery, made of ports; each stays alive in Temporal's eyes while it works. */
import { fail } from '../../domain/fail.ts';
import { alive } from '../alive.ts';
import type { Ports } from '../ports/index.ts';
import { systemBackupKey } from '../records/keys.ts';
import { toolStoreTarget } from '../tool-store/target.ts';
import { isThere } from './agent-package.ts';
import { checkEnvironment } from './check-environment.ts';
import type { FullSystemActivities } from './interface.ts';
import { applyEnvironment, planEnvironment, undoEnvironment } from './prepare-environment.ts';
import { tellOverBudget } from './tell-over-budget.ts';

export function createFullSystemActivities(ports: Ports): FullSystemActivities {
  return {
    planEnvironment: (input) => alive(() => planEnvironment(ports, input)),
    applyEnvironment: (input) => alive((signal) => applyEnvironment(ports, input, signal)),
    undoEnvironment: (input) => alive((signal) => undoEnvironment(ports, input, signal)),
    checkEnvironment: (input) => alive((signal) => checkEnvironment(ports, input, signal)),
    isPlaceThere: ({ target }) => isThere(ports, toolStoreTarget(ports, target).root),
    tellOverBudget: (input) => tellOverBudget(ports, input),
    noteBackup: ({ system, backup, rpoMs }) => ports.records.put(systemBackupKey(system), JSON.stringify({ backup, rpoMs })),
    async notedBackup({ target, system }) {
      const text = await ports.records.get(systemBackupKey(system));
      if (text !== undefined) return JSON.parse(text) as { backup: string; rpoMs: number };
      throw fail('no-backup', {
        en: `No backup of ${target} was chosen for ${system}.`,
        ja: `${system} では ${target} のバックアップが選ばれていません。`,
      });
    },
  };
}
