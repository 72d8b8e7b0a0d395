/** Whom a backup of Redis servers is copied from, and whether what came back is what was counted. */
import { describe, expect, test } from 'vitest';
import { backupSources } from '../../../domain/redis/backup-sources.ts';
import { atLeast, whyTooFew, type KeyCount, type RestoredKeys } from '../../../domain/redis/key-count.ts';
import type { LiveNode, MasterRole, NodeReport, ReplicaRole } from '../../../domain/redis/node-report.ts';

const snapshot = { rule: '3600 1', isWritten: true, ageMinutes: 1, writesSince: 0 };
const withFile = { snapshot, appendOnly: { fsync: 'everysec', isWritten: true } };
const live = (node: string, role: MasterRole | ReplicaRole, more: Partial<LiveNode> = {}): LiveNode => ({
  ...{ node, answers: true, history: 'h', historyBefore: '0', offset: 1_000, isLoading: false, persistence: withFile, role },
  ...more,
});
const master: MasterRole = { is: 'master', wantsReplicas: 0, hasReplicas: 1 };
const replica: ReplicaRole = {
  ...{ is: 'replica', isLinked: true, hasCopied: true, isSyncing: false, isReadOnly: true, priority: 100 },
};
const of = (reports: readonly NodeReport[], readable = ['a', 'b', 'c']): string[] =>
  backupSources(reports, new Set(readable), 100);

describe('sources', () => {
  test('replicas before the master, the one with most first', () => {
    const behind = live('b', replica, { offset: 950 });
    expect(of([live('a', master), behind, live('c', replica)])).toEqual(['c', 'b', 'a']);
    // One that is never promoted holds the same keys.
    expect(of([live('a', master), live('b', { ...replica, priority: 0 })])).toEqual(['b', 'a']);
  });

  test('who has an append-only file that can be read comes before who has none', () => {
    expect(of([live('a', master), live('b', replica)], ['a'])).toEqual(['a', 'b']);
    expect(of([live('a', master), live('b', replica, { persistence: { snapshot } })])).toEqual(['a', 'b']);
    expect(of([live('a', master), live('b', replica)], [])).toEqual(['b', 'a']);
  });

  test.each<[string, LiveNode]>([
    ['no link', live('b', { ...replica, isLinked: false })],
    ['no whole copy', live('b', { ...replica, hasCopied: false })],
    ['a copy under way', live('b', { ...replica, isSyncing: true })],
    ['loading', live('b', replica, { isLoading: true })],
    ['another history', live('b', replica, { history: 'other' })],
    ['too far behind', live('b', replica, { offset: 899 })],
  ])('no replica with %s', (_, node) => {
    expect(of([live('a', master), node])).toEqual(['a']);
  });

  test('nobody where not exactly one takes writes', () => {
    expect(of([live('b', replica)])).toEqual([]);
    expect(of([live('a', master), live('b', master)])).toEqual([]);
  });
});

describe('what came back', () => {
  const noted: KeyCount = {
    databases: [{ database: 0, keys: 100, lasting: 50 }],
    patterns: [{ pattern: 'lpr:*', found: 10 }],
  };
  const what = { en: 'x', ja: 'x' };
  const found = (keys: number, lasting: number, patterns: number, expired = 0): RestoredKeys => ({
    ...{ databases: [{ database: 0, keys, lasting }], expired },
    patterns: [{ pattern: 'lpr:*', found: patterns }],
  });

  test.each<[RestoredKeys, string | undefined]>([
    [found(100, 50, 10), undefined],
    [found(80, 40, 10), undefined],
    [found(80, 39, 10), 'x: 50 keys without an expiry in database 0 were counted, 39 came back.'],
    [found(79, 50, 10), 'x: 100 keys were counted, 79 came back.'],
    // Their time was over.
    [found(50, 50, 0, 50), undefined],
    [found(100, 50, 9), 'x: 10 keys lpr:* were counted, 9 came back.'],
    [found(100, 50, 9, 1), undefined],
    [{ ...found(0, 0, 10), databases: [] }, 'x: 50 keys without an expiry in database 0 were counted, 0 came back.'],
  ])('%#', (back, why) => {
    expect(whyTooFew(what, noted, back)?.en).toBe(why);
  });

  test('of what was there before and after the lower number counts, and what was not there both times does not', () => {
    const after: KeyCount = {
      databases: [
        { database: 0, keys: 90, lasting: 60 },
        { database: 1, keys: 5, lasting: 5 },
      ],
      patterns: [{ pattern: 'lpr:*', found: 7 }],
    };
    expect(atLeast(noted, after)).toEqual({
      databases: [{ database: 0, keys: 90, lasting: 50 }],
      patterns: [{ pattern: 'lpr:*', found: 7 }],
    });
    expect(atLeast(noted, { databases: [], patterns: [] })).toEqual({ databases: [], patterns: [] });
  });
});
