/** Whether a standby may be promoted now: never beside one that may write, never at an unknown price. */
import { describe, expect, test } from 'vitest';
import { mayPromote, type Promotion } from '../../../domain/postgres/may-promote.ts';
import type { LiveNode, NodeReport, Primary, Standby } from '../../../domain/postgres/node-report.ts';
import type { LogTail, NodeState } from '../../../domain/postgres/node-state.ts';

const at = '2026-11-28T00:00:00.000Z';
const head = { answers: true, at, systemId: '7', version: 150_018, timeline: 3, mayPromote: true } as const;
const standby = (node: string, received: string, more: Partial<LiveNode> = {}): Standby => ({
  ...{ ...head, node, ...more },
  role: { is: 'standby', received, replayed: received, isReplayPaused: false, lastCommitAt: at, isStreaming: false, slot: null },
});
const primary: Primary = {
  ...{ ...head, node: 'a' },
  role: {
    is: 'primary',
    position: '1/0',
    oldest: '1/0',
    standbyLogin: null,
    synchronous: '',
    streams: [],
    slots: [],
    archive: { on: true, waiting: 0, failing: null },
    slot: null,
  },
};
const silent: NodeReport = { node: 'a', answers: false, why: 'unreachable', said: 'connect ECONNREFUSED' };
const gone: NodeState = { processes: 'gone', isStandby: false, isPortOpen: false, fencedBy: null };
const lost = (seconds: number): LogTail => ({
  ...{ bytes: 1_000, commits: 2, rows: 5, firstCommitAt: at },
  lastCommitAt: new Date(Date.parse(at) + seconds * 1_000).toISOString(),
});
const none: LogTail = { bytes: 0, commits: 0, rows: 0, firstCommitAt: null, lastCommitAt: null };
const ask = (more: Partial<Promotion> = {}) =>
  mayPromote({
    ...{ node: 'b', reports: [silent, standby('b', '1/0')], states: new Map([['a', gone]]), tail: none, budgetMs: 60_000 },
    ...more,
  });

describe('it may', () => {
  test.each<[string, Partial<Promotion>]>([
    ['where the primary is gone and nothing is lost', {}],
    ['where the loss is just within the budget', { tail: lost(60) }],
    [
      'beside a frozen standby, which takes no writes',
      {
        reports: [silent, standby('b', '1/0'), { ...silent, node: 'c' }],
        states: new Map([
          ['a', gone],
          ['c', { ...gone, processes: 'frozen', isStandby: true }],
        ]),
      },
    ],
    ['where another one has as much', { reports: [silent, standby('c', '1/0'), standby('b', '1/0')] }],
  ])('%s', (_, asked) => expect(ask(asked)).toMatchObject({ ok: true }));
});

describe('it may not', () => {
  test.each<[string, Partial<Promotion>]>([
    ['a takes writes.', { reports: [primary, standby('b', '1/0')] }],
    ['The fence is not proven: nobody can say whether a is gone.', { states: new Map() }],
    [
      'The fence is not proven: nobody can say whether a is gone (Host key verification failed.).',
      { states: new Map(), beyondReach: new Map([['a', 'Host key verification failed.']]) },
    ],
    ['The fence is not proven: a is running.', { states: new Map([['a', { processes: 'running', isStandby: false }]]) }],
    ['The fence is not proven: a is frozen.', { states: new Map([['a', { processes: 'frozen', isStandby: false }]]) }],
    ['c has 256 bytes more.', { reports: [silent, standby('b', '1/0'), standby('c', '1/100')] }],
    ['What would be lost is unknown: no commit from before 2026-11-28T00:00:00.000Z, perhaps any after it.', { tail: undefined }],
    ['2 commits of 61 s would be lost, with at least 5 rows; the budget is 60 s.', { tail: lost(61) }],
    [
      'b receives the log: whoever sends it lives.',
      { reports: [silent, { ...standby('b', '1/0'), role: { ...standby('b', '1/0').role, isStreaming: true } }] },
    ],
    ['Our role may not call pg_promote on b.', { reports: [silent, standby('b', '1/0', { mayPromote: false })] }],
    ['There is no node x.', { node: 'x' }],
    ['a does not answer.', { node: 'a' }],
  ])('%s', (sentence, asked) => expect(ask(asked)).toMatchObject({ ok: false, sentence: { en: sentence } }));
});
