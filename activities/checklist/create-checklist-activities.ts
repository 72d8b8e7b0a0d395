/** The checklist's questions, made of ports. */
import { kinds as allKinds, type Kinds } from '../../contracts/kinds.ts';
import { fillChecklist, receiptOf } from '../../domain/checklist/fill.ts';
import { answerMachine } from '../../domain/checklist/machine-answers.ts';
import { fail } from '../../domain/fail.ts';
import { alive } from '../alive.ts';
import type { Ports } from '../ports/index.ts';
import { checklistKey } from '../records/keys.ts';
import { tellingStore } from '../record-store-failure.ts';
import { requireRoot, toolStoreTarget } from '../tool-store/target.ts';
import { checkAgent } from './check-agent.ts';
import { checkFiles } from './check-files.ts';
import { checkRuns } from './check-runs.ts';
import type { ChecklistActivities } from './interface.ts';

export function createChecklistActivities(ports: Ports, kinds: Kinds = allKinds): ChecklistActivities {
  return {
    checkStoreFiles: (input) => alive((signal) => checkFiles(ports, input, signal)),
    checkStoreAgent: (input) => alive((signal) => checkAgent(ports, input, signal)),
    checkStoreRuns: (input) => alive((signal) => checkRuns(ports, input, signal)),
    async checkStoreMachine({ target: id }) {
      const target = toolStoreTarget(ports, id);
      await requireRoot(ports, target);
      return answerMachine(await ports.machineUse(target.root), target.limits);
    },
    async keepChecklist({ id, target, ...filling }) {
      const kind = ports.inventory().targets.find((one) => one.id === target)?.kind;
      const definition = kind === undefined ? undefined : kinds[kind]?.verify?.list;
      if (definition === undefined) {
        throw fail('unknown-target', { en: `${target} has no checklist.`, ja: `${target} にはチェックリストがありません。` });
      }
      const list = fillChecklist(definition, { id, target, ...filling, finishedAt: new Date().toISOString() });
      const ref = checklistKey(id);
      await tellingStore(ports.records).put(ref, JSON.stringify(list));
      return receiptOf(list, ref);
    },
  };
}
