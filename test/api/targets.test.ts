/** Targets: who holds them, what is wrong with them, and their symptoms. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { diagnosisDocument, scenarioDocument, targetDocument } from '../../contracts/http/target.ts';
import { listOf } from '../../contracts/http/requests.ts';
import { parseInventory } from '../../config/inventory.ts';
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
    backups.push(backup('20261123T020000Z-full-3a2b3c', 'failed', { startedAt: ago(1) }));
    const { lastBackup, lastVerified, findings } = await target();
    expect([lastBackup?.id, lastVerified?.id, findings]).toEqual([
      '20261122T020000Z-full-2a2b3c',
      '20261121T020000Z-full-1a2b3c',
      [],
    ]);
  });

  test('finds that it has no backup, or none that was tested', async () => {
    expect((await target('spare')).findings).toEqual(['There is no backup.']);
    backups = [backup('20261122T020000Z-full-2a2b3c', 'suspect', { startedAt: ago(20) })];
    expect((await target()).findings).toEqual(['No backup has passed a restore test.']);
  });

  test('finds that a backup was missed, that the last verified one is too old, and that a schedule fails', async () => {
    backups = [backup('20261121T020000Z-full-1a2b3c', 'verified', { startedAt: ago(200) })];
    api.gateway.add('schedule/tools/full-1', {
      ...{ type: 'scheduledBackup', state: 'broken', startedAt: ago(60) },
      ...{ memo: { schedule: 'schedule/tools/full' }, attributes: { target: 'tools' } },
    });
    expect((await target()).findings).toEqual([
      'A backup was missed: the newest is 3 h old, one is due every 60 min.',
      'The newest verified backup is 3 h old; no more than 60 min may be lost (RPO).',
      expect.stringContaining('schedule/tools/full failed at its last run'),
    ]);
    const pause = { paused: true, reason: 'maintenance' };
    for (const name of ['full', 'incremental']) {
      await api.send('ann', 'PUT', `/v1/schedules/${encodeURIComponent(`schedule/tools/${name}`)}`, { payload: pause });
    }
    expect((await target()).findings).toHaveLength(1);
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
    backups.push(backup('20261123T020000Z-full-3a2b3c', 'verified', { startedAt: ago(1) }));
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

describe('may a standby be promoted', () => {
  const inventory = parseInventory(
    `
version: 1
people:
  - { id: vera, name: Vera, roles: [operator], token: { env: TEST_TOKEN_VERA } }
  - { id: ren, name: Ren, roles: [approver], token: { env: TEST_TOKEN_REN } }
targets:
  - { id: db, kind: postgres, nodes: [{ id: a, host: a.example.jp }], roles: { control: { user: okiagari, password: { env: PG } } } }
`,
    '/nowhere/okiagari.yaml',
  );

  test('is answered by 200 or 409, so that a shell script can ask, with the reason', async () => {
    api.inventory = inventory;
    let verdict = { node: 'b', ok: true, sentence: { en: 'b may be promoted.', ja: 'b は昇格できます。' } };
    api.gateway.asked.set('mayPromotePostgres', (input) => {
      expect(input).toEqual({ target: 'db', node: 'b' });
      return verdict;
    });
    const ask = (url: string) => api.send('vera', 'GET', url);
    const yes = await ask('/v1/targets/db/may-promote?node=b');
    expect([yes.statusCode, yes.json()]).toEqual([200, { target: 'db', node: 'b', may: true, sentence: 'b may be promoted.' }]);
    verdict = { node: 'b', ok: false, sentence: { en: 'a takes writes.', ja: 'a が書き込みを受け付けています。' } };
    const no = await ask('/v1/targets/db/may-promote?node=b');
    expect([no.statusCode, no.json()]).toMatchObject([409, { code: 'may-not-promote', detail: 'a takes writes.' }]);
    expect((await ask('/v1/targets/db/may-promote?node=B')).statusCode).toBe(400);
    expect((await ask('/v1/targets/elsewhere/may-promote?node=b')).statusCode).toBe(404);
  });

  test('is no question for a kind without nodes', async () => {
    expect((await api.send('vera', 'GET', '/v1/targets/tools/may-promote?node=b')).statusCode).toBe(404);
  });
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
