/** The kernel's own effects: who the target is, what is open on it, who votes, what is kept at the end. */
import { getClient } from '@temporalio/activity';
import type { TargetEntry } from '../contracts/inventory.ts';
import type { Kinds } from '../contracts/kinds.ts';
import { scenarioById, type ScenarioEntry } from '../contracts/scenarios.ts';
import { fail } from '../domain/fail.ts';
import { defaultPolicy, type GatePolicy } from '../domain/gate.ts';
import { createAnnounce } from './announce.ts';
import type { KernelActivities, OpenChange } from './kernel-interface.ts';
import type { Ports } from './ports/index.ts';
import { openChangeKey, planKey, recoveryEndKey, recoveryStartKey } from './records.ts';
import { tellingStore } from './record-store-failure.ts';

type KernelPorts = Pick<Ports, 'inventory' | 'records' | 'isSigned' | 'messenger'>;

export interface Registry {
  readonly scenarios: readonly ScenarioEntry[];
  readonly kinds: Kinds;
}

export function createKernelActivities(ports: KernelPorts, registry: Registry): KernelActivities {
  const { inventory, isSigned } = ports;
  const records = tellingStore(ports.records);
  const readOpenChange = async (target: string): Promise<OpenChange | undefined> => {
    const text = await records.get(openChangeKey(target));
    return text === undefined ? undefined : (JSON.parse(text) as OpenChange);
  };

  return {
    async beginRecovery(record) {
      const world = inventory();
      const target = world.targets.find(({ id }) => id === record.target);
      const scenario = scenarioById(record.scenario, registry.scenarios);
      if (target === undefined) {
        throw fail('unknown-target', { en: `No target ${record.target}.`, ja: `対象 ${record.target} はありません。` });
      }
      if (scenario === undefined) {
        throw fail('unknown-scenario', {
          en: `No scenario ${record.scenario}.`,
          ja: `シナリオ ${record.scenario} はありません。`,
        });
      }
      await records.create(recoveryStartKey(record.id), JSON.stringify(record));
      const open = await readOpenChange(target.id);
      const rtoMs = target.objectives.rto ?? scenario.objectives.rtoMs;
      return {
        target: target.id,
        kind: target.kind,
        site: target.site,
        locale: world.locale,
        objectives: { rtoMs, rpoMs: target.objectives.rpo ?? scenario.objectives.rpoMs },
        gates: Object.fromEntries(Object.entries(target.approvals).map(([gate, policy]) => [gate, asGatePolicy(policy, rtoMs)])),
        facts: registry.kinds[target.kind]?.facts(target),
        ...(open && { openChange: open }),
      };
    },

    async openChange({ target, recovery, step, undo, at }) {
      const before = await readOpenChange(target);
      const open: OpenChange =
        before?.recovery === recovery ? before : { target, recovery, since: at, undos: [], ...(before && { earlier: before }) };
      const undos = [...open.undos.filter((known) => known.step !== step), { step, ...undo }];
      await records.put(openChangeKey(target), JSON.stringify({ ...open, undos }));
    },

    async closeChange({ target, recovery, verified }) {
      const open = await readOpenChange(target);
      if (open?.recovery !== recovery) return;
      if (verified || open.earlier === undefined) await records.remove(openChangeKey(target));
      else await records.put(openChangeKey(target), JSON.stringify(open.earlier));
    },

    identifyVoter({ statement, signature }) {
      const world = inventory();
      const person = world.people.find(({ id }) => id === statement.by);
      const signed = signature !== undefined && isSigned(statement, signature);
      return Promise.resolve({
        known: person !== undefined,
        roles: person?.roles ?? [],
        groups: person?.groups ?? [],
        signed,
        trusted: signed || (signature === undefined && world.approvals.acceptUnsignedSignals),
      });
    },

    async keepPlan({ recovery, plan }) {
      const key = planKey(recovery, plan.digest);
      await records.put(key, JSON.stringify({ ...plan, ref: key }));
      return key;
    },

    recordEnd: ({ state, ledger }) => records.put(recoveryEndKey(state.id), JSON.stringify({ state, ledger })),

    announce: createAnnounce(ports, registry.scenarios),

    async hasOpenRun({ workflowId }) {
      try {
        const { status } = await getClient().workflow.getHandle(workflowId).describe();
        return status.name === 'RUNNING';
      } catch (error) {
        if ((error as Error).name === 'WorkflowNotFoundError') return false;
        throw error;
      }
    },
  };
}

function asGatePolicy(policy: TargetEntry['approvals'][string], rtoMs: number): GatePolicy {
  const withinMs = policy.within ?? defaultPolicy(rtoMs).stages[0]!.withinMs;
  return {
    need: policy.need,
    stages: [{ from: policy.from, withinMs }, ...policy.then.map(({ from, within }) => ({ from, withinMs: within }))],
    otherwise: policy.otherwise,
    always: policy.always,
  };
}
