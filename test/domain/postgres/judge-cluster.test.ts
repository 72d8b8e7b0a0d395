/** What a look at a cluster means: which drift it is, who may take over, who loses least. */
import { describe, expect, test } from 'vitest';
import { canPromote, chooseStandby } from '../../../domain/postgres/can-promote.ts';
import { judgeCluster } from '../../../domain/postgres/judge-cluster.ts';
import { bytesAhead, furthest } from '../../../domain/postgres/lsn.ts';
import type { NodeReport, Primary, PrimaryRole, Standby, StandbyRole } from '../../../domain/postgres/node-report.ts';

const limits = { lagBytes: 1_000, waitingFiles: 2, roomBytes: 1_000, certificateDays: 21 };
const head = {
  answers: true,
  at: '2026-11-28T00:00:00.000Z',
  systemId: '7',
  version: 150_018,
  timeline: 3,
  mayPromote: true,
} as const;
const primary = (role: Partial<PrimaryRole> = {}, more: Partial<Primary> = {}): Primary => ({
  ...head,
  node: 'a',
  ...more,
  role: {
    is: 'primary',
    position: '1/1000',
    oldest: '1/0',
    synchronous: '',
    streams: [{ name: 'b', state: 'streaming', sync: 'async' }],
    slots: [{ name: 'slot_b', active: true, wal: 'reserved' }],
    archive: { on: true, waiting: 0, failing: null },
    standbyLogin: 'well',
    slot: null,
    ...role,
  },
});
const standby = (role: Partial<StandbyRole> = {}, more: Partial<Standby> = {}): Standby => ({
  ...head,
  node: 'b',
  ...more,
  role: {
    is: 'standby',
    received: '1/1000',
    replayed: '1/1000',
    isReplayPaused: false,
    lastCommitAt: '2026-11-28T00:00:00.000Z',
    isStreaming: true,
    slot: 'slot_b',
    ...role,
  },
});
const silent = (node: string): NodeReport => ({ node, answers: false, why: 'unreachable', said: 'connect ECONNREFUSED' });
const found = (...reports: NodeReport[]): string[] => judgeCluster(reports, limits).map(({ id }) => id);

describe('positions in the log', () => {
  test.each([
    ['0/0', '0/10', 16],
    ['0/FFFFFFFF', '1/0', 1],
    ['A/0', '9/FFFFFFFF', 0],
    ['1/1000', '1/1000', 0],
  ])('from %s to %s it is %i bytes', (from, to, bytes) => expect(bytesAhead(from, to)).toBe(bytes));

  test('the one that is further on is found by number, not by letters', () => {
    expect(furthest('0/9000000', '0/10000000')).toBe('0/10000000');
    expect(furthest('2/0', '1/FFFFFFFF')).toBe('2/0');
  });

  test('what is no position is refused', () => expect(() => bytesAhead('0/0', 'abc')).toThrow('no position'));
});

describe('drifts', () => {
  test('a cluster that is well has none, and neither has a single server', () => {
    expect(found(primary(), standby())).toEqual([]);
    expect(found(primary({ streams: [], slots: [], standbyLogin: null }))).toEqual([]);
  });

  test.each<[string, NodeReport[]]>([
    ['archive-off', [primary({ archive: { on: false, waiting: 0, failing: null } }), standby()]],
    ['archive-failing', [primary({ archive: { on: true, waiting: 1, failing: '000000030000000100000002' } }), standby()]],
    ['archive-behind', [primary({ archive: { on: true, waiting: 3, failing: null } }), standby()]],
    ['commits-wait', [primary({ synchronous: 'ANY 1 (b)' }), standby()]],
    ['slot-lost', [primary({ slots: [{ name: 'slot_b', active: false, wal: 'lost' }] }), standby()]],
    ['slot-missing', [primary({ slots: [] }), standby()]],
    ['standby-not-streaming', [primary(), standby({ isStreaming: false })]],
    ['replay-paused', [primary(), standby({ isReplayPaused: true })]],
    ['standby-lag', [primary({ position: '1/2000' }), standby()]],
    ['replay-lag', [primary(), standby({ replayed: '1/0' })]],
    ['replication-role', [primary({ standbyLogin: 'expired' }), standby()]],
    ['clocks-differ', [primary(), standby({}, { at: '2026-11-28T00:00:05.001Z' })]],
    ['clocks-differ', [primary({}, { at: '2026-11-28T00:00:05.001Z' }), standby()]],
  ])('%s is found, and nothing else', (id, reports) => expect(found(...reports)).toEqual([id]));

  test('what still counts as well is no drift: the limit itself', () => {
    expect(found(primary({ position: '1/13E8', archive: { on: true, waiting: 2, failing: null } }), standby())).toEqual([]);
  });

  test('what a standby needs and the primary has no more is told beside that it receives nothing', () => {
    const behind = standby({ isStreaming: false, received: '1/FF0', replayed: '1/FF0' });
    expect(found(primary({ oldest: '1/FF0' }), behind)).toEqual(['standby-not-streaming']);
    expect(found(primary({ oldest: '1/FF1' }), behind)).toEqual(['standby-not-streaming', 'standby-cut-off']);
    expect(found(primary({ oldest: '1/FF1' }), standby({ received: '1/FF0', replayed: '1/FF0' }))).toEqual([]);
  });

  test('a disk without room is told of each machine that could be asked, and its standby may not take over', () => {
    const state = { processes: 'running', isStandby: true, isPortOpen: true, fencedBy: null } as const;
    const judge = (bytes: { a?: number; b?: number }, roomBytes = 64 * 1024 * 1024): string[] => {
      const states = new Map(Object.entries(bytes).map(([node, room]) => [node, { ...state, roomBytes: room }]));
      return judgeCluster([primary(), standby()], { ...limits, roomBytes }, states).map(({ id }) => id);
    };
    expect(judge({ b: 64 * 1024 * 1024 })).toEqual([]);
    expect(judge({ a: 0 })).toEqual(['disk-full']);
    expect(judge({ b: 64 * 1024 * 1024 - 1 })).toEqual(['disk-full']);
    expect(judge({ b: 32 * 1024 * 1024 - 1 })).toEqual(['disk-full', 'may-not-take-over', 'nobody-to-promote']);
  });

  test('a database that a recovery set aside is told of when a week has passed, by the clock of the servers', () => {
    const state = { processes: 'running', isStandby: true, isPortOpen: true, fencedBy: null } as const;
    const judge = (since: string): string[] => {
      const setAside = [{ path: '/data.okiagari-old-1', since }];
      return judgeCluster([primary(), standby()], limits, new Map([['b', { ...state, setAside }]])).map(({ id }) => id);
    };
    expect(judge('2026-11-21T00:00:00.000Z')).toEqual([]);
    expect(judge('2026-11-20T23:59:59.999Z')).toEqual(['database-set-aside']);
  });

  test('a standby that does not answer is named, and the slot that waits for it', () => {
    const waiting = primary({ streams: [], slots: [{ name: 'slot_b', active: false, wal: 'reserved' }] });
    expect(found(waiting, silent('b'))).toEqual(['node-unreachable', 'slot-unused', 'nobody-to-promote']);
  });

  test('a dead primary leaves a standby that may take over', () => {
    expect(found(silent('a'), standby({ isStreaming: false }))).toEqual([
      'node-unreachable',
      'no-primary',
      'standby-not-streaming',
    ]);
  });

  test('two primaries are told with their timelines, and nobody is measured against either', () => {
    const symptoms = judgeCluster(
      [primary(), primary({}, { node: 'c', timeline: 4 }), standby({ received: '0/0', replayed: '0/0' })],
      limits,
    );
    expect(symptoms.map(({ id }) => id)).toEqual(['two-primaries', 'may-not-take-over', 'nobody-to-promote']);
    expect(symptoms[0]!.sentence.en).toContain('a (timeline 3), c (timeline 4)');
  });
});

describe('who may take over', () => {
  test.each<[string, Standby]>([
    ['no copy of a', standby({}, { systemId: '8' })],
    ['is PostgreSQL 16, a 15', standby({}, { version: 160_001 })],
    ['is on timeline 2, the cluster on 3', standby({}, { timeline: 2 })],
    ['does not say how much', standby({ received: null, replayed: null })],
    ['may not call pg_promote', standby({}, { mayPromote: false })],
  ])('not one of which is true: %s', (why, candidate) => {
    const reports = [primary(), candidate];
    expect(canPromote(candidate, reports)).toMatchObject({ ok: false, sentence: { en: expect.stringContaining(why) as string } });
    expect(found(...reports)).toContain('nobody-to-promote');
  });

  test('neither a primary nor one that is silent', () => {
    expect(canPromote(primary(), [primary()]).ok).toBe(false);
    expect(canPromote(silent('b'), [silent('b')]).ok).toBe(false);
  });

  test.each<[string, Partial<StandbyRole>, Partial<StandbyRole>]>([
    ['c', { received: '1/1000' }, { received: '1/1001' }],
    ['b', { received: '2/0' }, { received: '1/FFFFFFFF' }],
    ['c', { received: null, replayed: '1/1000' }, { received: null, replayed: '1/1001' }],
    ['c', { received: '1/1000', replayed: '1/500' }, { received: '1/1000', replayed: '1/600' }],
    ['b', {}, {}],
  ])('%s loses less', (better, b, c) => {
    expect(chooseStandby([standby(b), standby(c, { node: 'c' })])?.node).toBe(better);
  });

  test('the one that has more, but may not, is passed over', () => {
    const ahead = standby({ received: '2/0' }, { node: 'c', mayPromote: false });
    expect(chooseStandby([ahead, standby()])?.node).toBe('b');
  });
});
