/** What an activity may ask Temporal through its client, answered from memory. */
import type { Execution } from './execution.ts';
import type { MemoryTemporal } from './temporal.ts';

const statusNames: Readonly<Record<Execution['status'], string>> = {
  open: 'RUNNING',
  completed: 'COMPLETED',
  failed: 'FAILED',
  cancelled: 'CANCELLED',
  terminated: 'TERMINATED',
  continued: 'CONTINUED_AS_NEW',
};

export function clientOf(server: MemoryTemporal) {
  const find = (workflowId: string): Execution => {
    const execution = server.find(workflowId);
    if (execution) return execution;
    const error = new Error(`no workflow ${workflowId}`);
    error.name = 'WorkflowNotFoundError';
    throw error;
  };
  return {
    workflow: {
      getHandle: (workflowId: string) => ({
        workflowId,
        describe: () => Promise.resolve().then(() => described(find(workflowId))),
        query: async (query: string | { readonly name: string }, ...args: unknown[]) =>
          find(workflowId).query(typeof query === 'string' ? query : query.name, args),
      }),
    },
  };
}

const described = ({ identity, status }: Execution) => ({
  workflowId: identity.workflowId,
  runId: identity.runId,
  type: identity.type,
  status: { name: statusNames[status] },
  memo: identity.memo,
  raw: { workflowExecutionInfo: { firstRunId: identity.firstRunId } },
});
