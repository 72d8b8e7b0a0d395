/** The toys of the tests on a real Temporal server: the kernel without any real target, for measures of the engine alone. */
import type { Statement } from '../../domain/gate.ts';
import { controlQueue } from '../../domain/identity.ts';
import { decideUpdate } from '../../domain/messages.ts';
import type { StatusMemo } from '../../domain/stale.ts';
import { startTemporalServer } from '../../test/support/temporal-server.ts';
import { startToyStack, type ToyStack } from '../../test/support/toy/stack.ts';
import { workflowTaskTimeout } from '../../workflows/kit/policies.ts';
import { timed } from '../side-by-side.ts';

export interface Toys extends ToyStack {
  /** Where Temporal listens. */
  readonly address: string;
  /** Milliseconds from the start of a recovery of so many empty steps to its result. */
  readonly steps: (count: number) => Promise<number>;
  /** Looks at the open gate of a recovery, and answers how to approve it at once. */
  readonly readyToApprove: (workflowId: string) => Promise<() => Promise<unknown>>;
  /** The same by its memo, which no worker has to wake for: where its cache has forgotten the recovery, it still has. */
  readonly readyToApproveUnseen: (workflowId: string) => Promise<() => Promise<unknown>>;
  /** The same activities in a workflow that does nothing else. */
  readonly rawActivities: (count: number) => Promise<number>;
}

/** `targets` are lines of YAML; one called `steps` is there always. */
export async function startToys(tidy: AsyncDisposableStack, targets = ''): Promise<Toys> {
  const server = await startTemporalServer();
  tidy.defer(() => server.stop());
  const toys = await startToyStack(server, `  - { id: steps, kind: toy }\n${targets}`);
  tidy.defer(() => toys.stop());
  const approve = (workflowId: string, what: Pick<Statement, 'recovery' | 'gate' | 'digest'>): Promise<unknown> => {
    const at = new Date().toISOString();
    const envelope = {
      statement: { ...what, decision: 'approve' as const, by: 'ren', at, reason: 'bench' },
      signature: 'signed',
    };
    return toys.client.workflow.getHandle(workflowId).executeUpdate(decideUpdate, { args: [envelope] });
  };
  let raws = 0;
  return {
    ...toys,
    address: server.address,
    steps: (count) =>
      timed(async () => {
        const { status } = await toys.result(
          await toys.start({ scenario: 'toy-steps', target: 'steps', input: { steps: count } }),
        );
        if (status !== 'recovered') throw new Error(`a recovery of ${count} empty steps ended ${status}`);
      }),
    async readyToApprove(workflowId) {
      const { gate, digest } = await toys.gate(workflowId, 'set');
      const { id: recovery } = await toys.state(workflowId);
      return () => approve(workflowId, { recovery, gate, digest });
    },
    async readyToApproveUnseen(workflowId) {
      const { memo } = await toys.client.workflow.getHandle(workflowId).describe();
      const { id: recovery, waitingFor } = (memo!['status'] as StatusMemo).state;
      const { gate, digest } = waitingFor[0]!;
      return () => approve(workflowId, { recovery, gate, digest });
    },
    rawActivities: (count) =>
      timed(() =>
        toys.client.workflow.execute('rawActivities', {
          workflowId: `raw/${raws++}`,
          taskQueue: controlQueue,
          args: ['steps', count],
          workflowTaskTimeout,
        }),
      ),
  };
}
