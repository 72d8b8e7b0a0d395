/** The kernel's own effects: who the target is, what is open on it, who votes, what is kept at the end. */
import { getClient } from '@temporalio/activity';
import { leaseWorkflowId } from '../domain/identity.ts';
import type { Holder } from '../domain/lease.ts';
import { startCoolDown } from './records/cool-down.ts';
import { createAnnounce } from './announce.ts';
import type { KernelActivities, OpenChange } from './kernel-interface.ts';
import type { Ports } from './ports/index.ts';
import { openChangeKey, planKey, recoveryEndKey, recoveryStartKey } from './records/keys.ts';
import { tellingStore } from './record-store-failure.ts';
import { recoveryContext, type Registry } from './recovery-context.ts';
import { openReview } from './records/reviews.ts';

type KernelPorts = Pick<Ports, 'inventory' | 'records' | 'isSigned' | 'messenger'>;

export function createKernelActivities(ports: KernelPorts, registry: Registry): KernelActivities {
  const { inventory, isSigned } = ports;
  const records = tellingStore(ports.records);
  const readOpenChange = async (target: string): Promise<OpenChange | undefined> => {
    const text = await records.get(openChangeKey(target));
    return text === undefined ? undefined : (JSON.parse(text) as OpenChange);
  };

  return {
    async beginRecovery({ start, ...record }) {
      const context = await recoveryContext(
        { inventory: inventory(), records, isSigned, registry },
        { ...record, ...(start && { start }) },
      );
      await records.create(recoveryStartKey(record.id), JSON.stringify(record));
      const open = await readOpenChange(record.target);
      return { ...context, ...(open && { openChange: open }) };
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

    async recordEnd({ state, ledger }) {
      await records.put(recoveryEndKey(state.id), JSON.stringify({ state, ledger }));
      await startCoolDown(records, state);
    },

    announce: createAnnounce(ports, registry.scenarios),
    openReview: (review) => openReview(records, review, inventory().reviews.within),

    async hasOpenRun({ workflowId, firstRunId }) {
      const newest = await describe(workflowId);
      if (newest?.status.name !== 'RUNNING') return false;
      // A later recovery of the same target has the same workflow id.
      return firstRunId === undefined || newest.raw.workflowExecutionInfo?.firstRunId === firstRunId;
    },

    async leaseHolder({ target }) {
      const lease = await describe(leaseWorkflowId(target));
      return lease?.status.name === 'RUNNING' ? (lease.memo?.['holder'] as Holder | undefined) : undefined;
    },
  };
}

async function describe(workflowId: string) {
  try {
    return await getClient().workflow.getHandle(workflowId).describe();
  } catch (error) {
    if ((error as Error).name === 'WorkflowNotFoundError') return undefined;
    throw error;
  }
}
