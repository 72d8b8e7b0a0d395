/** Schedules without Temporal: they never fire by themselves. */
import type { KnownSchedule, Schedules, WantedSchedule } from '../../api/schedules/port.ts';
import { fail } from '../../domain/fail.ts';

export interface FakeSchedules extends Schedules {
  readonly kept: Map<string, WantedSchedule & { last: { at: string; workflowId: string }[]; note: string; isPaused: boolean }>;
}

/** `toTemporal` is called first by every call, and throws while Temporal is away. */
export function createFakeSchedules(toTemporal: (call: string) => Promise<void>): FakeSchedules {
  const kept: FakeSchedules['kept'] = new Map();
  const known = (id: string) => {
    const found = kept.get(id);
    if (!found) throw fail('not-found', { en: 'No such schedule.', ja: 'ありません。' });
    return found;
  };
  return {
    kept,
    async list() {
      await toTemporal('schedules.list');
      return [...kept.keys()].toSorted();
    },
    async describe(id): Promise<KnownSchedule | undefined> {
      await toTemporal('schedules.describe');
      const found = kept.get(id);
      if (!found) return undefined;
      const { mark, isPaused, paused, note, last } = found;
      const next = isPaused ? [] : [new Date(Date.now() + 3_600_000).toISOString()];
      return { id, mark, paused: isPaused, wish: paused, note, next, last: last.toReversed(), missed: 0 };
    },
    async put(wanted, { keepsPause }) {
      await toTemporal('schedules.put');
      const before = kept.get(wanted.id);
      const isPaused = before && keepsPause ? before.isPaused : wanted.paused;
      kept.set(wanted.id, { ...wanted, isPaused, last: before?.last ?? [] });
    },
    async pause(id, note) {
      await toTemporal('schedules.pause');
      Object.assign(known(id), { isPaused: true, note });
    },
    async unpause(id, note) {
      await toTemporal('schedules.unpause');
      Object.assign(known(id), { isPaused: false, note });
    },
    async trigger(id) {
      await toTemporal('schedules.trigger');
      const at = new Date().toISOString();
      known(id).last.push({ at, workflowId: `${id}-${at}` });
    },
    async remove(id) {
      await toTemporal('schedules.remove');
      kept.delete(id);
    },
  };
}
