/** Telling people through a real mail server and a real webhook receiver: who, in which language, once, and past broken channels. */
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createAnnounce } from '../../activities/announce.ts';
import { scenarios } from '../../contracts/scenarios.ts';
import { eventually } from '../support/eventually.ts';
import { readMail } from '../support/mail-server.ts';
import { createMemoryMessenger } from '../support/memory-messenger.ts';
import { createMemoryRecords } from '../support/memory-records.ts';
import { gateOpened, hookSecret, notifyInventory, startNotifyWorld, type NotifyWorld } from '../support/notify-world.ts';
import { isGenuine } from '../support/webhook-receiver.ts';

let world: NotifyWorld;
beforeEach(async () => {
  world = await startNotifyWorld();
});
afterEach(() => world.stop());

const recipients = () => world.server.mails.map(({ to }) => to).toSorted();
const mailTo = (address: string) => readMail(world.server.mails.find(({ to }) => to === address)!);
const health = async (channel: string) => JSON.parse((await world.records.get(`channels/${channel}.json`)) ?? 'null') as unknown;

describe('a gate that opens', () => {
  test('is told to the people of the group who have an address, and once to the webhook', async () => {
    expect(await world.announce(gateOpened)).toEqual({
      reached: [
        { channel: 'mail', to: 'ren' },
        { channel: 'mail', to: 'mio' },
        { channel: 'webhook', to: 'chat' },
      ],
      failed: [],
    });
    expect(recipients()).toEqual(['mio@example.jp', 'ren@example.jp']);
    expect(world.receiver.posts).toHaveLength(1);
    expect(mailTo('ren@example.jp').header('from')).toBe('Okiagari <okiagari@example.jp>');
    expect(mailTo('ren@example.jp').header('auto-submitted')).toBe('auto-generated');
  });

  test('is told to each in their own language, else in that of the inventory', async () => {
    await world.announce(gateOpened);
    const [mio, ren] = [mailTo('mio@example.jp'), mailTo('ren@example.jp')];
    expect([mio.header('subject'), ren.header('subject')]).toEqual([
      '[Okiagari tools] Decision needed: restore',
      '[Okiagari tools] 判断をお願いします: restore',
    ]);
    expect(mio.text).toContain('Until: 2026-11-22 19:05:00 (Asia/Tokyo)');
    expect(ren.text).toContain('追加 3、上書き 2。');
    expect(ren.text).toContain(`https://okiagari.example.jp/v1/recoveries/${gateOpened.recovery}\n`);
  });

  test('reaches the webhook signed, with the facts, both languages and who is meant', async () => {
    await world.announce(gateOpened);
    const [post] = world.receiver.posts;
    expect(isGenuine(post!, hookSecret)).toBe(true);
    expect(isGenuine({ ...post!, body: post!.body.replace('"need":1', '"need":0') }, hookSecret)).toBe(false);
    expect(isGenuine(post!, 'another key')).toBe(false);
    expect(isGenuine(post!, hookSecret, Date.now() + 600_000)).toBe(false);
    expect(post!.headers).toMatchObject({ 'content-type': 'application/json', 'idempotency-key': gateOpened.event });
    const { to: _, ...facts } = gateOpened;
    expect(JSON.parse(post!.body)).toEqual({
      ...facts,
      people: ['ren', 'mio', 'kai'],
      link: `https://okiagari.example.jp/v1/recoveries/${gateOpened.recovery}`,
      text: `[Okiagari tools] 判断をお願いします: restore\n追加 3、上書き 2。\nhttps://okiagari.example.jp/v1/recoveries/${gateOpened.recovery}`,
    });
  });

  test('is told by the inventory of this moment', async () => {
    await world.announce(gateOpened);
    const before = notifyInventory();
    world.inventory = {
      ...before,
      people: before.people.map((one) => (one.id === 'sora' ? { ...one, groups: ['admins'] } : one)),
    };
    await world.announce({ ...gateOpened, event: 'another' });
    expect(recipients()).toContain('sora@example.jp');
  });

  test('tells nobody where nothing is configured', async () => {
    world.inventory = { ...notifyInventory(), notify: undefined };
    expect(await world.announce(gateOpened)).toEqual({ reached: [], failed: [] });
  });
});

describe('an event', () => {
  test('is told once, however often the activity runs; the next event is told again', async () => {
    const first = await world.announce(gateOpened);
    expect(await world.announce(gateOpened)).toEqual(first);
    expect([recipients(), world.receiver.posts.length]).toEqual([['mio@example.jp', 'ren@example.jp'], 1]);
    await world.announce({ ...gateOpened, event: `${gateOpened.event}/reminder/1`, occasion: 'reminder' });
    expect([recipients().length, world.receiver.posts.length]).toEqual([4, 2]);
  });

  test('goes only to the channels that have not taken it yet', async () => {
    world.server.refusals.set('ren@example.jp', '550 no such mailbox');
    world.receiver.statuses.set('/hook', 410);
    const first = await world.announce(gateOpened);
    expect(first.reached).toEqual([{ channel: 'mail', to: 'mio' }]);
    world.server.refusals.clear();
    world.receiver.statuses.clear();
    expect((await world.announce(gateOpened)).failed).toEqual([]);
    expect(recipients()).toEqual(['mio@example.jp', 'ren@example.jp']);
    expect(world.receiver.posts).toHaveLength(1);
  });

  test('that must be sent twice, because nobody knows of the first time, carries the same ids', async () => {
    await world.announce(gateOpened);
    for (const key of await world.records.list('told/')) await world.records.remove(key);
    await world.announce(gateOpened);
    const ids = world.server.mails.filter(({ to }) => to === 'ren@example.jp').map((one) => readMail(one).header('message-id'));
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(1);
    expect(ids[0]).toMatch(/^<[0-9a-f]{32}@okiagari>$/);
    expect(new Set(world.receiver.posts.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
    expect(mailTo('mio@example.jp').header('message-id')).not.toBe(ids[0]);
  });

  test('is told even while no record can be kept', async () => {
    const messenger = createMemoryMessenger();
    const broken = () => Promise.reject(Object.assign(new Error('no space'), { code: 'ENOSPC' }));
    const records = { ...createMemoryRecords(), get: broken, put: broken };
    const announce = createAnnounce({ inventory: notifyInventory, records, messenger }, scenarios);
    expect((await announce(gateOpened)).failed).toEqual([]);
    expect(messenger.mails.map(({ to }) => to)).toEqual(['ren@example.jp', 'mio@example.jp']);
  });
});

describe('a broken channel', () => {
  test('keeps no other from its message, and is told with the reason', async () => {
    world.server.refusals.set('ren@example.jp', '550 5.1.1 no such mailbox');
    const told = await world.announce(gateOpened);
    expect(told).toEqual({
      reached: [
        { channel: 'mail', to: 'mio' },
        { channel: 'webhook', to: 'chat' },
      ],
      failed: [{ channel: 'mail', to: 'ren', why: 'the mail server answers 550 5.1.1 no such mailbox' }],
    });
    expect(world.server.attempts.filter((to) => to === 'ren@example.jp')).toHaveLength(1);
  });

  test('that only stumbles is tried again at once', async () => {
    world.server.refusals.set('ren@example.jp', '451 come again');
    world.receiver.statuses.set('/hook', 503);
    world.receiver.hold = () => {
      if (world.receiver.attempts.length === 2) world.receiver.statuses.delete('/hook');
      return Promise.resolve();
    };
    world.server.holds.set('ren@example.jp', () => {
      if (world.server.attempts.filter((to) => to === 'ren@example.jp').length === 2) world.server.refusals.clear();
      return Promise.resolve();
    });
    expect((await world.announce(gateOpened)).failed).toEqual([]);
    expect([recipients(), world.receiver.posts.length]).toEqual([['mio@example.jp', 'ren@example.jp'], 1]);
  });

  test('that stays broken is given up after three attempts', async () => {
    world.receiver.statuses.set('/hook', 503);
    expect((await world.announce(gateOpened)).failed).toEqual([{ channel: 'webhook', to: 'chat', why: 'it answers 503' }]);
    expect(world.receiver.attempts).toHaveLength(3);
  });

  test('is remembered as broken until a message goes through', async () => {
    world.server.refusals.set('ren@example.jp', '550 no such mailbox');
    await world.announce(gateOpened);
    expect(await health('mail~ren')).toEqual({ ok: false, at: expect.any(String), why: expect.stringContaining('550') });
    expect(await health('webhook~chat')).toEqual({ ok: true, at: expect.any(String) });
    world.server.refusals.clear();
    await world.announce(gateOpened);
    expect(await health('mail~ren')).toEqual({ ok: true, at: expect.any(String) });
  });
});

describe('inside Temporal', () => {
  const activities = {
    announce: () => world.announce(gateOpened),
    testChannels: () => world.testChannels({ person: 'ren', event: 'e', by: 'hana' }),
  };
  test.each(['announce', 'testChannels'] as const)(
    '%s beats while one channel keeps it waiting, and the others have their message already',
    async (name) => {
      let beats = 0;
      const environment = new MockActivityEnvironment();
      environment.on('heartbeat', () => (beats += 1));
      world.server.holds.set('ren@example.jp', async () => {
        await eventually(() => beats >= 3 && world.receiver.posts.length > 0).toBe(true);
      });
      await environment.run(activities[name]);
      expect(world.server.mails.map(({ to }) => to)).toContain('ren@example.jp');
      expect(beats).toBeGreaterThanOrEqual(3);
    },
  );

  test('a cancellation ends it, and says nothing bad of the channel that it waited for', async () => {
    const environment = new MockActivityEnvironment();
    let free: () => void = () => undefined;
    world.server.holds.set('ren@example.jp', () => {
      environment.cancel();
      return new Promise((resolve) => (free = resolve));
    });
    let work: Promise<unknown> = Promise.resolve();
    await expect(environment.run((input: typeof gateOpened) => (work = world.announce(input)), gateOpened)).rejects.toThrow();
    await expect(work).rejects.toThrow('stopped at a safe point');
    free();
    expect(await health('mail~ren')).toBeNull();
  });
});
