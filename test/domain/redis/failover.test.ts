/** The decisions of a Redis failover: how each node is fenced, what proves it, what is lost, and what counts as well afterwards. */
import { describe, expect, test } from 'vitest';
import type { OneOf } from '../../../domain/one-of.ts';
import { chooseSuccessor } from '../../../domain/redis/choose-successor.ts';
import { decideFence, headOfFence, type Processes, type World } from '../../../domain/redis/fence-plan.ts';
import { proveFence } from '../../../domain/redis/fence-proof.ts';
import { followed, nobody, withFollowing, withoutFollowing } from '../../../domain/redis/following.ts';
import { judgeFailover, judgeKeys } from '../../../domain/redis/judge-failover.ts';
import { judgeLoss, planOfLoss } from '../../../domain/redis/judge-loss.ts';
import { judgeServers } from '../../../domain/redis/judge-servers.ts';
import type { LiveNode, NodeReport, ReplicaRole } from '../../../domain/redis/node-report.ts';
import { suggestFailover } from '../../../domain/redis/suggest-failover.ts';

const persistence = { snapshot: { rule: '3600 1', isWritten: true, ageMinutes: 1, writesSince: 0 } };
const head = { answers: true, history: 'h', historyBefore: '0', offset: 5_000, isLoading: false, persistence } as const;
const master = (node: string, more: Partial<LiveNode> = {}): NodeReport => ({
  ...{ ...head, node, ...more },
  role: { is: 'master', wantsReplicas: 0, hasReplicas: 0 },
});
const replica = (node: string, role: Partial<ReplicaRole> = {}, more: Partial<LiveNode> = {}): NodeReport => ({
  ...{ ...head, node, ...more },
  role: { is: 'replica', isLinked: false, hasCopied: true, isSyncing: false, isReadOnly: true, priority: 100, ...role },
});
const silent = (node: string, said = 'connect ECONNREFUSED 127.0.0.1:6379'): NodeReport => ({
  ...{ node, answers: false, why: 'unreachable', said },
});
const limits = { lagBytes: 1_000, snapshotMinutes: 75, certificateDays: 21 };

describe('who takes over', () => {
  const choose = (reports: NodeReport[], promote?: OneOf) => chooseSuccessor(reports, { mode: 'failover', promote }, limits);

  test.each<[string, NodeReport[], string | undefined]>([
    ['a, b all take writes', [master('a'), master('b')], undefined],
    ['No node could take over.', [master('a')], undefined],
    ['x is no replica that answers.', [silent('a'), replica('b')], 'x'],
    ['a is no replica that answers.', [silent('a'), replica('b')], 'a'],
    ['c has 1 bytes more than b.', [silent('a'), replica('b'), replica('c', {}, { offset: 5_001 })], 'b'],
    ['b has no whole copy of its master.', [silent('a'), replica('b', { hasCopied: false })], 'b'],
  ])('refused: %s', (why, reports, promote) => {
    expect(choose(reports, promote)).toMatchObject({ ok: false, sentence: { en: expect.stringContaining(why) as string } });
  });

  test('of several the one that has most, and why the others do not', () => {
    const reports = [silent('a'), replica('b', {}, { offset: 1 }), replica('c'), replica('d', {}, { offset: 5_001 })];
    expect(choose(reports, ['c', 'd', 'a'])).toMatchObject({
      ...{ ok: true, node: 'd', isMaster: false },
      sentence: {
        en: 'd may be promoted; it has everything up to 5001. d has 1 bytes more than c. a is no replica that answers.',
      },
    });
    expect(choose(reports)).toMatchObject({ ok: true, node: 'd' });
    expect(choose(reports, ['d'])).toEqual(choose(reports, 'd'));
    expect(choose(reports, ['b', 'c'])).toMatchObject({
      ok: false,
      sentence: { en: 'None of b, c can take over. d has 5.0 kB more than b. d has 1 bytes more than c.' },
    });
    expect(choose([master('c'), replica('d')], ['c', 'd'])).toMatchObject({ ok: true, node: 'c', isMaster: true });
    expect(choose([master('a'), master('c')], ['c', 'd'])).toMatchObject({ ok: false });
  });

  test('of those that were named, though another is ahead for a moment of a master that answers', () => {
    const linked = (node: string, offset: number) => replica(node, { isLinked: true }, { offset });
    const reports = [master('a'), linked('b', 5_000), linked('c', 4_998), linked('d', 4_999)];
    const promote = ['c', 'd'];
    for (const mode of ['failover', 'switchover'] as const) {
      expect(chooseSuccessor(reports, { mode, promote }, limits)).toMatchObject({ ok: true, node: 'd' });
    }
    expect(choose([silent('a'), ...reports.slice(1)], promote)).toMatchObject({ ok: false });
    expect(choose([master('a'), linked('b', 5_000), linked('c', 3_999)], 'c')).toMatchObject({ ok: false });
    expect(choose([master('a'), linked('b', 5_000), replica('c', {}, { offset: 4_999 })], 'c')).toMatchObject({ ok: false });
  });

  test('is suggested where nobody takes writes, and not where one that answers only does not let us in', () => {
    const shut: NodeReport = { node: 'a', answers: false, why: 'tls-refused', said: 'its certificate has expired' };
    const count = (...reports: NodeReport[]): number => suggestFailover(reports).length;
    expect([count(silent('a'), replica('b')), count(master('a'), replica('b')), count(shut, replica('b'))]).toEqual([1, 0, 0]);
  });

  test('one that was promoted by hand is named as the master that it is', () => {
    expect(choose([silent('a'), master('b')], 'b')).toMatchObject({ ok: true, node: 'b', isMaster: true });
  });

  test('a planned change wants everybody well, however they keep their data', () => {
    const planned = (...reports: NodeReport[]) => chooseSuccessor(reports, { mode: 'switchover' }, limits);
    expect(planned(master('a'), replica('b', { isLinked: true }))).toMatchObject({ ok: true, node: 'b' });
    expect(planned(master('a'), replica('b', { isLinked: true }), silent('c')).ok).toBe(false);
    expect(planned(master('a'), replica('b', { isLinked: true }, { offset: 1 })).ok).toBe(false);
  });
});

describe('the fence', () => {
  const decide = (reports: NodeReport[], states: Record<string, Processes> = {}, holdable: string[] = []) => {
    const world: World = {
      reports,
      states: new Map(Object.entries(states)),
      beyondReach: new Map(),
      holdable: new Set(holdable),
    };
    return decideFence({ target: 't', recovery: 'r', mode: 'failover', successor: 'b' }, world);
  };
  const how = (...given: Parameters<typeof decide>) => decide(...given).nodes.map((one) => `${one.how} ${one.node}`);

  test.each<[string, string[], Parameters<typeof decide>]>([
    ['a master that answers', ['demote a'], [[master('a'), replica('b')]]],
    ['a replica that takes writes', ['lock c'], [[replica('b'), replica('c', { isReadOnly: false })]]],
    ['a frozen one', ['kill a'], [[silent('a'), replica('b')], { a: 'frozen' }]],
    ['one that runs and does not answer', ['kill a'], [[silent('a'), replica('b')], { a: 'running' }]],
    ['one that is gone, so that it comes up as a replica', ['hold a'], [[silent('a'), replica('b')], { a: 'gone' }, ['a']]],
    ['nobody where nothing is left to do', [], [[silent('a'), replica('b'), replica('c')], { a: 'gone' }]],
    ['nobody that cannot be reached', [], [[silent('a'), replica('b')]]],
    ['no silent replica of a master that answers', ['demote a'], [[master('a'), replica('b'), silent('c')], { c: 'frozen' }]],
  ])('of %s', (_, wanted, given) => expect(how(...given)).toEqual(wanted));

  test('an old master that somebody started as a replica is still the one that may have more', () => {
    const suspects = (...reports: NodeReport[]) => decide(reports).suspects;
    expect(suspects(replica('a', {}, { history: 'its own' }), replica('b'), replica('c'))).toEqual(['a']);
    expect(suspects(replica('a', {}, { offset: 5_001 }), replica('b'), replica('c'))).toEqual(['a']);
    expect(suspects(replica('a', {}, { offset: 1 }), master('b', { history: 'new', historyBefore: 'h' }))).toEqual([]);
    expect(suspects(replica('a', {}, { history: 'its own' }), master('b'))).toEqual(['a']);
    expect(suspects(master('a'), replica('b'), replica('c', {}, { history: 'other' }))).toEqual(['a']);
  });

  test('people are asked where a working master is stopped, and not in a change that was planned', () => {
    const plan = decide([master('a'), replica('b')]);
    expect(headOfFence(plan, 'ref').needsPeople).toBeDefined();
    expect(headOfFence({ ...plan, mode: 'switchover' }, 'ref').needsPeople).toBeUndefined();
    expect(headOfFence(decide([silent('a'), replica('b')], { a: 'frozen' }), 'ref').needsPeople).toBeUndefined();
  });

  test('the same world is the same plan; another one is not', () => {
    expect(decide([silent('a'), replica('b')], { a: 'frozen' }).digest).toBe(
      decide([silent('a'), replica('b')], { a: 'running' }).digest,
    );
    expect(decide([silent('a'), replica('b')], { a: 'frozen' }).digest).not.toBe(decide([master('a'), replica('b')]).digest);
  });
});

describe('the proof', () => {
  const prove = (reports: NodeReport[], suspects: string[], states: Record<string, Processes> = {}, said?: string) =>
    proveFence(
      { successor: 'b', suspects },
      { reports, states: new Map(Object.entries(states)), beyondReach: new Map(said === undefined ? [] : [['a', said]]) },
    );
  const holds = (...given: Parameters<typeof prove>) => prove(...given).every(({ ok }) => ok);

  test('holds: no process and a port that refuses, or a read-only replica', () => {
    expect(holds([silent('a'), replica('b')], ['a'], { a: 'gone' })).toBe(true);
    expect(holds([replica('a'), replica('b', { isLinked: true })], ['a'])).toBe(true);
    expect(holds([replica('a'), replica('b'), silent('c')], ['a'])).toBe(true);
  });

  test.each<[string, Parameters<typeof prove>]>([
    ['nobody can say whether a is gone.', [[silent('a'), replica('b')], ['a']]],
    ['nobody can say whether a is gone (ssh: no route).', [[silent('a'), replica('b')], ['a'], {}, 'ssh: no route']],
    ['the process of a is frozen', [[silent('a'), replica('b')], ['a'], { a: 'frozen' }]],
    ['somebody listens on the port of a', [[silent('a', 'no answer within 2 s'), replica('b')], ['a'], { a: 'gone' }]],
    ['a takes writes', [[master('a'), replica('b')], ['a']]],
    ['c takes writes', [[silent('a'), replica('b'), replica('c', { isReadOnly: false })], ['a'], { a: 'gone' }]],
    ['b still receives from its master', [[silent('a'), replica('b', { isLinked: true })], ['a'], { a: 'gone' }]],
    ['b does not answer', [[silent('a'), silent('b')], ['a'], { a: 'gone' }]],
  ])('does not: %s', (why, given) => {
    const failed = prove(...given).filter(({ ok }) => !ok);
    expect(failed.map(({ sentence }) => sentence.en).join(' ')).toContain(why);
  });
});

describe('the loss', () => {
  test.each<[number | undefined, NodeReport[]]>([
    [0, [replica('a'), replica('b')]],
    [0, [replica('a', {}, { offset: 1 }), replica('b')]],
    [40, [replica('a', {}, { offset: 5_040 }), replica('b')]],
    [undefined, [replica('a', {}, { history: 'other' }), replica('b')]],
    [undefined, [silent('a'), replica('b')]],
    [undefined, [master('a'), replica('b')]],
  ])('of %s bytes', (bytes, reports) => expect(judgeLoss(reports, 'b', ['a']).bytes).toBe(bytes));

  test('is the same question as long as it is the same loss', () => {
    const about = { target: 't', successor: 'b' };
    const ask = (reports: NodeReport[]) => planOfLoss(judgeLoss(reports, 'b', ['a']), about).digest;
    expect(ask([silent('a'), replica('b')])).toBe(ask([silent('a', 'timeout'), replica('b', {}, { offset: 1 })]));
    expect(ask([silent('a'), replica('b')])).not.toBe(ask([replica('a', {}, { offset: 9_000 }), replica('b')]));
  });
});

describe('a configuration', () => {
  test.each(['', 'port 1\n', 'replicaof 10.0.0.1 6379\nport 1\n'])(
    'says last whom the server follows, and is what it was afterwards: %j',
    (text) => {
      const once = withFollowing(text, nobody);
      expect(once.trimEnd().split('\n').at(-1)).toBe('replicaof 127.0.0.1 1');
      expect(followed(once)).toBe('127.0.0.1 1');
      expect(withFollowing(once, nobody)).toBe(once);
      expect(followed(withFollowing(once, { host: 'b', port: 2 }))).toBe('b 2');
      expect(withoutFollowing(once)).toBe(text);
      expect(followed(text)).toBeUndefined();
    },
  );
});

describe('afterwards', () => {
  const judge = (reports: NodeReport[], more: { leftOut?: string[]; symptoms?: string[] } = {}) =>
    judgeFailover({ master: 'b', leftOut: [], symptoms: ['append-only-off'], ...more }, reports, judgeServers(reports, limits))
      .filter(({ ok }) => !ok)
      .map(({ id }) => id);
  const linked = replica('a', { isLinked: true });

  test('all is well where one takes writes and the other follows', () => expect(judge([linked, master('b')])).toEqual([]));
  test.each<[string[], NodeReport[]]>([
    [
      ['one-master', 'followers', 'no-drift'],
      [master('a'), master('b')],
    ],
    [
      ['one-master', 'no-drift'],
      [linked, replica('b')],
    ],
    [
      ['followers', 'no-drift'],
      [silent('a'), master('b')],
    ],
    [['followers'], [replica('a', { isLinked: true }, { history: 'other' }), master('b')]],
    [['followers'], [replica('a', { isLinked: true }, { isLoading: true }), master('b')]],
  ])('%s', (wrong, reports) => expect(judge(reports)).toEqual(wrong));
  test('a node that people left out is not asked for', () => {
    expect(judge([silent('a'), master('b')], { leftOut: ['a'] })).toEqual([]);
  });
  test('half of the keys may have expired, more may not', () => {
    expect([judgeKeys(100, 50).ok, judgeKeys(100, 49).ok, judgeKeys(0, 0).ok]).toEqual([true, false, true]);
  });
});
