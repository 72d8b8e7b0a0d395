/** Backups through the API: taken, listed, found, tested, held. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { backupDocument } from '../../contracts/backup.ts';
import { listOf } from '../../contracts/http/requests.ts';
import type { Backup } from '../../domain/backup.ts';
import { fail } from '../../domain/fail.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import { ago, backup } from '../support/sample-backup.ts';

let api: TestApi;
let backups: Backup[];
beforeEach(async () => {
  api = await startTestApi();
  // In time, so that only what a test changes is found.
  backups = [
    backup('20261121T020000Z-full-1a2b3c', 'verified', { startedAt: ago(40) }),
    backup('20261122T020000Z-full-2a2b3c', 'complete', { startedAt: ago(20) }),
  ];
  api.gateway.asked.set('listToolStoreBackups', (input) => ((input as { target: string }).target === 'tools' ? backups : []));
});
afterEach(() => api.close());
const get = async (path: string, headers: Record<string, string> = {}) => {
  const answer = await api.send('vera', 'GET', path, { headers });
  return { status: answer.statusCode, body: answer.json<unknown>(), problem: answer.json<{ code?: string }>() };
};

describe('the list of backups', () => {
  const list = async (query = '') =>
    listOf(backupDocument.strict())
      .strict()
      .parse((await get(`/v1/targets/tools/backups${query}`)).body);

  test('is newest first, in pages, with findings in the language of the reader', async () => {
    backups.push(
      backup('20261123T020000Z-full-3a2b3c', 'suspect', {
        startedAt: ago(1),
        findings: [{ en: 'Shrunk by half.', ja: '半分に減少。' }],
      }),
    );
    const { items, next } = await list('?limit=2');
    expect(items.map(({ id }) => id)).toEqual(['20261123T020000Z-full-3a2b3c', '20261122T020000Z-full-2a2b3c']);
    expect(items[0]!.findings).toEqual(['Shrunk by half.']);
    expect((await list(`?cursor=${next}`)).items.map(({ id }) => id)).toEqual(['20261121T020000Z-full-1a2b3c']);
  });

  test('shows those that are being taken, once', async () => {
    const answer = await api.send('hana', 'POST', '/v1/targets/tools/backups', { payload: { kind: 'full' } });
    const { id } = answer.json<{ id: string }>();
    expect((await list()).items[0]).toMatchObject({ id, status: 'waiting' });
    api.gateway.add('lease/tools', { memo: { holder: { kind: 'backup', id, since: '2026-11-22T02:00:00.000Z' } } });
    expect((await list()).items[0]).toMatchObject({ id, status: 'running' });
    backups.push(backup(id, 'complete'));
    expect((await list()).items.filter((one) => one.id === id)).toMatchObject([{ status: 'complete' }]);
  });

  test('is 503 without a worker, 404 without the target', async () => {
    api.gateway.worker = 'gone';
    expect(await get('/v1/targets/tools/backups')).toMatchObject({ status: 503, problem: { code: 'no-worker' } });
    expect(await get('/v1/targets/nope/backups')).toMatchObject({ status: 404 });
  });
});

describe('a backup', () => {
  const take = (payload: object = { kind: 'manual', reason: 'before a change' }) =>
    api.send('hana', 'POST', '/v1/targets/tools/backups', { payload });

  test('is started with its id, kind and the kind’s activity, and answered 202 with itself', async () => {
    const answer = await take();
    expect(answer.statusCode).toBe(202);
    const document = backupDocument.strict().parse(answer.json());
    expect(document).toMatchObject({ target: 'tools', kind: 'manual', source: 'okiagari', status: 'running' });
    expect(document.id).toMatch(/^\d{8}T\d{6}Z-manual-[0-9a-f]{6}$/);
    expect(answer.headers.location).toBe(`/v1/backups/${document.id}`);
    const run = api.gateway.newest(`backup/${document.id}`)!;
    expect([run.type, run.request.args]).toEqual([
      'backup',
      [
        {
          target: 'tools',
          site: 'main',
          id: document.id,
          kind: 'manual',
          reason: 'before a change',
          startedAt: document.startedAt,
          activity: 'takeToolStoreBackup',
        },
      ],
    ]);
    expect((await api.send('vera', 'GET', `/v1/backups/${document.id}`)).json()).toMatchObject({
      id: document.id,
      status: 'waiting',
    });
  });

  test('is full where the body does not say, or is not there', async () => {
    expect((await take({})).json()).toMatchObject({ kind: 'full' });
    expect((await api.send('hana', 'POST', '/v1/targets/tools/backups')).json()).toMatchObject({ kind: 'full' });
  });

  test('waits for whoever holds the target', async () => {
    api.gateway.add('lease/tools', { memo: { holder: { kind: 'recovery', id: 'r', since: '2026-11-22T02:00:00.000Z' } } });
    expect((await take()).json()).toMatchObject({ status: 'waiting' });
  });

  test('is found by its id wherever it is kept', async () => {
    expect((await get('/v1/backups/20261121T020000Z-full-1a2b3c')).body).toMatchObject({
      target: 'tools',
      status: 'verified',
      restoreMs: 120,
    });
    expect(await get('/v1/backups/nope')).toMatchObject({ status: 404 });
    api.gateway.worker = 'gone';
    expect(await get('/v1/backups/20261121T020000Z-full-1a2b3c')).toMatchObject({ status: 503, problem: { code: 'no-worker' } });
  });

  test('that failed says why, and exists only in its workflow', async () => {
    const { id } = (await take()).json<{ id: string }>();
    Object.assign(api.gateway.newest(`backup/${id}`)!, {
      state: 'broken',
      closedAt: '2026-11-22T03:00:00.000Z',
      result: fail('disk-full', { en: 'No space left on /backups.', ja: '/backups に空きがありません。' }),
    });
    expect((await get(`/v1/backups/${id}`)).body).toMatchObject({
      id,
      status: 'failed',
      failure: 'No space left on /backups.',
      finishedAt: '2026-11-22T03:00:00.000Z',
    });
  });
});

describe('a restore test', () => {
  const known = '20261122T020000Z-full-2a2b3c';
  const verify = (id = known) => api.send('hana', 'POST', `/v1/backups/${id}/verify`);

  test('is started for the backup where it is, and answered 202 with it', async () => {
    const answer = await verify();
    expect([answer.statusCode, answer.json<{ id: string }>().id]).toEqual([202, known]);
    const run = api.gateway.newest(`backup-test/${known}`)!;
    expect([run.type, run.request.args]).toEqual([
      'backupTest',
      [{ target: 'tools', site: 'main', backup: known, activity: 'testToolStoreBackup' }],
    ]);
  });

  test('that runs already is as good', async () => {
    await verify();
    expect((await verify()).statusCode).toBe(202);
    expect(api.gateway.runs).toHaveLength(1);
  });

  test('of nothing is 404', async () => expect((await verify('nope')).statusCode).toBe(404));
});

describe('holding a backup', () => {
  const known = '20261121T020000Z-full-1a2b3c';
  const hold = (person: 'ann' | 'ren', body: object, id = known) =>
    api.send(person, 'POST', `/v1/backups/${id}/hold`, { payload: body });

  test('asks a worker near the target to keep it, by the name of who said so', async () => {
    let asked: unknown;
    api.gateway.asked.set('holdToolStoreBackup', (input) => {
      asked = input;
      return { ...backups[0]!, held: true };
    });
    const answer = await hold('ann', { held: true, reason: 'evidence' });
    expect(answer.statusCode).toBe(200);
    expect(backupDocument.parse(answer.json())).toMatchObject({ id: known, held: true });
    expect(asked).toEqual({
      target: 'tools',
      backup: known,
      held: true,
      reason: 'evidence',
      by: 'ann',
      at: expect.stringMatching(/^\d{4}-/) as string,
    });
  });

  test('is for administrators, needs a reason, and a backup that is whole', async () => {
    expect((await hold('ren', { held: true, reason: 'r' })).statusCode).toBe(403);
    expect((await hold('ann', { held: true })).statusCode).toBe(400);
    expect((await hold('ann', { held: true, reason: 'r' }, 'nope')).statusCode).toBe(404);
    const taken = await api.send('hana', 'POST', '/v1/targets/tools/backups', { payload: { kind: 'full' } });
    const open = await hold('ann', { held: true, reason: 'r' }, taken.json<{ id: string }>().id);
    expect(open.json()).toMatchObject({ status: 409, code: 'held' });
  });
});
