/** What a look at Redis servers means: which drift it is, who may take over, who loses least. */
import { describe, expect, test } from 'vitest';
import { canPromote, chooseReplica } from '../../../domain/redis/can-promote.ts';
import { judgeServers } from '../../../domain/redis/judge-servers.ts';
import type { LiveNode, Master, NodeReport, Persistence, Replica, ReplicaRole } from '../../../domain/redis/node-report.ts';

const limits = { lagBytes: 1_000, snapshotMinutes: 75, certificateDays: 21 };
const persistence: Persistence = {
  appendOnly: { fsync: 'everysec', isWritten: true },
  snapshot: { rule: '3600 1', isWritten: true, ageMinutes: 10, writesSince: 5 },
};
const head = { answers: true, history: 'h', historyBefore: '0', offset: 5_000, isLoading: false, persistence } as const;
const master = (more: Partial<LiveNode> = {}): Master => ({
  ...{ ...head, node: 'a', ...more },
  role: { is: 'master', wantsReplicas: 0, hasReplicas: 0 },
});
const replica = (role: Partial<ReplicaRole> = {}, more: Partial<LiveNode> = {}): Replica => ({
  ...{ ...head, node: 'b', ...more },
  role: { is: 'replica', isLinked: true, hasCopied: true, isSyncing: false, isReadOnly: true, priority: 100, ...role },
});
const silent = (node: string): NodeReport => ({ node, answers: false, why: 'unreachable', said: 'connect ECONNREFUSED' });
const found = (...reports: NodeReport[]): string[] => judgeServers(reports, limits).map(({ id }) => id);
const keeping = (more: Partial<Persistence['snapshot']>): Persistence => ({
  ...persistence,
  snapshot: { ...persistence.snapshot, ...more },
});

describe('drifts', () => {
  test('servers that are well have none, and neither has a single one', () => {
    expect(found(master(), replica())).toEqual([]);
    expect(found(master())).toEqual([]);
  });

  test.each<[string, NodeReport[]]>([
    ['replica-lag', [master(), replica({}, { offset: 3_999 })]],
    ['snapshot-old', [master({ persistence: keeping({ ageMinutes: 76 }) }), replica()]],
    [
      'append-only-failing',
      [master({ persistence: { ...persistence, appendOnly: { fsync: 'everysec', isWritten: false } } }), replica()],
    ],
    ['replica-syncing', [master(), replica({ hasCopied: false }), replica({}, { node: 'c' })]],
  ])('%s is found', (id, reports) => expect(found(...reports)).toContain(id));

  test('what still counts as well is no drift: the limits themselves, and an old snapshot of what did not change', () => {
    expect(found(master(), replica({}, { offset: 4_000 }))).toEqual([]);
    expect(found(master({ persistence: keeping({ ageMinutes: 75 }) }), replica())).toEqual([]);
    expect(found(master({ persistence: keeping({ ageMinutes: 9_000, writesSince: 0 }) }), replica())).toEqual([]);
  });

  test('offsets of different histories are not compared', () => {
    expect(found(master({ history: 'other' }), replica({}, { offset: 1 }))).toEqual(['may-not-take-over', 'nobody-to-promote']);
  });
});

describe('who may take over', () => {
  test.each<[string, Replica]>([
    ['has priority 0', replica({ priority: 0 })],
    ['has no whole copy', replica({ hasCopied: false })],
    ['has no whole copy', replica({}, { isLoading: true })],
    ['is no copy of a', replica({}, { history: 'other' })],
  ])('not one of which is true: %s', (why, candidate) => {
    const reports = [master(), candidate];
    expect(canPromote(candidate, reports)).toMatchObject({ ok: false, sentence: { en: expect.stringContaining(why) as string } });
    expect(found(...reports)).toContain('nobody-to-promote');
  });

  test('one that still carries the history before a change of masters', () => {
    expect(canPromote(replica(), [master({ history: 'new', historyBefore: 'h' }), replica()]).ok).toBe(true);
  });

  test.each<[string, NodeReport[]]>([
    ['c', [replica(), replica({}, { node: 'c', offset: 5_001 })]],
    ['c', [replica(), replica({ priority: 50 }, { node: 'c' })]],
    ['b', [replica(), replica({}, { node: 'c' })]],
    ['b', [replica(), replica({ priority: 0 }, { node: 'c', offset: 9_000 })]],
    ['b', [silent('a'), replica()]],
  ])('%s loses least', (best, reports) => expect(chooseReplica(reports)?.node).toBe(best));
});
