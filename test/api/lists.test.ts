/** Lists: newest first, filtered, page by page, merged from what Temporal shows and what records keep. */
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { pageInOrder, pageOf } from '../../api/pages.ts';
import { listOf } from '../../contracts/http/requests.ts';
import { recoverySummary } from '../../contracts/http/recovery.ts';
import type { RecoveryStatus } from '../../domain/recovery.ts';
import { memoOf } from '../../domain/stale.ts';
import { recoveryId } from '../../domain/identity.ts';
import { startTestApi, stateOf, type TestApi } from '../support/api.ts';

let api: TestApi;
beforeEach(async () => {
  api = await startTestApi();
});
afterEach(() => api.close());

const list = async (query = '') => {
  const answer = await api.send('vera', 'GET', `/v1/recoveries${query}`);
  expect(answer.statusCode, answer.body).toBe(200);
  return listOf(recoverySummary).strict().parse(answer.json());
};
const ids = async (query = '') => (await list(query)).items.map(({ id }) => id);

/** A run as visibility shows it. */
function visible(target: string, minute: number, status: RecoveryStatus = 'recovered', scenario = 'tool-store-loss'): string {
  const startedAt = new Date(Date.UTC(2026, 10, 22, 10, minute)).toISOString();
  const run = api.gateway.add(`recovery/${target}`, {
    type: scenario === 'tool-restore' ? 'toolRestore' : 'toolStoreLoss',
    startedAt,
    state: status === 'running' || status === 'waiting' ? 'running' : 'completed',
    attributes: { scenario, target, status, phase: 'end' },
  });
  const id = recoveryId(target, run.runId);
  run.memo['status'] = memoOf(stateOf({ id, target, status, scenario, startedAt }), startedAt);
  return id;
}

describe('the list of recoveries', () => {
  test('is newest first, whatever order Temporal has', async () => {
    const [b, c, a] = [visible('b', 2), visible('c', 1), visible('a', 3)];
    expect(await ids()).toEqual([a, b, c]);
  });

  test('is filtered by each field, and a field may stand several times', async () => {
    const one = visible('tools', 1, 'recovered');
    const two = visible('spare', 2, 'failed');
    const three = visible('tools', 3, 'waiting', 'tool-restore');
    expect(await ids('?status=failed')).toEqual([two]);
    expect(await ids('?status=failed&status=waiting')).toEqual([three, two]);
    expect(await ids('?target=tools')).toEqual([three, one]);
    expect(await ids('?target=tools&target=spare')).toEqual([three, two, one]);
    expect(await ids('?scenario=tool-restore')).toEqual([three]);
    expect(await ids('?since=2026-11-22T10:02:00Z')).toEqual([three, two]);
    expect(await ids(`?until=${encodeURIComponent('2026-11-22T19:02:00+09:00')}`)).toEqual([two, one]);
    expect(await ids('?since=2026-11-22T10:02:00Z&until=2026-11-22T10:02:00Z&status=failed&target=spare')).toEqual([two]);
    expect(await ids('?target=nobody')).toEqual([]);
  });

  test('comes in pages that miss nothing and repeat nothing while new ones start', async () => {
    const all = Array.from({ length: 7 }, (_, minute) => visible(`t${minute}`, minute)).toReversed();
    const seen: string[] = [];
    let query = '?limit=3';
    for (let page = 0; page < 3; page++) {
      const { items, next } = await list(query);
      seen.push(...items.map(({ id }) => id));
      visible(`new${page}`, 30 + page);
      query = `?limit=3&cursor=${next}`;
      if (page === 2) expect(next).toBeUndefined();
    }
    expect(seen).toEqual(all);
  });

  test('has no `next` where the page is just full', async () => {
    visible('a', 1);
    visible('b', 2);
    expect(await list('?limit=2')).not.toHaveProperty('next');
    expect(await list('?limit=1')).toHaveProperty('next');
  });

  test('shows what was started a moment ago, before visibility does', async () => {
    api.gateway.list = async () => [];
    const { id } = await api.recovery();
    expect((await list()).items).toMatchObject([{ id, status: 'running', target: 'tools', requestedBy: 'hana', reason: 'test' }]);
  });

  test('shows what has outlived Temporal’s retention', async () => {
    const recovery = await api.recovery();
    recovery.end('rolled-back');
    api.gateway.runs.length = 0;
    expect((await list()).items).toMatchObject([{ id: recovery.id, status: 'rolled-back' }]);
    expect(await ids('?status=rolled-back&target=tools')).toEqual([recovery.id]);
    expect(await ids('?target=spare')).toEqual([]);
  });

  test('calls a terminated run failed, whatever it said last', async () => {
    const id = visible('tools', 1, 'waiting');
    api.gateway.runs[0]!.state = 'broken';
    expect((await list('?status=failed')).items.map((item) => item.id)).toEqual([id]);
    expect(await ids('?status=waiting')).toEqual([]);
  });

  test.each(['older first', 'newer first'])(
    'shows a reset recovery once, as its newest run; Temporal tells the %s',
    async (order) => {
      const id = visible('tools', 1, 'waiting');
      const [first] = api.gateway.runs;
      Object.assign(first!, { state: 'broken', closedAt: '2026-11-22T10:02:00.000Z' });
      api.gateway.add('recovery/tools', {
        type: 'toolStoreLoss',
        memo: first!.memo,
        attributes: { ...first!.attributes, status: 'running' },
        startedAt: '2026-11-22T10:02:00.000Z',
      });
      if (order === 'newer first') api.gateway.runs.reverse();
      expect((await list()).items).toMatchObject([{ id, status: 'running' }]);
    },
  );

  test('leaves the children of recoveries and other workflows out', async () => {
    const id = visible('tools', 1);
    api.gateway.add('recovery/tools/inner', { type: 'toolStoreLoss', attributes: { target: 'tools' } });
    api.gateway.add('backup/20261122T020000Z-full-1a2b3c', { type: 'backup', attributes: { target: 'tools' } });
    expect(await ids()).toEqual([id]);
  });

  test('is 503 with Temporal away', async () => {
    api.gateway.temporal = 'away';
    expect((await api.send('vera', 'GET', '/v1/recoveries')).statusCode).toBe(503);
  });
});

describe('pages', () => {
  const walk = (items: readonly string[], limit: number): string[] => {
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = pageOf(items, { limit, cursor }, (item) => item);
      seen.push(...page.items);
      cursor = 'next' in page ? page.next : undefined;
    } while (cursor !== undefined);
    return seen;
  };

  test('of any size show every item once, greatest first', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string(), { maxLength: 30 }), fc.integer({ min: 1, max: 10 }), (items, limit) => {
        expect(walk(items, limit)).toEqual(items.toSorted((a, b) => (a < b ? 1 : -1)));
      }),
    );
  });

  test('may keep an order that is theirs', async () => {
    const first = pageInOrder(['c', 'a', 'b'], { limit: 2 });
    expect(first.items).toEqual(['c', 'a']);
    expect(pageInOrder(['c', 'a', 'b'], { limit: 2, cursor: first.next! }).items).toEqual(['b']);
    const targets = (await api.send('vera', 'GET', '/v1/targets?limit=1')).json<{ items: { id: string }[]; next: string }>();
    expect(targets.items.map(({ id }) => id)).toEqual(['tools']);
    const rest = (await api.send('vera', 'GET', `/v1/targets?limit=1&cursor=${targets.next}`)).json<{
      items: { id: string }[];
    }>();
    expect(rest.items.map(({ id }) => id)).toEqual(['spare']);
  });
});
