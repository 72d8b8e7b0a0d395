/** Every recorded history replays on today's workflows, and a history that was tampered with does not: the kernel has not changed unseen. */
import { fileURLToPath } from 'node:url';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { beforeAll, describe, expect, test } from 'vitest';
import { workflowBundle } from '../worker/bundle.ts';
import {
  attributesOf,
  isCommand,
  recordedHistories,
  typeOf,
  type HistoryEvent,
  type HistoryFolder,
  type RecordedHistory,
} from './support/histories.ts';

beforeAll(() => {
  Runtime.install({
    logger: new DefaultLogger('ERROR', () => {}),
    telemetryOptions: { logging: { filter: { core: 'ERROR', other: 'ERROR' }, forward: {} } },
  });
});

/** What went wrong, by the name of each history; undefined where nothing did. */
async function replay(bundle: { codePath: string }, histories: readonly RecordedHistory[]): Promise<Record<string, unknown>> {
  const errors = new Map<string, unknown>();
  for await (const { runId, error } of Worker.runReplayHistories({ workflowBundle: bundle }, histories)) errors.set(runId, error);
  expect(errors.size).toBe(histories.length);
  return Object.fromEntries(histories.map(({ name, runId }) => [name, errors.get(runId)]));
}

const ours = () => workflowBundle();
const entry = fileURLToPath(new URL('support/toy/workflows.ts', import.meta.url));
const toys = () => workflowBundle({ entry });
const all: readonly { readonly folder: HistoryFolder; readonly bundle: typeof ours }[] = [
  { folder: '', bundle: ours },
  { folder: 'toys', bundle: toys },
  { folder: 'kernel-1', bundle: ours },
  { folder: 'kernel-1/toys', bundle: toys },
  { folder: 'kernel-2', bundle: ours },
  { folder: 'kernel-5/toys', bundle: toys },
];

type Tamper = (events: readonly HistoryEvent[]) => readonly HistoryEvent[] | undefined;

/** Another command stands where the first one stood. */
const oneChanged: Tamper = (events) => {
  const at = events.findIndex((event) => isCommand(event));
  const { workflowTaskCompletedEventId } = attributesOf(events[at]!) as { workflowTaskCompletedEventId: string };
  const { eventId, eventTime } = events[at]!;
  const other =
    typeOf(events[at]!) === 'TIMER_STARTED'
      ? {
          eventType: 'EVENT_TYPE_WORKFLOW_PROPERTIES_MODIFIED',
          workflowPropertiesModifiedEventAttributes: { workflowTaskCompletedEventId, upsertedMemo: {} },
        }
      : {
          eventType: 'EVENT_TYPE_TIMER_STARTED',
          timerStartedEventAttributes: { timerId: '99', startToFireTimeout: '1s', workflowTaskCompletedEventId },
        };
  return events.toSpliced(at, 1, { eventId, eventTime, ...other });
};

/** A command is missing that nothing later answers to; what follows moves up. Undefined where there is none such. */
const oneRemoved: Tamper = (events) => {
  const unanswered = /^(WORKFLOW_PROPERTIES_MODIFIED|UPSERT_.*|TIMER_CANCELED|ACTIVITY_TASK_CANCEL_REQUESTED)$/;
  const at = events.findIndex((event) => unanswered.test(typeOf(event)));
  if (at < 0) return undefined;
  const moved = (key: string, value: unknown): unknown =>
    /[eE]ventId$/.test(key) && typeof value === 'string' && Number(value) > at ? String(Number(value) - 1) : value;
  return JSON.parse(JSON.stringify(events.toSpliced(at, 1), moved)) as HistoryEvent[];
};

/** Some hundred histories on a busy machine. */
const slow = { timeout: 300_000 };

describe.each(all)('the recorded histories in histories/$folder', ({ folder, bundle }) => {
  const recorded = recordedHistories(folder);
  const tampered = (tamper: Tamper): RecordedHistory[] =>
    recorded.flatMap((one) => {
      const events = tamper(one.history.events);
      return events ? [{ ...one, history: { events } }] : [];
    });
  const violations = async (histories: readonly RecordedHistory[]): Promise<string[]> =>
    Object.entries(await replay(await bundle(), histories)).flatMap(([name, error]) =>
      error instanceof DeterminismViolationError ? [name] : [],
    );

  test('replay on the workflows of today', slow, async () => {
    expect(await replay(await bundle(), recorded)).toEqual(Object.fromEntries(recorded.map(({ name }) => [name, undefined])));
  });
  test('do not replay with one command changed', slow, async () => {
    expect(await violations(tampered(oneChanged))).toEqual(recorded.map(({ name }) => name));
  });
  test('do not replay with one command removed', slow, async () => {
    const histories = tampered(oneRemoved);
    expect(await violations(histories)).toEqual(histories.map(({ name }) => name));
  });
});

test('most histories have something to remove', () => {
  const recorded = recordedHistories('toys');
  expect(recorded.filter(({ history }) => oneRemoved(history.events)).length).toBeGreaterThan(recorded.length * 0.9);
});
