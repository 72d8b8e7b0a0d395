/** Trying somebody's channels through the API, with the real adapters behind it, and what the targets then say of them. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { testMessageDocument } from '../../contracts/http/person.ts';
import { scenarios } from '../../contracts/scenarios.ts';
import { startTestApi, type PersonId, type TestApi } from '../support/api.ts';
import { temporalAway } from '../support/fake-gateway.ts';
import { readMail } from '../support/mail-server.ts';
import { notifyInventory, startNotifyWorld, type NotifyWorld } from '../support/notify-world.ts';

let api: TestApi;
let world: NotifyWorld;
beforeEach(async () => {
  world = await startNotifyWorld();
  api = await startTestApi({ records: world.records });
  const { people, ...rest } = notifyInventory();
  // Tokens of the test API, channels of the notify world.
  const tokens = new Map(api.inventory.people.map(({ id, token }) => [id, token]));
  world.inventory = { ...rest, people: people.map((one) => ({ ...one, token: tokens.get(one.id) ?? one.token })) };
  api.inventory = world.inventory;
  api.gateway.asked.set('listToolStoreBackups', () => []);
  api.gateway.asked.set('testChannels', (input) => world.testChannels(input as never));
});
afterEach(async () => {
  await api.close();
  await world.stop();
});

const tryChannels = async (person: string, headers: Record<string, string> = {}, by: PersonId = 'hana') => {
  const answer = await api.send(by, 'POST', `/v1/people/${person}/test-message`, { headers });
  return { status: answer.statusCode, body: answer.json<unknown>(), text: answer.body };
};
const documentOf = async (person: string) => testMessageDocument.strict().parse((await tryChannels(person)).body);
const findings = async () =>
  (await api.send('hana', 'GET', '/v1/targets/tools'))
    .json<{ findings: string[] }>()
    .findings.filter((one) => one.includes('told'));

describe('a test message', () => {
  test('goes through every channel of a person, and each answers for itself', async () => {
    expect(await documentOf('ren')).toEqual({
      person: 'ren',
      channels: [
        { channel: 'mail', to: 'ren@example.jp', ok: true, ms: expect.any(Number) },
        { channel: 'webhook', to: 'chat', ok: true, ms: expect.any(Number) },
      ],
    });
    const mail = readMail(world.server.mails[0]!);
    expect(mail.header('subject')).toBe('[Okiagari] テスト送信');
    expect(mail.text).toContain('hana が ren への通知を確認しています。');
    expect(JSON.parse(world.receiver.posts[0]!.body)).toMatchObject({ occasion: 'test', requestedBy: 'hana', people: ['ren'] });
  });

  test('says what does not work beside what does', async () => {
    world.server.refusals.set('ren@example.jp', '550 no such mailbox');
    expect((await documentOf('ren')).channels).toEqual([
      {
        channel: 'mail',
        to: 'ren@example.jp',
        ok: false,
        why: 'the mail server answers 550 no such mailbox',
        ms: expect.any(Number),
      },
      { channel: 'webhook', to: 'chat', ok: true, ms: expect.any(Number) },
    ]);
  });

  test('to somebody without an address tells so', async () => {
    const { channels, hint } = await documentOf('kai');
    expect(channels.map(({ channel }) => channel)).toEqual(['webhook']);
    expect(hint).toBe('The inventory has no contact.mail of kai.');
  });

  test('to somebody without any channel is an empty list with a hint, in the language of the reader', async () => {
    world.inventory = { ...world.inventory, notify: undefined };
    api.inventory = world.inventory;
    expect(await documentOf('ren')).toEqual({
      person: 'ren',
      channels: [],
      hint: 'The inventory has no notify.smtp: nobody gets mail.',
    });
    expect((await tryChannels('ren', { 'accept-language': 'ja' })).body).toMatchObject({
      hint: 'インベントリに notify.smtp がないため、メールは誰にも届きません。',
    });
  });

  test('to nobody is 404, and without a worker 503', async () => {
    expect(await tryChannels('nobody')).toMatchObject({ status: 404, body: { code: 'not-found' } });
    api.gateway.worker = 'gone';
    expect(await tryChannels('ren')).toMatchObject({ status: 503, body: { code: 'no-worker' } });
    expect(world.server.mails).toEqual([]);
  });

  test('is sent once for one Idempotency-Key', async () => {
    const [first, second] = [
      await tryChannels('ren', { 'idempotency-key': 'k' }),
      await tryChannels('ren', { 'idempotency-key': 'k' }),
    ];
    expect(second.body).toEqual(first.body);
    expect([world.server.mails.length, world.receiver.posts.length]).toEqual([1, 1]);
    await tryChannels('ren');
    expect(world.server.mails).toHaveLength(2);
  });
});

test('a repeat after an unknown outcome goes under the same event, so that mailboxes can tell it from news', async () => {
  const events: unknown[] = [];
  api.gateway.asked.set('testChannels', (input) => {
    events.push((input as { event: string }).event);
    if (events.length === 1) throw temporalAway();
    return [];
  });
  expect((await tryChannels('ren', { 'idempotency-key': 'k' })).status).toBe(503);
  expect((await tryChannels('ren', { 'idempotency-key': 'k' })).status).toBe(200);
  await tryChannels('ren', { 'idempotency-key': 'l' });
  expect(events[1]).toBe(events[0]);
  expect(events[2]).not.toBe(events[0]);
});

describe('a target', () => {
  const chatBroken = 'Nobody could be told about gate restore: no working mail or webhook for any approver.';

  test('finds a gate that nobody would hear of, after the channels failed and until one works', async () => {
    expect(await findings()).toEqual([]);
    world.receiver.statuses.set('/hook', 410);
    for (const person of ['ren', 'mio', 'sora']) world.server.refusals.set(`${person}@example.jp`, '550 no');
    for (const person of ['ren', 'mio', 'sora']) await tryChannels(person);
    // hana operates and has a working address.
    const gates = new Set(scenarios.flatMap((one) => (one.kinds.includes('tool-store') ? one.gates.map(({ id }) => id) : [])));
    expect((await findings()).toSorted()).toEqual([...gates].map((gate) => chatBroken.replace('restore', gate)).toSorted());
    world.server.refusals.delete('sora@example.jp');
    await tryChannels('sora');
    expect(await findings()).toEqual([]);
  });

  test('asks by its own policies', async () => {
    const [tools] = world.inventory.targets;
    const policy = { need: 1, otherwise: 'stop' as const, always: false };
    const restore = { ...policy, from: ['admins'], then: [{ from: ['executives'], within: 1 }] };
    api.inventory = { ...world.inventory, targets: [{ ...tools!, approvals: { restore } }] };
    world.receiver.statuses.set('/hook', 410);
    world.server.refusals.set('sora@example.jp', '550 no');
    await tryChannels('sora');
    expect(await findings()).toEqual([chatBroken.replace('any approver', 'executives')]);
  });

  test('has one finding, not one a gate, where no channel is configured', async () => {
    api.inventory = { ...world.inventory, notify: undefined };
    expect(await findings()).toEqual(['Nobody is told when a gate opens: the inventory has no notify.']);
    const listed = (await api.send('hana', 'GET', '/v1/targets')).json<{ items: { findings: string[] }[] }>();
    expect(listed.items[0]!.findings).toContain('Nobody is told when a gate opens: the inventory has no notify.');
  });

  test('is shown without what cannot be read', async () => {
    await world.records.put('channels/webhook~chat.json', 'half a rec');
    expect(await findings()).toEqual([]);
  });
});

test('no secret is in any answer, record or log', async () => {
  const [password, token] = ['hunter2-of-smtp', 'T0-hunter2-of-chat'];
  world.secrets['NOTIFY_SMTP_URL'] = `smtp://okiagari:${password}@${world.server.address}`;
  world.secrets['NOTIFY_HOOK_URL'] = `${world.receiver.url}/${token}`;
  world.receiver.statuses.set(`/${token}`, 410);
  world.server.refusals.set('ren@example.jp', `550 no mail from ${password}`);
  const told = await tryChannels('ren');
  expect(JSON.parse(told.text)).toMatchObject({
    channels: [{ why: 'the mail server answers 550 no mail from …' }, { why: 'it answers 410' }],
  });
  const records = await Promise.all((await world.records.list('channels/')).map((key) => world.records.get(key)));
  expect(records).toHaveLength(2);
  const everything = [told.text, ...records, ...api.logged, JSON.stringify(await findings())].join('\n');
  for (const secret of [password, token, world.server.address, world.receiver.url]) expect(everything).not.toContain(secret);
});
