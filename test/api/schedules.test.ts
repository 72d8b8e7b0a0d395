/** Schedules over HTTP: shown as they are in force, overridden, paused and fired by administrators; kept after the inventory. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { keepSchedules } from '../../api/schedules/keep.ts';
import { scheduleDocument, type ScheduleDocument } from '../../contracts/http/schedule.ts';
import { listOf } from '../../contracts/http/requests.ts';
import { kinds } from '../../contracts/kinds.ts';
import type { Inventory } from '../../contracts/inventory.ts';
import { startTestApi, type PersonId, type TestApi } from '../support/api.ts';

let api: TestApi;
beforeEach(async () => {
  api = await startTestApi();
});
afterEach(() => api.close());

const keep = () => keepSchedules({ gateway: api.gateway, records: api.records, kinds, inventory: () => api.inventory });
const kept = () => api.gateway.schedules.kept;
const full = 'schedule/tools/full';
const at = (id: string, action = ''): string => `/v1/schedules/${encodeURIComponent(id)}${action}`;
const put = (body: object, person: PersonId = 'ann', id = full) => api.send(person, 'PUT', at(id), { payload: body });
const post = (action: string, id = full) => api.send('ann', 'POST', at(id, `/${action}`), { payload: { reason: 'tests' } });
async function list(): Promise<readonly ScheduleDocument[]> {
  const answer = await api.send('vera', 'GET', '/v1/schedules?limit=200');
  expect(answer.statusCode).toBe(200);
  return listOf(scheduleDocument.strict()).strict().parse(answer.json()).items;
}
const one = async (id = full) => (await list()).find((schedule) => schedule.id === id)!;
/** The inventory with other backup settings for `tools`. */
const withBackups = (change: (backups: Record<string, object>) => Record<string, object>): Inventory => ({
  ...api.inventory,
  targets: api.inventory.targets.map((target) =>
    target.id === 'tools' ? { ...target, backups: change(target['backups'] as Record<string, object>) } : target,
  ),
});
const moveFull = (time: string): Inventory => withBackups((backups) => ({ ...backups, full: { ...backups['full'], at: time } }));

describe('kept after the inventory', () => {
  test('they are made once, and nothing is done where all is as it is to be', async () => {
    expect((await keep()).put).toHaveLength(8);
    expect(await keep()).toEqual({ put: [], removed: [] });
    expect(kept().get(full)).toMatchObject({
      rhythm: { at: '02:00', timezone: 'Asia/Tokyo' },
      workflowType: 'scheduledBackup',
      paused: false,
      note: 'full of tools, daily at 02:00 Asia/Tokyo, from the inventory',
    });
  });

  test('one that changed is changed, one that is no more is removed, the others are left alone', async () => {
    await keep();
    api.inventory = moveFull('01:00');
    expect(await keep()).toEqual({ put: [full], removed: [] });
    api.inventory = { ...api.inventory, targets: api.inventory.targets.filter(({ id }) => id !== 'spare') };
    const { put: changed, removed } = await keep();
    expect([changed, removed.length]).toEqual([[], 4]);
    expect([...kept().keys()].every((id) => id.startsWith('schedule/tools/'))).toBe(true);
    api.inventory = withBackups((backups) => ({ ...backups, full: { ...backups['full'], at: 'none' } }));
    expect((await keep()).removed).toEqual([full]);
  });

  test('one that somebody deleted is made again', async () => {
    await keep();
    kept().delete(full);
    expect((await keep()).put).toEqual([full]);
  });

  test('a pause in the inventory pauses and its end unpauses; what a person paused stays paused through other changes', async () => {
    await keep();
    const pause = (paused: boolean): Inventory =>
      withBackups((backups) => ({ ...backups, full: { ...backups['full'], paused } }));
    api.inventory = pause(true);
    await keep();
    expect(kept().get(full)!.isPaused).toBe(true);
    api.inventory = pause(false);
    await keep();
    expect(kept().get(full)!.isPaused).toBe(false);
    await post('pause');
    api.inventory = moveFull('01:00');
    await keep();
    expect(kept().get(full)).toMatchObject({ isPaused: true, rhythm: { at: '01:00' } });
  });
});

describe('over HTTP', () => {
  test('all are listed, also before Temporal has them', async () => {
    expect((await list()).map(({ id }) => id).slice(0, 4)).toEqual([
      'schedule/tools/full',
      'schedule/tools/incremental',
      'schedule/tools/test',
      'schedule/tools/retention',
    ]);
    expect(await one()).toMatchObject({ target: 'tools', name: 'full', paused: false, next: [], last: [], missed: 0 });
    await keep();
    expect((await one()).next).toHaveLength(1);
  });

  test('an override is in force at once, shown as such, and lasts until that line of the inventory changes', async () => {
    await keep();
    const answer = await put({ at: '04:30', reason: 'the disk is busy at two' });
    expect(answer.statusCode, answer.body).toBe(200);
    expect(scheduleDocument.strict().parse(answer.json())).toMatchObject({
      rhythm: { at: '04:30', timezone: 'Asia/Tokyo' },
      override: { by: 'ann', reason: 'the disk is busy at two' },
      note: 'full of tools, daily at 04:30 Asia/Tokyo, changed by ann: the disk is busy at two',
    });
    expect(kept().get(full)!.rhythm).toEqual({ at: '04:30', timezone: 'Asia/Tokyo' });
    api.inventory = withBackups((backups) => ({ ...backups, incremental: { ...backups['incremental'], every: 7_200_000 } }));
    expect((await keep()).put).toEqual(['schedule/tools/incremental']);
    expect((await one()).override).toBeDefined();
    api.inventory = moveFull('03:00');
    expect((await keep()).put).toEqual([full]);
    expect(await one()).toMatchObject({ rhythm: { at: '03:00' } });
    expect(await one()).not.toHaveProperty('override');
  });

  test('a rhythm by distance, and paused by override', async () => {
    await keep();
    await put({ every: '6h', paused: true, reason: 'r' });
    expect(kept().get(full)).toMatchObject({ rhythm: { everyMs: 21_600_000 }, isPaused: true });
    expect(await keep()).toEqual({ put: [], removed: [] });
    expect((await put({ at: '04:00', every: '6h', reason: 'r' })).statusCode).toBe(400);
  });

  test('pause, unpause and trigger', async () => {
    await keep();
    expect((await post('pause')).json()).toMatchObject({ paused: true, note: 'paused by ann: tests', next: [] });
    expect((await post('unpause')).json()).toMatchObject({ paused: false, note: 'unpaused by ann: tests' });
    expect((await post('trigger')).json<ScheduleDocument>().last).toHaveLength(1);
  });

  test('of nothing is 404, and an operator may only look', async () => {
    await keep();
    expect((await post('pause', 'schedule/nope/full')).statusCode).toBe(404);
    expect((await put({ reason: 'r' }, 'ren')).statusCode).toBe(403);
    api.gateway.temporal = 'away';
    expect((await post('pause')).json()).toMatchObject({ status: 503, code: 'temporal-away' });
  });
});
