/** What every gateway promises, the fake one included: one suite for all, so that HTTP tests on the fake mean something. */
import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Gateway } from '../../api/gateway.ts';
import type { FailureCode } from '../../domain/failures.ts';
import { finishSignal, heardQuery, noteSignal, sayUpdate } from './contract-messages.ts';
import { eventually } from './eventually.ts';

export interface ContractHarness {
  readonly gateway: Gateway;
  stopWorker(): Promise<void>;
  startWorker(): Promise<void>;
  terminate(workflowId: string): Promise<void>;
  /** Resets to the beginning: a new run of the same chain. */
  reset(workflowId: string): Promise<void>;
}

export const listenerType = 'contractListener';

/** `make` is called once; the activities behind `ask` are `contractLook` (answers its input) and `contractFail` (target-missing). */
export function gatewayContract(name: string, make: () => Promise<ContractHarness>): void {
  describe(`${name}: the gateway`, () => {
    let harness: ContractHarness;
    let gateway: Gateway;
    beforeAll(async () => {
      harness = await make();
      gateway = harness.gateway;
    });

    const fails = (call: Promise<unknown>, code: FailureCode) => expect(call).rejects.toMatchObject({ type: code });
    const newId = () => `contract/${randomUUID()}`;
    const attributes = {
      scenario: 'tool-restore',
      target: `t-${randomUUID().slice(0, 8)}`,
      status: 'running',
      phase: 'begin',
      site: 'main',
    };
    async function start(workflowId = newId(), more: object = {}) {
      const runId = await gateway.start({ type: listenerType, workflowId, args: [], summary: 'a test', ...more });
      return { workflowId, runId: runId!, firstRunId: runId! };
    }
    async function finish(run: { workflowId: string; runId: string }, how: 'well' | 'badly' = 'well') {
      await gateway.signal(run, finishSignal, how);
      await eventually(async () => (await gateway.describe(run.workflowId))?.state).not.toBe('running');
    }

    test('starts a workflow, and not a second one with its id while that is open', async () => {
      const run = await start();
      expect(run.runId).toMatch(/^[0-9a-f-]{36}$/);
      expect(await gateway.start({ type: listenerType, workflowId: run.workflowId, args: [] })).toBeUndefined();
      await finish(run);
      const next = await gateway.start({ type: listenerType, workflowId: run.workflowId, args: [] });
      expect(next).not.toBe(run.runId);
    });

    test('of fifty starts at once lets exactly one through', async () => {
      const workflowId = newId();
      const started = await Promise.all(
        Array.from({ length: 50 }, () => gateway.start({ type: listenerType, workflowId, args: [] })),
      );
      expect(started.filter((runId) => runId !== undefined)).toHaveLength(1);
    });

    test('describes a run with its memo and attributes, open and closed', async () => {
      const run = await start(newId(), { memo: { status: { deep: [1] } }, attributes });
      const open = await gateway.describe(run.workflowId);
      expect(open).toMatchObject({ ...run, type: listenerType, state: 'running', memo: { status: { deep: [1] } }, attributes });
      expect(open).not.toHaveProperty('closedAt');
      expect(Math.abs(Date.parse(open!.startedAt) - Date.now())).toBeLessThan(60_000);
      await finish(run);
      expect(await gateway.describe(run.workflowId, run.runId)).toMatchObject({
        state: 'completed',
        closedAt: expect.any(String),
      });
    });

    test('describes nothing where there is nothing', async () => {
      const run = await start();
      expect(await gateway.describe(newId())).toBeUndefined();
      expect(await gateway.describe(newId(), run.runId)).toBeUndefined();
      expect(await gateway.describe(run.workflowId, randomUUID())).toBeUndefined();
    });

    test('asks what is open, and says when it is closed or not there', async () => {
      const run = await start();
      expect(await gateway.queryOpen(run.workflowId, heardQuery)).toEqual([]);
      await fails(gateway.queryOpen(newId(), heardQuery), 'not-found');
      await finish(run);
      await fails(gateway.queryOpen(run.workflowId, heardQuery), 'closed');
    });

    test('asks one exact run, closed or not, though a newer one has its id', async () => {
      const run = await start();
      await gateway.signal(run, noteSignal, 'first');
      await finish(run);
      await start(run.workflowId);
      expect(await gateway.queryRun(run, heardQuery)).toEqual(['first']);
      await fails(gateway.queryRun({ workflowId: run.workflowId, runId: randomUUID() }, heardQuery), 'not-found');
    });

    test('updates, once for each update id', async () => {
      const run = await start();
      expect(await gateway.update(run, sayUpdate, ['a'], 'u1')).toBe(1);
      expect(await gateway.update(run, sayUpdate, ['a'], 'u1')).toBe(1);
      expect(await gateway.update(run, sayUpdate, ['b'], 'u2')).toBe(2);
      expect(await gateway.update(run, sayUpdate, ['c'])).toBe(3);
      expect(await gateway.queryOpen(run.workflowId, heardQuery)).toEqual(['a', 'b', 'c']);
    });

    test('passes on what a workflow refuses, with its code and details', async () => {
      const run = await start();
      await expect(gateway.update(run, sayUpdate, ['refuse'], 'u1')).rejects.toMatchObject({
        type: 'plan-changed',
        message: 'refused',
        details: [{ ja: 'refused', errors: [{ path: 'digest', message: 'old' }] }],
      });
    });

    test('updates no other run of the same id', async () => {
      const run = await start();
      await finish(run);
      await fails(gateway.update(run, sayUpdate, ['late']), 'not-found');
      const next = await start(run.workflowId);
      await fails(gateway.update(run, sayUpdate, ['late']), 'not-found');
      expect(await gateway.queryOpen(next.workflowId, heardQuery)).toEqual([]);
      await fails(gateway.update({ ...run, workflowId: newId() }, sayUpdate, ['x']), 'not-found');
    });

    test('answers a repeated update the same past the end of its run', async () => {
      const run = await start();
      await gateway.update(run, sayUpdate, ['a'], 'u1');
      await finish(run);
      expect(await gateway.update(run, sayUpdate, ['a'], 'u1')).toBe(1);
      await fails(gateway.update(run, sayUpdate, ['a'], 'u2'), 'not-found');
    });

    test('signals one exact run', async () => {
      const run = await start();
      await gateway.signal(run, noteSignal, 'heard');
      expect(await gateway.queryOpen(run.workflowId, heardQuery)).toEqual(['heard']);
      await finish(run);
      await fails(gateway.signal(run, noteSignal, 'late'), 'not-found');
    });

    test('reads the result of a run, and its failure by code', async () => {
      const [well, badly] = [await start(), await start()];
      await gateway.signal(well, noteSignal, 'x');
      await finish(well);
      await finish(badly, 'badly');
      expect(await gateway.result(well)).toEqual({ heard: ['x'] });
      await fails(gateway.result(badly), 'disk-full');
      expect((await gateway.describe(badly.workflowId))?.state).toBe('broken');
    });

    test('a terminated run is broken', async () => {
      const run = await start();
      await gateway.queryOpen(run.workflowId, heardQuery);
      await harness.terminate(run.workflowId);
      expect(await gateway.describe(run.workflowId)).toMatchObject({ state: 'broken', closedAt: expect.any(String) });
      await fails(gateway.queryOpen(run.workflowId, heardQuery), 'closed');
      expect(await gateway.queryRun(run, heardQuery)).toEqual([]);
    });

    test('a reset run keeps the first run of its chain, and is what updates reach', async () => {
      const run = await start();
      await gateway.queryOpen(run.workflowId, heardQuery);
      await harness.reset(run.workflowId);
      const newest = await gateway.describe(run.workflowId);
      expect(newest).toMatchObject({ state: 'running', firstRunId: run.runId });
      expect(newest!.runId).not.toBe(run.runId);
      await eventually(() => gateway.update(run, sayUpdate, ['after'], 'u1').catch(String)).toBe(1);
      expect(await gateway.queryOpen(run.workflowId, heardQuery)).toEqual(['after']);
    });

    test('lists by type, target, time and openness', async () => {
      const target = `t-${randomUUID().slice(0, 8)}`;
      const other = `t-${randomUUID().slice(0, 8)}`;
      const [one, two] = [
        await start(newId(), { attributes: { target }, memo: { mine: true } }),
        await start(newId(), { attributes: { target } }),
      ];
      const three = await start(newId(), { attributes: { target: other } });
      await finish(two);
      const list = async (filter: object) =>
        (await gateway.list({ types: [listenerType], targets: [target], ...filter })).map(({ runId }) => runId).toSorted();
      const sorted = (...runs: { runId: string }[]) => runs.map(({ runId }) => runId).toSorted();
      await eventually(() => list({})).toEqual(sorted(one, two));
      await eventually(() => list({ openOnly: true })).toEqual(sorted(one));
      await eventually(() => list({ targets: [target, other] })).toEqual(sorted(one, two, three));
      expect(await list({ types: ['backup'] })).toEqual([]);
      const { startedAt } = (await gateway.describe(one.workflowId))!;
      const [before, after] = [-1_000, 60_000].map((ms) => new Date(Date.parse(startedAt) + ms).toISOString());
      expect(await list({ since: before, until: after })).toEqual(sorted(one, two));
      expect(await list({ since: after })).toEqual([]);
      expect(await list({ until: before })).toEqual([]);
      expect((await gateway.list({ types: [listenerType], targets: [target], openOnly: true }))[0]).toMatchObject({
        workflowId: one.workflowId,
        memo: { mine: true },
        attributes: { target },
      });
      expect(await list({ targets: [`${target}' OR WorkflowType != '`] })).toEqual([]);
    });

    test('asks a question at a target’s site, and passes on its failure', async () => {
      const ask = (activity: string) =>
        gateway.ask(
          {
            type: 'ask',
            workflowId: `ask/t/${randomUUID()}`,
            args: [{ target: 't', site: 'main', activity, input: { target: 't', n: 1 } }],
          },
          5_000,
        );
      expect(await ask('contractLook')).toEqual({ target: 't', n: 1 });
      await fails(ask('contractFail'), 'target-missing');
    });

    describe('schedules', () => {
      const id = `schedule/t-${randomUUID().slice(0, 8)}/full`;
      const wanted = {
        ...{ id, target: 't', site: 'main', paused: false, note: 'full of t', summary: 'full of t', mark: 'm1' },
        ...{ rhythm: { at: '02:00', timezone: 'Asia/Tokyo' }, workflowType: listenerType, args: {} },
      };
      const known = () => gateway.schedules.describe(id);

      test('are not there before they are made, and nothing can be done to them', async () => {
        expect(await known()).toBeUndefined();
        await fails(gateway.schedules.pause(id, 'x'), 'not-found');
        await fails(gateway.schedules.trigger(id), 'not-found');
        await gateway.schedules.remove(id);
      });

      test('are made once, changed by the same word, and say what comes next', async () => {
        await Promise.all([1, 2, 3].map(() => gateway.schedules.put(wanted, { keepsPause: true })));
        expect(await known()).toMatchObject({ id, mark: 'm1', paused: false, wish: false, note: 'full of t', missed: 0 });
        expect(Date.parse((await known())!.next[0]!)).toBeGreaterThan(Date.now());
        await eventually(() => gateway.schedules.list()).toContain(id);
        await gateway.schedules.put({ ...wanted, rhythm: { everyMs: 3_600_000 }, mark: 'm2' }, { keepsPause: true });
        expect(await known()).toMatchObject({ mark: 'm2' });
      });

      test('are paused and unpaused with a note, which a change of something else leaves alone', async () => {
        await gateway.schedules.pause(id, 'paused by ann');
        expect(await known()).toMatchObject({ paused: true, note: 'paused by ann', next: [] });
        await gateway.schedules.put({ ...wanted, mark: 'm3' }, { keepsPause: true });
        expect(await known()).toMatchObject({ mark: 'm3', paused: true, wish: false });
        await gateway.schedules.put({ ...wanted, mark: 'm4' }, { keepsPause: false });
        expect(await known()).toMatchObject({ paused: false });
        await gateway.schedules.pause(id, 'again');
        await gateway.schedules.unpause(id, 'unpaused by ann');
        expect(await known()).toMatchObject({ paused: false, note: 'unpaused by ann' });
      });

      test('fire when asked, and show what they started', async () => {
        await gateway.schedules.trigger(id);
        await eventually(async () => (await known())!.last.length).toBeGreaterThan(0);
        expect((await known())!.last[0]!.workflowId.startsWith(`${id}-`)).toBe(true);
      });

      test('are gone when removed; twice is fine', async () => {
        await gateway.schedules.remove(id);
        await gateway.schedules.remove(id);
        await eventually(known).toBeUndefined();
      });
    });

    test('is served while a worker polls', async () => {
      await eventually(() => gateway.isServed()).toBe(true);
    });

    describe('without a worker', () => {
      let run: { workflowId: string; runId: string; firstRunId: string };
      beforeAll(async () => {
        run = await start();
        await gateway.queryOpen(run.workflowId, heardQuery);
        await harness.stopWorker();
      });

      test('what needs one says so within 2 s', async () => {
        const began = performance.now();
        await Promise.all([
          fails(gateway.queryOpen(run.workflowId, heardQuery), 'no-worker'),
          fails(gateway.queryRun(run, heardQuery), 'no-worker'),
          fails(gateway.update(run, sayUpdate, ['x']), 'no-worker'),
          fails(
            gateway.ask(
              { type: 'ask', workflowId: newId(), args: [{ target: 't', site: 'main', activity: 'contractLook' }] },
              1_000,
            ),
            'no-worker',
          ),
        ]);
        expect(performance.now() - began).toBeLessThan(2_000);
      });

      test('the rest works, and a signal is heard when one is back', async () => {
        expect(await gateway.describe(run.workflowId)).toMatchObject({ state: 'running' });
        await gateway.signal(run, noteSignal, 'meanwhile');
        await harness.startWorker();
        await eventually(() => gateway.queryOpen(run.workflowId, heardQuery).catch(String)).toContain('meanwhile');
      });
    });
  });
}
