/** Schedules: list them, override one, pause, unpause and fire it. */
import { idParams, listOf, pageQuery, writeHeaders } from '../../contracts/http/requests.ts';
import { overrideRequest, scheduleDocument, scheduleRequest, type ScheduleDocument } from '../../contracts/http/schedule.ts';
import { schedulesOf, type ScheduleEntry } from '../../contracts/schedules.ts';
import type { ApiWorld, App } from '../context.ts';
import { answers } from '../openapi.ts';
import { pageInOrder } from '../pages.ts';
import { notFound } from '../problem.ts';
import { wantedOf } from './keep.ts';
import { keepOverride, overrideOf, type ScheduleOverride } from './overrides.ts';

export function registerSchedules(app: App, world: ApiWorld): void {
  const tags = ['schedules'];
  const { records } = world;
  const { schedules } = world.gateway;

  const entryOf = (id: string): ScheduleEntry => {
    const entry = schedulesOf(world.inventory(), world.kinds).find((one) => one.id === id);
    if (entry) return entry;
    throw notFound({ en: `There is no schedule ${id}.`, ja: `スケジュール ${id} はありません。` });
  };

  /** As it will be where Temporal does not have it yet. */
  async function documentOf(entry: ScheduleEntry): Promise<ScheduleDocument> {
    const [override, known] = await Promise.all([overrideOf(records, entry), schedules.describe(entry.id)]);
    const wanted = wantedOf(entry, override);
    const { id, target, name } = entry;
    return {
      ...{ id, target, name, rhythm: wanted.rhythm },
      paused: known?.paused ?? wanted.paused,
      note: known?.note ?? wanted.note,
      ...(override && { override: { by: override.by, at: override.at, reason: override.reason } }),
      next: [...(known?.next ?? [])],
      last: [...(known?.last ?? [])],
      missed: known?.missed ?? 0,
    };
  }

  app.get(
    '/v1/schedules',
    {
      schema: {
        summary: 'When what is due, as the inventory says and people changed it',
        tags,
        querystring: pageQuery,
        response: answers({ 200: listOf(scheduleDocument) }),
      },
    },
    async (request) => {
      const { items, ...rest } = pageInOrder(schedulesOf(world.inventory(), world.kinds), request.query);
      return { items: await Promise.all(items.map(documentOf)), ...rest };
    },
  );

  app.put(
    '/v1/schedules/:id',
    {
      schema: {
        summary: 'Override what the inventory says, until that line of the inventory changes',
        tags,
        params: idParams,
        body: overrideRequest,
        response: answers({ 200: scheduleDocument }),
      },
    },
    async (request) => {
      const entry = entryOf(request.params.id);
      const { at, every, paused, reason } = request.body;
      const { timezone } = world.inventory();
      const rhythm = at !== undefined ? { at, timezone } : every !== undefined ? { everyMs: every } : undefined;
      const override: ScheduleOverride = {
        line: entry.line,
        ...(rhythm && { rhythm }),
        ...(paused !== undefined && { paused }),
        by: request.caller.id,
        at: new Date().toISOString(),
        reason,
      };
      // The record first: what Temporal has is made from it again whenever it differs.
      await keepOverride(records, entry.id, override);
      await schedules.put(wantedOf(entry, override), { keepsPause: paused === undefined });
      request.log.info({ schedule: entry.id, by: override.by, reason }, 'schedule overridden');
      return documentOf(entry);
    },
  );

  const act = (action: 'pause' | 'unpause' | 'trigger', summary: string): void => {
    app.post(
      `/v1/schedules/:id/${action}`,
      {
        schema: {
          summary,
          tags,
          params: idParams,
          body: scheduleRequest,
          headers: writeHeaders,
          response: answers({ 200: scheduleDocument }),
        },
      },
      async (request) => {
        const entry = entryOf(request.params.id);
        const { reason } = request.body;
        const note = `${action === 'pause' ? 'paused' : 'unpaused'} by ${request.caller.id}: ${reason}`;
        if (action === 'trigger') await schedules.trigger(entry.id);
        else await schedules[action](entry.id, note);
        request.log.info({ schedule: entry.id, by: request.caller.id, action, reason }, 'schedule');
        return documentOf(entry);
      },
    );
  };
  act('pause', 'Let it not fire until it is unpaused');
  act('unpause', 'Let it fire again');
  act('trigger', 'Fire it now, beside its rhythm');
}
