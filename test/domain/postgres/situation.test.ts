/** Who takes over, and whom to fence first: decisions on what one look saw, without a server. */
import { describe, expect, test } from 'vitest';
import { chooseSuccessor } from '../../../domain/postgres/choose-successor.ts';
import { headOfFence, isSameSituation, planFence } from '../../../domain/postgres/fence-plan.ts';
import type { NodeReport, Standby } from '../../../domain/postgres/node-report.ts';
import type { NodeState } from '../../../domain/postgres/node-state.ts';
import { proveFence } from '../../../domain/postgres/prove-fence.ts';
import type { FailoverWish } from '../../../domain/postgres/cluster-view.ts';
import type { Situation } from '../../../domain/postgres/situation.ts';
import {
  fenced,
  gone,
  limits,
  primary,
  refusal,
  silent,
  situation,
  standby,
  type States,
} from '../../support/postgres/told-by-nodes.ts';

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
