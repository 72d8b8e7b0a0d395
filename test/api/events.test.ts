/** The event stream: live, resumed, replayed, shared, and gone when its readers are. */
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createFeeds } from '../../api/feed.ts';
import { createRecoveryReader } from '../../api/recovery-reader.ts';
import { eventData } from '../../contracts/http/recovery.ts';
import type { LedgerChange } from '../../domain/recovery.ts';
import { gateOfPlan, startTestApi, tokenOf, type FakeRecovery, type TestApi } from '../support/api.ts';
import { openStream, parseEvents, type Stream } from '../support/sse.ts';
import { eventually } from '../support/eventually.ts';

let api: TestApi;
let recovery: FakeRecovery;
let streams: Stream[];
beforeEach(async () => {
  api = await startTestApi();
  recovery = await api.recovery();
  streams = [];
});
afterEach(async () => {
  for (const stream of streams) stream.leave();
  await api.close();
});

const add = (change: LedgerChange): void =>
  void recovery.ledger.push({ number: recovery.ledger.length + 1, at: new Date().toISOString(), ...change });
const gateOpens = (): void =>
  add({
    event: 'gate',
    gate: 'restore',
    path: '',
    state: 'open',
    waiting: gateOfPlan(),
    sentence: { en: 'Asked.', ja: '依頼。' },
  });

async function listen(): Promise<string> {
  await api.app.listen({ host: '127.0.0.1', port: 0 });
  return `http://127.0.0.1:${(api.app.server.address() as AddressInfo).port}`;
}
async function follow(base: string, headers: Record<string, string> = {}): Promise<Stream> {
  const stream = await openStream(`${base}/v1/recoveries/${recovery.id}/events`, {
    authorization: `Bearer ${tokenOf('vera')}`,
    'accept-language': 'en',
    ...headers,
  });
  streams.push(stream);
  return stream;
}
const polls = (target: string): number => api.gateway.calls.filter((call) => call === `queryRun recovery/${target}`).length;
const replay = async (headers: Record<string, string> = {}) => {
  const answer = await api.send('vera', 'GET', `/v1/recoveries/${recovery.id}/events`, { headers });
  return parseEvents(answer.body.split('\n\n'));
};

describe('a running recovery', () => {
  test('is told from its beginning, then as it happens, to the end, and the stream is closed', async () => {
    const stream = await follow(await listen());
    expect([stream.status, stream.contentType]).toEqual([200, 'text/event-stream; charset=utf-8']);
    await eventually(() => stream.events.length).toBe(2);
    gateOpens();
    await eventually(() => stream.events.length).toBe(3);
    add({ event: 'status', status: 'running', phase: 'restore', sentence: { en: 'Goes on.', ja: '続行。' } });
    recovery.end('recovered');
    await eventually(() => stream.ended).toBe(true);
    expect(stream.events.map(({ event, id }) => [event, id])).toEqual([
      ['status', 1],
      ['step', 2],
      ['gate', 3],
      ['status', 4],
      ['end', 5],
    ]);
    expect(stream.events[2]!.data).toMatchObject({
      gate: 'restore',
      state: 'open',
      sentence: 'Asked.',
      waiting: { title: 'Overwrite live tools' },
    });
    expect(stream.events[3]!.data).toMatchObject({ status: 'running', sentence: 'Goes on.' });
    expect(stream.events[4]!.data).toMatchObject({ status: 'recovered' });
    for (const { event, data } of stream.events) eventData[event as keyof typeof eventData].strict().parse(data);
  });

  test('opens with a comment, so that a proxy passes the head on at once', async () => {
    recovery.ledger.length = 0;
    const stream = await follow(await listen());
    await eventually(() => stream.comments.length).toBe(1);
  });

  test('is resumed after the number that the reader saw last, nothing twice and nothing missing', async () => {
    const base = await listen();
    const first = await follow(base);
    await eventually(() => first.events.length).toBe(2);
    first.leave();
    gateOpens();
    gateOpens();
    const second = await follow(base, { 'last-event-id': '2' });
    await eventually(() => second.events.map(({ id }) => id)).toEqual([3, 4]);
  });

  test('is polled once for all its readers, each in a language of his own', async () => {
    const base = await listen();
    const readers = await Promise.all([follow(base), follow(base, { 'accept-language': 'ja' }), follow(base)]);
    for (const reader of readers) await eventually(() => reader.events.length).toBe(2);
    expect(readers.map((reader) => reader.events[1]!.data['sentence'])).toEqual([
      'Copied 12 files.',
      '12 ファイルを複製。',
      'Copied 12 files.',
    ]);
    const [before, began] = [polls('tools'), Date.now()];
    await eventually(() => polls('tools') - before).toBeGreaterThanOrEqual(4);
    // Four polls are at least three pauses of 150 ms; pollers of their own would need a third of that.
    expect(Date.now() - began).toBeGreaterThan(400);
  });

  test('is polled no more when its readers are gone', async () => {
    const base = await listen();
    const readers = await Promise.all([follow(base), follow(base)]);
    for (const reader of readers) await eventually(() => reader.events.length).toBe(2);
    const other = await api.recovery('spare');
    // Another recovery that is still followed is the clock.
    const clock = await openStream(`${base}/v1/recoveries/${other.id}/events`, { authorization: `Bearer ${tokenOf('vera')}` });
    streams.push(clock);
    await eventually(() => clock.events.length).toBe(2);
    readers[0].leave();
    const one = polls('tools');
    await eventually(() => polls('tools')).toBeGreaterThan(one + 1);
    readers[1].leave();
    const ticks = polls('spare');
    await eventually(() => polls('spare')).toBeGreaterThan(ticks + 1);
    const still = polls('tools');
    await eventually(() => polls('spare')).toBeGreaterThan(ticks + 4);
    expect(polls('tools')).toBe(still);
  });

  test('goes on where Temporal or the worker was away in between', async () => {
    const stream = await follow(await listen());
    await eventually(() => stream.events.length).toBe(2);
    api.gateway.temporal = 'away';
    gateOpens();
    const asked = api.gateway.calls.length;
    await eventually(() => api.gateway.calls.length).toBeGreaterThan(asked + 1);
    expect(stream.ended).toBe(false);
    api.gateway.temporal = 'here';
    await eventually(() => stream.events.length).toBe(3);
    api.gateway.worker = 'gone';
    gateOpens();
    const again = api.gateway.calls.length;
    await eventually(() => api.gateway.calls.length).toBeGreaterThan(again + 1);
    api.gateway.worker = 'here';
    await eventually(() => stream.events.length).toBe(4);
  });

  test('that is terminated ends its stream too', async () => {
    const stream = await follow(await listen());
    await eventually(() => stream.events.length).toBe(2);
    Object.assign(recovery.run, { state: 'broken', closedAt: new Date().toISOString() });
    await eventually(() => stream.ended).toBe(true);
    expect(stream.events.at(-1)).toMatchObject({ event: 'end', id: 3, data: { status: 'failed' } });
  });

  test('never shows the ledger of another recovery of the target', async () => {
    const stream = await follow(await listen());
    await eventually(() => stream.events.length).toBe(2);
    const mine = recovery;
    recovery.end('stopped');
    const other = await api.recovery();
    for (let i = 0; i < 5; i++) other.ledger.push({ ...other.ledger[1]!, number: other.ledger.length + 1 });
    await eventually(() => stream.ended).toBe(true);
    expect(stream.events.map(({ event }) => event)).toEqual(['status', 'step', 'end']);
    expect(mine.id).not.toBe(other.id);
  });

  test('whose server stops closes its streams, and the server is gone at once', async () => {
    const stream = await follow(await listen());
    await eventually(() => stream.events.length).toBe(2);
    const began = Date.now();
    await api.app.close();
    expect(Date.now() - began).toBeLessThan(1_500);
    await eventually(() => stream.ended).toBe(true);
  });
});

describe('a closed recovery', () => {
  beforeEach(() => {
    gateOpens();
    recovery.end('rolled-back');
  });

  test('replays all and ends', async () => {
    expect((await replay()).map(({ event, id }) => [event, id])).toEqual([
      ['status', 1],
      ['step', 2],
      ['gate', 3],
      ['end', 4],
    ]);
  });

  test('replays the rest after Last-Event-ID, and says the end even to one who has seen it', async () => {
    expect((await replay({ 'last-event-id': '2' })).map(({ id }) => id)).toEqual([3, 4]);
    for (const seen of ['4', '99']) expect((await replay({ 'last-event-id': seen })).map(({ event }) => event)).toEqual(['end']);
  });

  test('replays without Temporal’s history', async () => {
    api.gateway.runs.length = 0;
    expect(await replay()).toHaveLength(4);
  });
});

test('a stream needs a token and a recovery, and is refused as a problem', async () => {
  const path = `/v1/recoveries/${recovery.id}/events`;
  expect((await api.send(undefined, 'GET', path)).statusCode).toBe(401);
  expect((await api.send('vera', 'GET', path.replace('tools~', 'spare~'))).statusCode).toBe(404);
  api.gateway.temporal = 'away';
  expect((await api.send('vera', 'GET', path)).json()).toMatchObject({ code: 'temporal-away' });
});

test('a feed that nobody follows is forgotten', async () => {
  const reader = createRecoveryReader({ gateway: api.gateway, records: api.records });
  const feeds = createFeeds(api.gateway, reader);
  const seen: number[] = [];
  const follower = () => ({ entry: ({ number }: { number: number }) => void seen.push(number), ended: () => {} });
  const leave = [feeds.follow(recovery.id, follower()), feeds.follow(recovery.id, follower())];
  expect(feeds.open).toBe(1);
  await eventually(() => seen).toEqual([1, 1, 2, 2]);
  leave[0]!();
  expect(feeds.open).toBe(1);
  leave[1]!();
  expect(feeds.open).toBe(0);
});
