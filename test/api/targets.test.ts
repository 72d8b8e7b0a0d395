/** Targets and backups: who holds, what is there, what is wrong with it, and the symptoms. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { backupDocument } from '../../contracts/backup.ts';
import { diagnosisDocument, scenarioDocument, targetDocument } from '../../contracts/http/target.ts';
import { listOf } from '../../contracts/http/requests.ts';
import type { Backup } from '../../domain/backup.ts';
import { fail } from '../../domain/fail.ts';
import { startTestApi, type TestApi } from '../support/api.ts';

let api: TestApi;
let backups: Backup[];
beforeEach(async () => {
  api = await startTestApi();
  backups = [backup('20261121T020000Z-full-1a2b3c', 'verified'), backup('20261122T020000Z-full-2a2b3c', 'complete')];
  api.gateway.asked.set('listToolStoreBackups', (input) => ((input as { target: string }).target === 'tools' ? backups : []));
});
afterEach(() => api.close());

function backup(id: string, status: Backup['status'], more: Partial<Backup> = {}): Backup {
  const startedAt = `${id.slice(0, 4)}-${id.slice(4, 6)}-${id.slice(6, 8)}T02:00:00.000Z`;
  return {
    id,
    target: 'tools',
    kind: 'full',
    source: 'okiagari',
    status,
    startedAt,
    finishedAt: startedAt,
    ...(status === 'verified' && { verifiedAt: startedAt, restoreMs: 120 }),
    bytes: 1_000,
    files: 13,
    counts: { tools: 12, logLines: 2_000 },
    repositories: ['local'],
    held: false,
    ...more,
  };
}

const get = async (path: string, headers: Record<string, string> = {}) => {
  const answer = await api.send('vera', 'GET', path, { headers });
  return { status: answer.statusCode, body: answer.json<unknown>(), problem: answer.json<{ code?: string }>() };
};
const target = async (id = 'tools') => targetDocument.strict().parse((await get(`/v1/targets/${id}`)).body);

describe('a target', () => {
  test('shows what the inventory says of it, and nothing of how it is reached', async () => {
    const { body } = await get('/v1/targets');
    const { items } = listOf(targetDocument.strict()).strict().parse(body);
    expect(items.map(({ id, site }) => [id, site])).toEqual([
      ['tools', 'main'],
      ['spare', 'west'],
    ]);
    expect(items[0]).toMatchObject({
      kind: 'tool-store',
      owner: 'hana',
      reviews: [],
      contacts: [{ id: 'support', external: true }],
      links: [{ title: 'Dashboard', url: 'https://grafana.example.jp/d/dr' }],
    });
    expect(JSON.stringify(body)).not.toMatch(/project|root/);
  });

  test('shows its newest whole backup and its newest verified one', async () => {
    backups.push(backup('20261123T020000Z-full-3a2b3c', 'failed'));
    const { lastBackup, lastVerified, findings } = await target();
    expect([lastBackup?.id, lastVerified?.id, findings]).toEqual([
      '20261122T020000Z-full-2a2b3c',
      '20261121T020000Z-full-1a2b3c',
      [],
    ]);
  });

  test('finds that it has no backup, or none that was tested', async () => {
    expect((await target('spare')).findings).toEqual(['There is no backup.']);
    backups = [backup('20261122T020000Z-full-2a2b3c', 'suspect')];
    expect((await target()).findings).toEqual(['No backup has passed a restore test.']);
  });

  test('is there without a worker, saying what is not known', async () => {
    api.gateway.worker = 'gone';
    const found = await target();
    expect(found.findings).toEqual(['No worker of site main answers: its backups are not known.']);
    expect(found).not.toHaveProperty('lastBackup');
    const ja = await get('/v1/targets/tools', { 'accept-language': 'ja' });
    expect((ja.body as { findings: string[] }).findings).toEqual([
      '拠点 main のワーカーが応答しないため、バックアップを確認できません。',
    ]);
  });

  test('shows a new backup at once, even right after a look at the list', async () => {
    await get('/v1/targets');
    await target();
    backups.push(backup('20261123T020000Z-full-3a2b3c', 'verified'));
    const { lastBackup, lastVerified } = await target();
    expect([lastBackup?.id, lastVerified?.id]).toEqual(['20261123T020000Z-full-3a2b3c', '20261123T020000Z-full-3a2b3c']);
  });

  test('is asked once for many looks', async () => {
    await Promise.all(Array.from({ length: 10 }, () => get('/v1/targets')));
    expect(api.gateway.calls.filter((call) => call === 'ask')).toHaveLength(2);
  });

  test('shows who holds it: a backup by its lease, a recovery even before it has one', async () => {
    expect(await target()).not.toHaveProperty('heldBy');
    const holder = { kind: 'backup', id: 'b-1', since: '2026-11-22T02:00:00.000Z' };
    const { firstRunId } = api.gateway.add('backup/b-1');
    const lease = api.gateway.add('lease/tools', { memo: { holder: { ...holder, workflowId: 'backup/b-1', firstRunId } } });
    expect((await target()).heldBy).toEqual(holder);
    lease.state = 'completed';
    const recovery = await api.recovery();
    expect((await target()).heldBy).toEqual({ kind: 'recovery', id: recovery.id, since: recovery.run.startedAt });
  });

  test('that is none is 404', async () =>
    expect(await get('/v1/targets/nope')).toMatchObject({ status: 404, problem: { code: 'not-found' } }));
});

describe('a diagnosis', () => {
  const found = {
    target: 'tools',
    at: '2026-11-22T03:00:00.000Z',
    symptoms: [
      { id: 'tools-missing', sentence: { en: '3 tools are gone.', ja: 'ツール 3 件が消えています。' }, evidence: { count: 3 } },
    ],
    suggests: [{ scenario: 'tool-store-loss', input: { note: "it's" }, why: { en: "It's lost.", ja: '消失しています。' } }],
  };

  test('tells symptoms and a line to paste that starts the scenario', async () => {
    api.gateway.asked.set('diagnoseToolStore', () => found);
    const { body } = await get('/v1/targets/tools/diagnosis', { host: 'okiagari.example.jp:8080' });
    const document = diagnosisDocument.strict().parse(body);
    expect(document.symptoms).toEqual([{ id: 'tools-missing', sentence: '3 tools are gone.', evidence: { count: 3 } }]);
    expect(document.suggests[0]).toMatchObject({ scenario: 'tool-store-loss', why: "It's lost." });
    expect(document.suggests[0]!.curl).toBe(
      `curl -X POST 'http://okiagari.example.jp:8080/v1/recoveries' -H "Authorization: Bearer $OKIAGARI_TOKEN" -H 'Content-Type: application/json' -d '{"scenario":"tool-store-loss","target":"tools","input":{"note":"it'\\''s"},"reason":"It'\\''s lost."}'`,
    );
  });

  test('never repeats a Host header that would run something', async () => {
    api.gateway.asked.set('diagnoseToolStore', () => found);
    for (const host of ["x';reboot;'", 'x$(reboot)', 'x y']) {
      const { body } = await get('/v1/targets/tools/diagnosis', { host });
      expect(JSON.stringify(body)).not.toContain('reboot');
    }
  });

  test('without a worker is 503 no-worker, and a failure of the look is told as it is', async () => {
    api.gateway.worker = 'gone';
    expect(await get('/v1/targets/tools/diagnosis')).toMatchObject({ status: 503, problem: { code: 'no-worker' } });
    api.gateway.worker = 'here';
    api.gateway.asked.set('diagnoseToolStore', () => {
      throw fail('target-missing', { en: 'The folder is gone.', ja: 'フォルダーがありません。' });
    });
    expect(await get('/v1/targets/tools/diagnosis')).toMatchObject({
      status: 422,
      problem: { code: 'target-missing', detail: 'The folder is gone.' },
    });
  });
});

describe('the list of backups', () => {
  const list = async (query = '') =>
    listOf(backupDocument.strict())
      .strict()
      .parse((await get(`/v1/targets/tools/backups${query}`)).body);

  test('is newest first, in pages, with findings in the language of the reader', async () => {
    backups.push(
      backup('20261123T020000Z-full-3a2b3c', 'suspect', { findings: [{ en: 'Shrunk by half.', ja: '半分に減少。' }] }),
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

describe('a kind without backups and diagnosis', () => {
  let bare: TestApi;
  beforeEach(async () => {
    bare = await startTestApi({ kinds: { 'tool-store': { settings: {}, facts: () => ({}) } } });
  });
  afterEach(() => bare.close());

  test('has no backups to list, take or miss, and no diagnosis', async () => {
    expect((await bare.send('vera', 'GET', '/v1/targets/tools/backups')).json()).toEqual({ items: [] });
    expect((await bare.send('hana', 'POST', '/v1/targets/tools/backups', { payload: {} })).json()).toMatchObject({
      code: 'invalid-input',
    });
    expect((await bare.send('vera', 'GET', '/v1/targets/tools')).json()).toMatchObject({ findings: [] });
    expect((await bare.send('vera', 'GET', '/v1/targets/tools/diagnosis')).statusCode).toBe(404);
  });
});

test('scenarios are told from the registry, in both languages, with the schema of their input', async () => {
  const read = async (language: string) =>
    listOf(scenarioDocument.strict())
      .strict()
      .parse((await get('/v1/scenarios', { 'accept-language': language })).body).items;
  const [en, ja] = [await read('en'), await read('ja')];
  expect(en.map(({ id }) => id)).toContain('tool-restore');
  expect([en[0]!.title, ja[0]!.title]).toEqual(['Tool store lost', '全ツール定義ファイルの消失']);
  const restore = en.find(({ id }) => id === 'tool-restore')!;
  expect(restore.inputSchema).toMatchObject({ type: 'object', required: ['tools'], additionalProperties: false });
});

test('ready means that Temporal answers and a worker polls', async () => {
  const ready = async () => (await api.send(undefined, 'GET', '/readyz')).statusCode;
  expect(await ready()).toBe(200);
  api.gateway.worker = 'gone';
  expect(await ready()).toBe(503);
  api.gateway.temporal = 'away';
  expect(await ready()).toBe(503);
  expect((await api.send(undefined, 'GET', '/healthz')).json()).toEqual({ status: 'ok' });
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
