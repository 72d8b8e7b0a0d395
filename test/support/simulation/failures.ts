/** Failures and payloads in the shape in which Temporal hands them around. */
import {
  ActivityFailure,
  ApplicationFailure,
  CancelledFailure,
  ChildWorkflowFailure,
  defaultFailureConverter,
  defaultPayloadConverter,
  TerminatedFailure,
  TimeoutFailure,
  type ProtoFailure,
  type TemporalFailure,
} from '@temporalio/common';
import type { Command } from './sandbox.ts';

export type Payload = Parameters<typeof defaultPayloadConverter.fromPayload>[0];

export const toPayload = (value: unknown): Payload => defaultPayloadConverter.toPayload(value);
export const toPayloads = (values: readonly unknown[]): Payload[] => values.map(toPayload);
export const fromPayload = (payload: unknown): unknown => defaultPayloadConverter.fromPayload(payload as Payload);

export const toProto = (error: unknown): ProtoFailure => defaultFailureConverter.errorToFailure(error, defaultPayloadConverter);
export const fromProto = (failure: unknown): TemporalFailure =>
  defaultFailureConverter.failureToError(failure as ProtoFailure, defaultPayloadConverter) as TemporalFailure;

export const timedOut = (what: 'START_TO_CLOSE' | 'HEARTBEAT'): TimeoutFailure =>
  new TimeoutFailure('activity timed out', undefined, what);

/** The final failure of an activity, as its workflow hears it. */
export const activityFailed = (cause: TemporalFailure, type: string, id: string): ProtoFailure =>
  toProto(
    new ActivityFailure(
      'Activity task failed',
      type,
      id,
      cause instanceof ApplicationFailure && cause.nonRetryable ? 'NON_RETRYABLE_FAILURE' : 'MAXIMUM_ATTEMPTS_REACHED',
      'simulation',
      cause,
    ),
  );
export const activityCancelled = (type: string, id: string): ProtoFailure =>
  toProto(
    new ActivityFailure('Activity cancelled', type, id, 'CANCEL_REQUESTED', 'simulation', new CancelledFailure('cancelled')),
  );

/** How a child ended that did not complete, as its parent hears it; without a command it was terminated. */
export function childFailed(
  child: { workflowId: string; runId: string; type: string },
  ending: Command | undefined,
): ProtoFailure {
  const cause = ending?.failWorkflowExecution
    ? fromProto(ending.failWorkflowExecution.failure)
    : ending?.cancelWorkflowExecution
      ? new CancelledFailure('cancelled')
      : new TerminatedFailure('terminated');
  const { workflowId, runId, type } = child;
  return toProto(new ChildWorkflowFailure('default', { workflowId, runId }, type, 'RETRY_POLICY_NOT_SET', cause));
}

export const signalFailed = (): ProtoFailure =>
  toProto(ApplicationFailure.nonRetryable('Unable to signal external workflow because it was not found'));
