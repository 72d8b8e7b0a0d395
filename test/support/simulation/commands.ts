/** What each command of a workflow does on the server. One that nobody knows here is an error, so that none is lost in silence. */
import { tsToMs } from '@temporalio/common/lib/time.js';
import { TaskFailed, type Execution } from './execution.ts';
import { fromPayload, signalFailed } from './failures.ts';
import type { Command } from './sandbox.ts';
import type { MemoryTemporal } from './temporal.ts';

type Obedience = (server: MemoryTemporal, execution: Execution, command: Command) => void;

/** `ParentClosePolicy.TERMINATE` on the wire; also what the server takes when nothing is said. */
const terminate = [0, 1];
const alreadyExists = 1;

const ends: Obedience = (server, execution, command) => server.end(execution, command);
/** Seen by people only. */
const shown: Obedience = () => {};

const obediences: Readonly<Partial<Record<keyof Command, Obedience>>> = {
  startTimer: (server, execution, { startTimer }) => {
    const { timeline, chaos } = server.machinery;
    const seq = startTimer!.seq!;
    execution.timers.add(seq);
    timeline.after(tsToMs(startTimer!.startToFireTimeout) + chaos.timerDelay(), () => {
      if (execution.timers.delete(seq)) server.tell(execution, { fireTimer: { seq } });
    });
  },
  cancelTimer: (_, execution, { cancelTimer }) => void execution.timers.delete(cancelTimer!.seq!),

  scheduleActivity: (server, execution, { scheduleActivity }) => server.activityRuns.schedule(execution, scheduleActivity!),
  scheduleLocalActivity: (server, execution, { scheduleLocalActivity }) =>
    server.activityRuns.schedule(execution, scheduleLocalActivity!),
  requestCancelActivity: (server, execution, { requestCancelActivity }) =>
    server.activityRuns.cancel(execution, requestCancelActivity!.seq!),
  requestCancelLocalActivity: (server, execution, { requestCancelLocalActivity }) =>
    server.activityRuns.cancel(execution, requestCancelLocalActivity!.seq!),

  startChildWorkflowExecution: (server, execution, { startChildWorkflowExecution }) => {
    const { seq, workflowId, workflowType, input, parentClosePolicy, memo } = startChildWorkflowExecution!;
    const { timeline, chaos } = server.machinery;
    timeline.after(chaos.wireDelay(), () => {
      if (execution.status !== 'open') return;
      const parent = { execution, seq: seq!, dies: terminate.includes(parentClosePolicy ?? 0) };
      const kept = Object.fromEntries(Object.entries(memo ?? {}).map(([name, payload]) => [name, fromPayload(payload)]));
      const child = server.start({ workflowId: workflowId!, type: workflowType!, input, parent, memo: kept });
      const outcome = child
        ? { succeeded: { runId: child.identity.runId } }
        : { failed: { workflowId, workflowType, cause: alreadyExists } };
      server.tell(execution, { resolveChildWorkflowExecutionStart: { seq, ...outcome } });
    });
  },
  cancelChildWorkflowExecution: (server, execution, { cancelChildWorkflowExecution }) => {
    for (const [child, family] of server.families) {
      if (family.execution === execution && family.seq === cancelChildWorkflowExecution!.childWorkflowSeq) server.cancel(child);
    }
  },

  signalExternalWorkflowExecution: (server, execution, { signalExternalWorkflowExecution }) => {
    const { seq, workflowExecution, childWorkflowId, signalName, args } = signalExternalWorkflowExecution!;
    const { timeline, chaos } = server.machinery;
    const runId = workflowExecution?.runId;
    timeline.after(chaos.wireDelay(), () => {
      const target = server.open(childWorkflowId || workflowExecution!.workflowId!);
      const found = target && (!runId || [target.identity.runId, target.identity.firstRunId].includes(runId));
      if (found) server.signal(target, signalName!, args ?? []);
      timeline.after(chaos.wireDelay(), () =>
        server.tell(execution, { resolveSignalExternalWorkflow: { seq, ...(!found && { failure: signalFailed() }) } }),
      );
    });
  },
  requestCancelExternalWorkflowExecution: (server, execution, { requestCancelExternalWorkflowExecution }) => {
    const { seq, workflowExecution } = requestCancelExternalWorkflowExecution!;
    const target = server.open(workflowExecution!.workflowId!);
    if (target) server.cancel(target);
    server.tell(execution, { resolveRequestCancelExternalWorkflow: { seq, ...(!target && { failure: signalFailed() }) } });
  },

  updateResponse: (server, _, { updateResponse }) => server.answerUpdate(updateResponse!),
  upsertWorkflowSearchAttributes: shown,
  modifyWorkflowProperties: shown,
  /** Recorded with the task that set it, and told again when it is replayed. */
  setPatchMarker: shown,
  completeWorkflowExecution: ends,
  failWorkflowExecution: ends,
  cancelWorkflowExecution: ends,
  continueAsNewWorkflowExecution: ends,
};

export function obey(server: MemoryTemporal, execution: Execution, command: Command): void {
  const name = Object.keys(command).find((key) => key in obediences || !beside.includes(key));
  const obedience = obediences[name as keyof Command];
  if (obedience === undefined) throw new TaskFailed(`The simulation knows no command ${name}`);
  obedience(server, execution, command);
}

const beside = ['userMetadata', 'eventGroupMarkers'];
