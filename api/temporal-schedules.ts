/** Temporal's schedules made real: how they catch up, overlap and never pause by themselves stands here. */
import {
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  ScheduleOverlapPolicy,
  type Client,
  type ScheduleDescription,
  type ScheduleOptionsStartWorkflowAction,
  type ScheduleSpec,
} from '@temporalio/client';
import type { Workflow } from '@temporalio/common';
import type { Rhythm } from '../contracts/schedules.ts';
import { controlQueue } from '../domain/identity.ts';
import type { KnownSchedule, Schedules, WantedSchedule } from './schedules/port.ts';
import { pairsOf } from './visibility.ts';

const ours = 'schedule/';
const recent = 10;

/** A night's run is made up for until the next noon; what comes every hour is not worth making up for many times. */
const catchUpDailyMs = 12 * 3_600_000;
const shortestCatchUpMs = 60_000;

/** `call` gives each call its deadline and turns what goes wrong into a row of the failure table. */
export function createTemporalSchedules(client: Client['schedule'], call: <T>(work: () => Promise<T>) => Promise<T>): Schedules {
  const handle = (id: string) => client.getHandle(id);
  /** False where it is not there. */
  async function update(wanted: WantedSchedule, keepsPause: boolean): Promise<boolean> {
    try {
      await handle(wanted.id).update(({ state }) => ({
        ...optionsOf(wanted),
        state: { ...state, paused: keepsPause ? state.paused : wanted.paused, note: wanted.note },
      }));
      return true;
    } catch (error) {
      if (error instanceof ScheduleNotFoundError) return false;
      throw error;
    }
  }

  async function create(wanted: WantedSchedule): Promise<void> {
    const state = { paused: wanted.paused, note: wanted.note };
    await client.create({ scheduleId: wanted.id, ...optionsOf(wanted), state }).catch((taken: unknown) => {
      // Another API process was quicker, from the same inventory.
      if (!(taken instanceof ScheduleAlreadyRunning)) throw taken;
    });
  }

  return {
    list: () =>
      call(async () => {
        const found: string[] = [];
        for await (const { scheduleId } of client.list()) if (scheduleId.startsWith(ours)) found.push(scheduleId);
        return found.toSorted();
      }),

    describe: (id) =>
      call(async () => {
        try {
          return knownOf(await handle(id).describe());
        } catch (error) {
          if (error instanceof ScheduleNotFoundError) return undefined;
          throw error;
        }
      }),

    async put(wanted, { keepsPause }) {
      if (!(await call(() => update(wanted, keepsPause)))) await call(() => create(wanted));
    },

    pause: (id, note) => call(() => handle(id).pause(note)),
    unpause: (id, note) => call(() => handle(id).unpause(note)),
    trigger: (id) => call(() => handle(id).trigger(ScheduleOverlapPolicy.BUFFER_ONE)),
    remove: (id) =>
      call(() =>
        handle(id)
          .delete()
          .catch((error: unknown) => {
            if (!(error instanceof ScheduleNotFoundError)) throw error;
          }),
      ),
  };
}

function optionsOf({ id, target, site, rhythm, paused, workflowType, args, summary, mark }: WantedSchedule) {
  const action: ScheduleOptionsStartWorkflowAction<Workflow> = {
    type: 'startWorkflow',
    workflowType,
    workflowId: id,
    taskQueue: controlQueue,
    args: [args],
    workflowTaskTimeout: '2s',
    staticSummary: summary,
    memo: { schedule: id, mark, paused },
    typedSearchAttributes: pairsOf({ target, site, status: 'running' }),
  };
  return {
    spec: specOf(rhythm),
    action,
    policies: {
      // One that is due while the one before still runs comes right after it; more than that would only pile up.
      overlap: ScheduleOverlapPolicy.BUFFER_ONE,
      catchupWindow: 'at' in rhythm ? catchUpDailyMs : Math.max(rhythm.everyMs, shortestCatchUpMs),
      // One bad night must not end all backups.
      pauseOnFailure: false,
    },
  };
}

function specOf(rhythm: Rhythm): ScheduleSpec {
  if ('everyMs' in rhythm) return { intervals: [{ every: rhythm.everyMs }] };
  const [hour, minute] = rhythm.at.split(':').map(Number) as [number, number];
  return { calendars: [{ hour, minute, comment: `daily at ${rhythm.at}` }], timezone: rhythm.timezone };
}

function knownOf({ scheduleId: id, state, info, action }: ScheduleDescription): KnownSchedule {
  const { mark, paused: wish }: Record<string, unknown> = action.memo ?? {};
  return {
    id,
    mark: typeof mark === 'string' ? mark : undefined,
    paused: state.paused,
    wish: typeof wish === 'boolean' ? wish : undefined,
    note: state.note ?? '',
    next: state.paused ? [] : info.nextActionTimes.slice(0, recent).map((at) => at.toISOString()),
    last: info.recentActions
      .map(({ takenAt, action: taken }) => ({ at: takenAt.toISOString(), workflowId: taken.workflow.workflowId }))
      .toReversed()
      .slice(0, recent),
    missed: info.numActionsMissedCatchupWindow,
  };
}
