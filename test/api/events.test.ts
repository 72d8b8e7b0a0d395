/** The event stream: live, resumed, replayed, shared, and gone when its readers are. */
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createFeeds } from '../../api/feed.ts';
import { createRecoveryReader } from '../../api/recovery-reader.ts';
import { eventData } from '../../contracts/http/recovery.ts';
import type { LedgerChange } from '../../domain/recovery.ts';
import { gateOfPlan, startTestApi, tokenOf, type FakeRecovery, type TestApi } from '../support/api.ts';
import { openStream, parseEvents, type Stream } from '../support/sse.ts';

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
const replay = async (headers: Record<string, string> = {}) => {
  const answer = await api.send('vera', 'GET', `/v1/recoveries/${recovery.id}/events`, { headers });
  return parseEvents(answer.body.split('\n\n'));
};

describe('a running recovery', () => {
  test('is told from its beginning, then as it happens, to the end, and the stream is closed', async () => {
    const stream = await follow(await listen());
    expect([stream.status, stream.contentType]).toEqual([200, 'text/event-stream; charset=utf-8']);
    await expect.poll(() => stream.events.length).toBe(2);
    gateOpens();
    await expect.poll(() => stream.events.length).toBe(3);
    add({ event: 'status', status: 'running', phase: 'restore', sentence: { en: 'Goes on.', ja: '続行。' } });
    recovery.end('recovered');
    await expect.poll(() => stream.ended).toBe(true);
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
    await expect.poll(() => stream.comments.length).toBe(1);
  });

  test('is resumed after the number that the reader saw last, nothing twice and nothing missing', async () => {
    const base = await listen();
    const first = await follow(base);
    await expect.poll(() => first.events.length).toBe(2);
    first.leave();
    gateOpens();
    gateOpens();
    const second = await follow(base, { 'last-event-id': '2' });
    await expect.poll(() => second.events.map(({ id }) => id)).toEqual([3, 4]);
  });

  test('is polled once for all its readers, each in a language of his own, and no more when they are gone', async () => {
    const base = await listen();
    const readers = await Promise.all([follow(base), follow(base, { 'accept-language': 'ja' }), follow(base)]);
    for (const reader of readers) await expect.poll(() => reader.events.length).toBe(2);
    expect(readers.map((reader) => reader.events[1]!.data['sentence'])).toEqual([
      'Copied 12 files.',
      '12 ファイルを複製。',
      'Copied 12 files.',
    ]);
    const asks = () => api.gateway.calls.filter((call) => call === 'queryRun').length;
    const before = asks();
    const began = Date.now();
    await expect.poll(() => asks() - before, { interval: 10 }).toBeGreaterThanOrEqual(3);
    // Three polls at 150 ms and slower; three readers of their own would need a third of that.
    expect(Date.now() - began).toBeGreaterThan(300);
    for (const reader of readers) reader.leave();
    let still = asks();
    await expect
      .poll(() => [still, (still = asks())], { interval: 700, timeout: 5_000 })
      .toSatisfy(([earlier, now]: number[]) => earlier === now);
  });

  test('goes on where Temporal or the worker was away in between', async () => {
    const stream = await follow(await listen());
    await expect.poll(() => stream.events.length).toBe(2);
    api.gateway.temporal = 'away';
    gateOpens();
    const asked = api.gateway.calls.length;
    await expect.poll(() => api.gateway.calls.length).toBeGreaterThan(asked + 1);
    expect(stream.ended).toBe(false);
    api.gateway.temporal = 'here';
    await expect.poll(() => stream.events.length).toBe(3);
    api.gateway.worker = 'gone';
    gateOpens();
    const again = api.gateway.calls.length;
    await expect.poll(() => api.gateway.calls.length).toBeGreaterThan(again + 1);
    api.gateway.worker = 'here';
    await expect.poll(() => stream.events.length).toBe(4);
  });

  test('that is terminated ends its stream too', async () => {
    const stream = await follow(await listen());
    await expect.poll(() => stream.events.length).toBe(2);
    Object.assign(recovery.run, { state: 'broken', closedAt: new Date().toISOString() });
    await expect.poll(() => stream.ended, { timeout: 6_000 }).toBe(true);
    expect(stream.events.at(-1)).toMatchObject({ event: 'end', id: 3, data: { status: 'failed' } });
  });

  test('never shows the ledger of another recovery of the target', async () => {
    const stream = await follow(await listen());
    await expect.poll(() => stream.events.length).toBe(2);
    const mine = recovery;
    recovery.end('stopped');
    const other = await api.recovery();
    for (let i = 0; i < 5; i++) other.ledger.push({ ...other.ledger[1]!, number: other.ledger.length + 1 });
    await expect.poll(() => stream.ended).toBe(true);
    expect(stream.events.map(({ event }) => event)).toEqual(['status', 'step', 'end']);
    expect(mine.id).not.toBe(other.id);
  });

  test('whose server stops closes its streams, and the server is gone at once', async () => {
    const stream = await follow(await listen());
    await expect.poll(() => stream.events.length).toBe(2);
    const began = Date.now();
    await api.app.close();
    expect(Date.now() - began).toBeLessThan(1_500);
    await expect.poll(() => stream.ended).toBe(true);
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
  await expect.poll(() => seen).toEqual([1, 1, 2, 2]);
  leave[0]!();
  expect(feeds.open).toBe(1);
  leave[1]!();
  expect(feeds.open).toBe(0);
});
