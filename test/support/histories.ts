/** Histories as JSON: read from files or from a server, and told as the commands that the workflow emitted. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

interface Payload {
  readonly data?: string;
}

/** What the tests look at; a history has much more. */
export interface HistoryEvent {
  readonly eventId: string;
  readonly eventType: string;
  readonly userMetadata?: { readonly summary?: Payload };
  readonly [attributes: string]: unknown;
}
export interface History {
  readonly events: readonly HistoryEvent[];
}
export interface RecordedHistory {
  /** File name without its ending, below test/histories/. */
  readonly name: string;
  readonly workflowId: string;
  readonly runId: string;
  readonly history: History;
}

export const historyFolder = fileURLToPath(new URL('../histories', import.meta.url));

/** Where histories lie: `''` and `toys` of the kernel of today, `kernel-1` and so on those that an earlier one recorded. */
export type HistoryFolder = '' | 'toys' | 'kernel-1' | 'kernel-1/toys' | 'kernel-2' | 'kernel-5/toys';

export function recordedHistories(folder: HistoryFolder): RecordedHistory[] {
  const names = readdirSync(join(historyFolder, folder)).filter((name) => name.endsWith('.json'));
  return names.toSorted().map((name) => {
    const history = JSON.parse(readFileSync(join(historyFolder, folder, name), 'utf8')) as History;
    const { workflowId = '', originalExecutionRunId: runId = '' } = attributesOf(history.events[0]!);
    return { name: join(folder, name.replace(/\.json$/, '')), workflowId, runId, history };
  });
}

interface Attributes {
  readonly workflowId?: string;
  readonly originalExecutionRunId?: string;
  readonly activityType?: { readonly name: string };
  readonly workflowType?: { readonly name: string };
  readonly workflowExecution?: { readonly workflowId: string };
  readonly workflowTaskTimeout?: string;
  readonly startToCloseTimeout?: string;
  readonly heartbeatTimeout?: string;
  readonly signalName?: string;
  /** Why a workflow task failed. */
  readonly cause?: string;
  readonly markerName?: string;
  readonly acceptedRequest?: { readonly input: { readonly name: string } };
  readonly searchAttributes?: { readonly indexedFields: Readonly<Record<string, Payload>> };
  readonly failure?: { readonly applicationFailureInfo?: { readonly type: string } };
}

/** The part of an event that its type names: `…EventAttributes`. */
export function attributesOf(event: HistoryEvent): Attributes {
  const key = Object.keys(event).find((name) => name.endsWith('EventAttributes'));
  return (key === undefined ? {} : event[key]) as Attributes;
}

export const typeOf = (event: HistoryEvent): string => event.eventType.replace('EVENT_TYPE_', '');
export const summaryOf = (event: HistoryEvent): string => textOf(event.userMetadata?.summary) ?? '';

function textOf(payload: Payload | undefined): string | undefined {
  if (payload?.data === undefined) return undefined;
  const value: unknown = JSON.parse(Buffer.from(payload.data, 'base64').toString());
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Every event that is there because the workflow's code asked for it, in its order: a change of any is a change of the kernel. */
export const commandsOf = ({ events }: History): string[] =>
  events.flatMap((event) => {
    const tell = commands[typeOf(event)];
    return tell ? [tell(attributesOf(event), event)] : [];
  });

/** Whether the event is there because the workflow's code asked for it. */
export const isCommand = (event: HistoryEvent): boolean => Object.hasOwn(commands, typeOf(event));

const commands: Readonly<Record<string, (attributes: Attributes, event: HistoryEvent) => string>> = {
  ACTIVITY_TASK_SCHEDULED: ({ activityType }) => `activity ${activityType!.name}`,
  ACTIVITY_TASK_CANCEL_REQUESTED: () => 'cancel activity',
  TIMER_STARTED: (_, event) => `timer: ${summaryOf(event)}`,
  TIMER_CANCELED: () => 'cancel timer',
  START_CHILD_WORKFLOW_EXECUTION_INITIATED: ({ workflowType, workflowId }) => `child ${workflowType!.name}: ${workflowId}`,
  SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED: ({ signalName, workflowExecution }) =>
    `signal ${signalName} to ${workflowExecution!.workflowId}`,
  REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED: () => 'cancel another workflow',
  UPSERT_WORKFLOW_SEARCH_ATTRIBUTES: ({ searchAttributes }) => {
    const { OkiagariStatus, OkiagariPhase, TemporalChangeVersion } = searchAttributes!.indexedFields;
    // Written by the SDK beside the marker of a patch.
    if (TemporalChangeVersion) return `versions ${textOf(TemporalChangeVersion)}`;
    return `attributes ${textOf(OkiagariStatus)}/${textOf(OkiagariPhase)}`;
  },
  WORKFLOW_PROPERTIES_MODIFIED: () => 'memo',
  MARKER_RECORDED: ({ markerName }) => `marker ${markerName}`,
  WORKFLOW_EXECUTION_UPDATE_ACCEPTED: ({ acceptedRequest }) => `accept ${acceptedRequest!.input.name}`,
  WORKFLOW_EXECUTION_UPDATE_COMPLETED: () => 'answer',
  WORKFLOW_EXECUTION_COMPLETED: () => 'complete',
  WORKFLOW_EXECUTION_FAILED: ({ failure }) => `fail ${failure?.applicationFailureInfo?.type}`,
  WORKFLOW_EXECUTION_CANCELED: () => 'cancelled',
  WORKFLOW_EXECUTION_CONTINUED_AS_NEW: () => 'continue as new',
};

/** As the workflow wanted to close, something came for it: Temporal asks it once more, and nothing is wrong. */
const somethingCame = 'WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND';

/** What people would miss in the Temporal UI, or wait for after a worker died; empty where all is well. */
export function faultsOf({ events }: History): string[] {
  const of = (type: RegExp): readonly HistoryEvent[] => events.filter((event) => type.test(typeOf(event)));
  const told = ({ eventId, eventType }: HistoryEvent, fault: string): string => `${eventId} ${eventType}: ${fault}`;
  const drawn = /^(ACTIVITY_TASK_SCHEDULED|TIMER_STARTED|START_CHILD_WORKFLOW_EXECUTION_INITIATED)$/;
  const activities = of(/^ACTIVITY_TASK_SCHEDULED$/);
  return [
    ...of(/^WORKFLOW_TASK_FAILED$/).flatMap((event) => {
      const { cause = '' } = attributesOf(event);
      return cause === somethingCame ? [] : [told(event, `the code threw what is no failure, or did not replay (${cause})`)];
    }),
    ...of(drawn).flatMap((event) => (summaryOf(event) === '' ? [told(event, 'has no summary')] : [])),
    ...activities.flatMap((event) =>
      /^[a-z][a-z ]+ · [a-z0-9-]+$/.test(summaryOf(event)) ? [] : [told(event, 'does not say what is done to which target')],
    ),
    ...activities.flatMap((event) => (isMissedSoon(event) ? [] : [told(event, 'hides a dead worker for more than 2 s')])),
    ...of(/^(WORKFLOW_EXECUTION_STARTED|START_CHILD_WORKFLOW_EXECUTION_INITIATED)$/).flatMap((event) =>
      attributesOf(event).workflowTaskTimeout === '2s' ? [] : [told(event, 'hides a dead worker for the 10 s of a default')],
    ),
    ...(events.length < 2_000 ? [] : [`${events.length} events are too many`]),
  ];
}

/** Ends within 2 s, or heartbeats at least every 1.5 s. */
function isMissedSoon(event: HistoryEvent): boolean {
  const { startToCloseTimeout = '', heartbeatTimeout = '' } = attributesOf(event);
  const heartbeat = Number.parseFloat(heartbeatTimeout);
  return Number.parseFloat(startToCloseTimeout) <= 2 || (heartbeat > 0 && heartbeat <= 1.5);
}
