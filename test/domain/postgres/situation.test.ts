/** Who takes over, whom to fence first, and when that is proven: decisions on what one look saw, without a server. */
import { describe, expect, test } from 'vitest';
import { chooseSuccessor } from '../../../domain/postgres/choose-successor.ts';
import { headOfFence, isSameSituation, planFence } from '../../../domain/postgres/fence-plan.ts';
import { fileEndingAt, fileOfLog } from '../../../domain/postgres/log-file.ts';
import { allTails, decideLoss } from '../../../domain/postgres/loss.ts';
import type { NodeReport, Primary, Standby } from '../../../domain/postgres/node-report.ts';
import type { LogTail, NodeState } from '../../../domain/postgres/node-state.ts';
import { proveFence } from '../../../domain/postgres/prove-fence.ts';
import type { FailoverWish } from '../../../domain/postgres/cluster-view.ts';
import { decideSituation, type Situation } from '../../../domain/postgres/situation.ts';
import { slotFor } from '../../../domain/postgres/slot-name.ts';

const at = '2026-11-28T00:00:00.000Z';
const head = { answers: true, at, systemId: '7', version: 150_018, timeline: 3, mayPromote: true } as const;
const standby = (node: string, received = '1/0', more: Partial<Standby['role']> = {}): Standby => ({
  ...{ ...head, node },
  role: {
    ...{ is: 'standby', received, replayed: received, isReplayPaused: false, lastCommitAt: at, isStreaming: true, slot: null },
    ...more,
  },
});
const primary = (node = 'a'): Primary => ({
  ...{ ...head, node },
  role: {
    ...{ is: 'primary', position: '1/0', oldest: '1/0', standbyLogin: null, synchronous: '', streams: [], slots: [], slot: null },
    archive: { on: true, waiting: 0, failing: null },
  },
});
const silent = (node = 'a'): NodeReport => ({ node, answers: false, why: 'unreachable', said: 'connect ECONNREFUSED' });
const gone: NodeState = { processes: 'gone', isStandby: false, isPortOpen: false, fencedBy: null };
const fenced: NodeState = { ...gone, isStandby: true, fencedBy: 'db~1' };
const limits = { lagBytes: 1_000, waitingFiles: 2, roomBytes: 0, certificateDays: 21 };

type States = Readonly<Record<string, NodeState>>;
const decide = (reports: readonly NodeReport[], states: States = {}, wish: Partial<FailoverWish> = {}) =>
  decideSituation({ reports, states: new Map(Object.entries(states)), limits }, { mode: 'failover', ...wish });
const situation = (...about: Parameters<typeof decide>): Situation => {
  const decision = decide(...about);
  if (!decision.ok) throw new Error(decision.sentence.en);
  return decision.situation;
};
const refusal = (...about: Parameters<typeof decide>): string => {
  const decision = decide(...about);
  return decision.ok ? 'none' : `${decision.code}: ${decision.sentence.en}`;
};

describe('a primary that is lost', () => {
  test.each<[string, States, Situation['suspects'][number]]>([
    ['and gone', { a: gone }, { node: 'a', seen: 'gone', hasControl: true }],
    ['and frozen', { a: { ...gone, processes: 'frozen', isPortOpen: true } }, { node: 'a', seen: 'frozen', hasControl: true }],
    ['and cannot be asked', {}, { node: 'a', seen: 'unknown', hasControl: false }],
    [
      'whose place another server has taken',
      { a: { ...fenced, isPortOpen: true } },
      { node: 'a', seen: 'gone', hasControl: true },
    ],
  ])('%s is to be fenced', (_, states, suspect) => {
    expect(situation([silent(), standby('b')], states)).toEqual({ is: 'lost', successor: 'b', suspects: [suspect] });
  });
  test('to us alone, by a login or a certificate, is stopped by nobody unasked', () => {
    const closed = { node: 'a', answers: false, why: 'tls-refused', said: 'its certificate has expired' } as const;
    const running: NodeState = { ...gone, processes: 'running', isPortOpen: true };
    const seen = situation([closed, standby('b')], { a: running });
    expect(seen.suspects).toEqual([{ node: 'a', seen: 'shut', hasControl: true }]);
    const plan = planFence('db', 2, { mode: 'failover' }, seen);
    expect(headOfFence(plan, 'ref').needsPeople?.en).toBe(
      'a answers and only does not let us in: it may take writes, and will be stopped.',
    );
    // Planned while it was gone, it is not stopped now.
    const before = planFence('db', 2, { mode: 'failover' }, situation([silent(), standby('b')], { a: gone }));
    expect([headOfFence(before, 'ref').needsPeople, isSameSituation(before, seen)]).toEqual([undefined, false]);
    // Its machine knows better.
    expect(situation([closed, standby('b')], { a: gone }).suspects).toMatchObject([{ seen: 'gone' }]);
    expect(proveFence({ reports: [closed, standby('b')], states: new Map() }, 'b', ['a'])[0]?.sentence.en).toBe(
      'The fence of a is not proven: it answers and does not let us in (its certificate has expired).',
    );
  });
  test('and fenced already needs no fence', () => {
    expect(situation([silent(), standby('b')], { a: fenced }).suspects).toEqual([]);
  });
  test('leaves a silent standby that is certain to be one alone', () => {
    const states = { a: gone, c: { ...gone, isStandby: true } };
    expect(situation([silent(), standby('b'), silent('c')], states).suspects.map(({ node }) => node)).toEqual(['a']);
  });
  test('is followed by the standby that has most, or by the one that is wished for where it has as much', () => {
    const reports = [silent(), standby('b', '1/0'), standby('c', '1/8'), standby('d', '1/8')];
    expect(situation(reports).successor).toBe('c');
    expect(situation(reports, {}, { promote: 'd' }).successor).toBe('d');
    expect(refusal(reports, {}, { promote: 'b' })).toBe('nobody-to-promote: c has 8 bytes more of the log than b.');
    expect(refusal(reports, {}, { promote: 'x' })).toBe('nobody-to-promote: There is no node x.');
    expect(refusal(reports, {}, { promote: 'a' })).toBe('nobody-to-promote: a does not answer.');
  });
  test('is followed by the one of several that has most, and by none of them where another standby has more', () => {
    const reports = [silent(), standby('b', '1/0'), standby('c', '1/4'), standby('d', '1/8')];
    expect(situation(reports, {}, { promote: ['c', 'd'] }).successor).toBe('d');
    expect(situation(reports, {}, { promote: ['d', 'a', 'z'] }).successor).toBe('d');
    expect(situation(reports, {}, { promote: ['d'] })).toEqual(situation(reports, {}, { promote: 'd' }));
    expect(refusal(reports, {}, { promote: ['b', 'c'] })).toBe(
      'nobody-to-promote: None of b, c can take over. d has 8 bytes more of the log than b. d has 4 bytes more of the log than c.',
    );
    expect(refusal(reports, {}, { promote: ['a', 'z'] })).toBe(
      'nobody-to-promote: None of a, z can take over. a does not answer. There is no node z.',
    );
    expect(refusal(reports, {}, { promote: ['z'] })).toBe('nobody-to-promote: There is no node z.');
  });
  test('is followed by the one of equals that has replayed most, and each of the others is told with its reason', () => {
    const reports = [silent(), standby('b', '1/8', { replayed: '1/0' }), standby('c', '1/8'), standby('d', '1/4')];
    const left = (promote?: FailoverWish['promote']) => {
      const chosen = chooseSuccessor({ reports, states: new Map(), limits }, { promote });
      return 'left' in chosen ? [chosen.standby.node, chosen.left.en] : [chosen.sentence.en];
    };
    expect(left(['d', 'b', 'c', 'a'])).toEqual(['c', 'c has 4 bytes more of the log than d. b has as much. a does not answer.']);
    expect(left()).toEqual(['c', 'b has as much. c has 4 bytes more of the log than d.']);
    expect(left('c')).toEqual(['c', '']);
  });
  test('has a plan that says of which ones people agree to any, and stays the same plan whoever of them is ahead', () => {
    const [c, d] = [standby('c', '1/4'), standby('d', '1/8')];
    const wish: FailoverWish = { mode: 'failover', promote: ['c', 'd'] };
    const ahead = situation([silent(), c, d], { a: gone }, wish);
    const behind = situation([silent(), standby('c', '1/9'), d], { a: gone }, wish);
    const plan = planFence('db', 3, wish, ahead);
    expect([ahead.successor, behind.successor]).toEqual(['d', 'c']);
    expect(headOfFence(plan, 'ref').summary.en).toBe('a is kept from writing, then the one of c, d that has most takes over.');
    expect(isSameSituation(plan, behind)).toBe(true);
    const alone = planFence('db', 3, { mode: 'failover' }, ahead);
    expect(headOfFence(alone, 'ref').summary.en).toBe('a is kept from writing, then d takes over.');
    expect(isSameSituation(alone, behind)).toBe(false);
    const over = (node: string): Situation => ({ is: 'taken-over', successor: node, suspects: [] });
    expect(isSameSituation(planFence('db', 3, wish, over('c')), over('d'))).toBe(false);
  });
  test('with nobody behind it is told so, with the reason of each', () => {
    expect(refusal([silent(), silent('b')])).toBe(
      'nobody-to-promote: No standby can take over. a does not answer. b does not answer.',
    );
  });
});

describe('a primary that lives', () => {
  test('is the only one to be stopped: who says nothing beside it was a standby', () => {
    expect(situation([primary(), standby('b'), silent('c')])).toEqual({
      ...{ is: 'lives', successor: 'b' },
      suspects: [{ node: 'a', seen: 'primary', hasControl: false }],
    });
  });
  test('hands its log over to whoever streams: only more than the limits allow counts, and only while it lives', () => {
    const behind = (position: string, more: Partial<Standby['role']> = {}) => [standby('b', '1/0'), standby('c', position, more)];
    const wish = { promote: ['c'] };
    expect(situation([primary(), ...behind('0/FFFFFFF0')], {}, wish)).toMatchObject({ is: 'lives', successor: 'c' });
    const refused = (...reports: NodeReport[]) => refusal(reports, { a: gone }, wish);
    expect(refused(primary(), ...behind('0/FFFFFC17'))).toContain('b has 1.0 kB more of the log than c.');
    expect(refused(primary(), ...behind('0/FFFFFFF0', { isStreaming: false }))).toContain('b has 16 bytes more');
    expect(refused(silent(), ...behind('0/FFFFFFF0'))).toContain('b has 16 bytes more');
  });
  test.each<[string, readonly NodeReport[], States, string]>([
    ['where it lives no more', [silent(), standby('b')], { a: gone }, 'No primary answers: this takes a failover.'],
    [
      'where nobody can stop it',
      [primary(), standby('b')],
      {},
      'Nobody can stop a: its control is not declared, or not within reach.',
    ],
    [
      'where what only it has could not be read then',
      [primary(), standby('b')],
      { a: { ...gone, processes: 'running', isLogShut: true } },
      'The log of a cannot be read once it is stopped: that a planned move loses nothing could not be shown. Have it moved by whoever runs it, or start a failover, which asks about the loss.',
    ],
    ['to one that receives nothing', [primary(), standby('b', '1/0', { isStreaming: false })], { a: gone }, 'b receives no log.'],
    [
      'to one that does not replay',
      [primary(), standby('b', '1/0', { isReplayPaused: true })],
      { a: gone },
      'Replay on b is paused.',
    ],
    ['to one that is far behind', [primary(), standby('b', '0/0')], { a: gone }, 'b lacks 4.3 GB; up to 1.0 kB are well.'],
  ])('is not moved as planned %s', (_, reports, states, sentence) => {
    expect(refusal(reports, states, { mode: 'switchover' })).toBe(`switchover-refused: ${sentence}`);
  });
});

describe('a planned move to one of several', () => {
  const move = (...promote: string[]): Partial<FailoverWish> => ({ mode: 'switchover', promote });
  const beside = (...others: Standby[]) => [primary(), standby('b', '1/0'), ...others];

  test('goes to the one that is fit, though others are ahead for a moment', () => {
    const reports = beside(standby('c', '0/FFFFFFF0'), standby('d', '0/FFFFFFF8', { isReplayPaused: true }));
    expect(situation(reports, { a: gone }, move('c', 'd'))).toMatchObject({ is: 'lives', successor: 'c' });
    expect(situation(reports, { a: gone }, { mode: 'switchover' }).successor).toBe('b');
  });
  test('is refused where none is fit, with the reason of each', () => {
    const reports = beside(standby('c', '1/0', { isStreaming: false }), standby('d', '0/0'));
    expect(refusal(reports, { a: gone }, move('c', 'd'))).toBe(
      'switchover-refused: None of c, d can take over. c receives no log. d lacks 4.3 GB; up to 1.0 kB are well.',
    );
  });
  test('is over where one of them is the primary', () => {
    expect(situation([standby('b'), primary('c'), standby('d')], {}, move('c', 'd'))).toEqual({
      ...{ is: 'taken-over', successor: 'c', suspects: [] },
    });
  });
});

describe('two primaries', () => {
  test('are none to choose from where both were named, and one where only that was', () => {
    const both = [primary('a'), primary('c'), standby('d')];
    expect(refusal(both, {}, { promote: ['c', 'a'] })).toMatch(/^two-primaries: /);
    expect(situation(both, {}, { promote: ['c', 'd'] })).toMatchObject({ is: 'taken-over', successor: 'c' });
  });
  test('are nothing to be decided without a person', () => {
    expect(refusal([primary('a'), primary('b')])).toMatch(/^two-primaries: a, b all take writes\./);
  });
  test('become one where a person says which', () => {
    expect(situation([primary('a'), primary('b')], { a: gone }, { promote: 'b' })).toEqual({
      ...{ is: 'taken-over', successor: 'b' },
      suspects: [{ node: 'a', seen: 'primary', hasControl: true }],
    });
  });
});

test('a primary beside a fenced node has taken over: the rest is to be finished', () => {
  expect(situation([silent('a'), primary('b')], { a: fenced })).toEqual({ is: 'taken-over', successor: 'b', suspects: [] });
});

describe('the fence is proven', () => {
  const prove = (report: NodeReport, state?: NodeState) =>
    proveFence({ reports: [report, standby('b')], states: new Map(state ? [['a', state]] : []) }, 'b', ['a']);
  test.each<[string, NodeReport, NodeState | undefined]>([
    ['by no process, a closed port, and a start as standby', silent(), fenced],
    ['by an answer as a standby', standby('a'), undefined],
    ['by its machine, where it runs as a standby', silent(), { ...fenced, processes: 'running', isPortOpen: true }],
  ])('%s', (_, report, state) => {
    expect(prove(report, state)).toEqual([expect.objectContaining({ id: 'fence-a', ok: true })]);
  });
  test.each<[string, NodeReport, NodeState | undefined, string]>([
    ['silence', silent(), undefined, 'it does not answer, and nobody can say whether it is gone'],
    ['a process that runs', silent(), { ...gone, processes: 'running' }, 'its processes run'],
    ['a frozen one', silent(), { ...gone, processes: 'frozen' }, 'its processes are frozen'],
    ['another server on its port', silent(), { ...fenced, isPortOpen: true }, 'something takes connections on its port'],
    ['one that would come up as a primary', silent(), gone, 'it would come up as a primary'],
    ['one that takes writes', primary(), fenced, 'it takes writes'],
  ])('not by %s', (_, report, state, why) => {
    expect(prove(report, state)).toEqual([
      expect.objectContaining({
        ok: false,
        sentence: expect.objectContaining({ en: `The fence of a is not proven: ${why}.` }) as unknown,
      }),
    ]);
  });
  test('not by a machine that no command gets to, and why is said', () => {
    const view = { reports: [silent(), standby('b')], states: new Map(), beyondReach: new Map([['a', 'ssh: no route']]) };
    expect(proveFence(view, 'b', ['a'])[0]?.sentence).toEqual({
      en: 'The fence of a is not proven: it does not answer, and nobody can say whether it is gone (ssh: no route).',
      ja: 'a のフェンスを確認できません: 応答がなく、停止したかどうか不明です(ssh: no route)。',
    });
  });
  test('not beside a primary that nobody had suspected', () => {
    const checks = proveFence({ reports: [standby('b'), primary('c')], states: new Map() }, 'b', []);
    expect(checks.map(({ id, ok }) => [id, ok])).toEqual([['fence-c', false]]);
  });
  test('where nobody else is left', () => {
    expect(proveFence({ reports: [primary('b')], states: new Map() }, 'b', [])).toEqual([expect.objectContaining({ ok: true })]);
  });
});

describe('a plan of a fence', () => {
  const lives = situation([primary(), standby('b')], { a: gone });
  const plan = planFence('db', 2, { mode: 'failover' }, lives);
  test('asks people where a primary that takes writes is stopped, but in a planned move', () => {
    expect(headOfFence(plan, 'ref').needsPeople?.en).toBe('a takes writes and will be stopped.');
    expect(headOfFence({ ...plan, wish: { mode: 'switchover' } }, 'ref').needsPeople).toBeUndefined();
    const lost = planFence('db', 2, { mode: 'failover' }, situation([silent(), standby('b')], { a: gone }));
    expect(headOfFence(lost, 'ref').needsPeople).toBeUndefined();
    const beyondReach = planFence('db', 2, { mode: 'failover' }, situation([primary(), standby('b')]));
    expect(headOfFence(beyondReach, 'ref').needsPeople, 'nobody will stop it').toBeUndefined();
  });
  test('holds while the same node writes and the same one takes over, whatever its processes do', () => {
    expect(isSameSituation(plan, lives)).toBe(true);
    expect(isSameSituation(plan, { ...lives, successor: 'c' })).toBe(false);
    expect(isSameSituation(plan, situation([silent(), standby('b')], { a: gone }))).toBe(false);
    const frozen = situation([silent(), standby('b')], { a: { ...gone, processes: 'frozen' } });
    const lost = situation([silent(), standby('b')], { a: gone });
    expect(isSameSituation(planFence('db', 2, { mode: 'failover' }, lost), frozen)).toBe(true);
  });
});

describe('a loss', () => {
  const tail = (commits: number): LogTail => ({ bytes: 10, commits, rows: 9, firstCommitAt: at, lastCommitAt: at });
  test('that nobody knows is over every budget, also where only one of several is unknown', () => {
    const unknown = allTails([tail(0), undefined]);
    expect(decideLoss({ tail: unknown, lastCommitAt: at, budgetMs: Infinity })).toMatchObject({ isWithin: false });
    expect(decideLoss({ tail: unknown, lastCommitAt: null, budgetMs: 1 }).sentence.en).toBe('What would be lost is unknown.');
    expect(decideLoss({ tail: unknown, lastCommitAt: at, budgetMs: 1 }).sentence.en).toContain(`no commit from before ${at}`);
    expect(decideLoss({ tail: unknown, lastCommitAt: at, budgetMs: 1 })).not.toHaveProperty('lostMs');
  });
  test('of several nodes is that of the one with most', () => {
    expect(allTails([tail(1), tail(3), tail(2)])?.commits).toBe(3);
    expect(allTails([])?.commits).toBe(0);
  });
});

test.each([
  [1, '0/3000148', 16_777_216, '000000010000000000000003'],
  [2, '1/FF000000', 16_777_216, '0000000200000001000000FF'],
  [10, '1/40000000', 1_073_741_824, '0000000A0000000100000001'],
])('the log of timeline %i at %s, in files of %i bytes, is in %s', (timeline, position, bytes, name) => {
  expect(fileOfLog(timeline, position, bytes)).toBe(name);
});

test('a slot has the name that a standby uses already, or one that PostgreSQL takes', () => {
  expect(slotFor('db-a', 'mine')).toBe('mine');
  expect(slotFor('db-a', null)).toBe('okiagari_db_a');
});

test('a file ends right before a position only where the next one begins', () => {
  const bytes = 16 * 1024 * 1024;
  expect(fileEndingAt(2, '1/0', bytes)).toBe('0000000200000000000000FF');
  expect(fileEndingAt(2, '0/3000000', bytes)).toBe('000000020000000000000002');
  expect([fileEndingAt(2, '0/3000028', bytes), fileEndingAt(2, '0/0', bytes)]).toEqual([undefined, undefined]);
});
