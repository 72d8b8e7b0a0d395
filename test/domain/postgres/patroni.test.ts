/** What is done in a cluster that Patroni runs: decisions on what one look saw, without a server. */
import { describe, expect, test } from 'vitest';
import type { NodeReport, Primary, Standby } from '../../../domain/postgres/node-report.ts';
import { judgePatroni } from '../../../domain/postgres/patroni/judge-patroni.ts';
import { lossOf } from '../../../domain/postgres/patroni/patroni-plans.ts';
import type { PatroniCluster, PatroniMember, PatroniReport } from '../../../domain/postgres/patroni/patroni-report.ts';
import {
  decidePatroni,
  withLoss,
  type Expected,
  type PatroniSituation,
} from '../../../domain/postgres/patroni/patroni-situation.ts';
import { viewPatroniOf } from '../../../domain/postgres/patroni/patroni-view.ts';
import { proveDemotion } from '../../../domain/postgres/patroni/prove-demotion.ts';
import type { FailoverWish } from '../../../domain/postgres/cluster-view.ts';

const at = '2026-11-28T00:00:00.000Z';
const head = { answers: true, at, systemId: '7', version: 150_018, timeline: 3, mayPromote: true } as const;
const standby = (node: string, more: Partial<Standby['role']> = {}): Standby => ({
  ...{ ...head, node },
  role: {
    ...{
      is: 'standby',
      received: '1/0',
      replayed: '1/0',
      isReplayPaused: false,
      lastCommitAt: at,
      isStreaming: true,
      slot: null,
    },
    ...more,
  },
});
const primary = (node: string): Primary => ({
  ...{ ...head, node },
  role: {
    ...{ is: 'primary', position: '1/0', oldest: '1/0', standbyLogin: null, synchronous: '', streams: [], slots: [], slot: null },
    archive: { on: true, waiting: 0, failing: null },
  },
});
const silent = (node: string): NodeReport => ({ node, answers: false, why: 'unreachable', said: 'connect ECONNREFUSED' });
const limits = { lagBytes: 1_000, waitingFiles: 2, roomBytes: 0, certificateDays: 21 };

const member = (name: string, more: Partial<PatroniMember> = {}): PatroniMember => ({
  ...{ name: `pg-${name}`, role: 'replica', state: 'running', lag: 0, mayLead: true },
  ...more,
});
interface Told {
  readonly members?: readonly PatroniMember[];
  readonly cluster?: Partial<PatroniCluster>;
  /** Nodes whose API does not answer. */
  readonly mute?: readonly string[];
  readonly isStoreAway?: boolean;
}
function view({ members = [member('a', { role: 'leader' }), member('b')], cluster, mute = [], isStoreAway = false }: Told = {}) {
  const whole: PatroniCluster = {
    ...{ members, isPaused: false, isSwitchoverScheduled: false, isSynchronous: false, maximumLag: 1_000 },
    timing: { ttl: 30, loopWait: 10, retryTimeout: 10 },
    ...cluster,
  };
  const reports = ['a', 'b', 'c'].map((node): PatroniReport =>
    mute.includes(node)
      ? { node, answers: false, said: 'no answer' }
      : { node, answers: true, state: 'running', isRestartPending: false, cluster: isStoreAway ? undefined : whole },
  );
  return viewPatroniOf(reports, new Map(['a', 'b', 'c'].map((id) => [id, `pg-${id}`])));
}
const decide = (told: Told, reports: readonly NodeReport[], wish: Partial<FailoverWish> = {}, hasWaited = false) =>
  decidePatroni(
    { patroni: view(told), servers: { reports, states: new Map(), limits } },
    { mode: 'failover', ...wish },
    hasWaited,
  );
const situation = (...about: Parameters<typeof decide>): PatroniSituation => {
  const decision = decide(...about);
  if (!decision.ok) throw new Error(decision.sentence.en);
  return decision.situation;
};
const refusal = (...about: Parameters<typeof decide>): string => {
  const decision = decide(...about);
  return decision.ok ? `is ${decision.situation.is}` : `${decision.code}: ${decision.sentence.en}`;
};

describe('a cluster with a leader', () => {
  const well = [primary('a'), standby('b')];

  test('is left to Patroni, unless another leader is asked for', () => {
    expect(situation({}, well)).toMatchObject({ is: 'elected', successor: 'a', timeline: 3 });
    expect(situation({}, well, { promote: 'a' })).toMatchObject({ is: 'elected' });
    expect(situation({}, well, { mode: 'switchover', promote: 'a' })).toMatchObject({ is: 'elected' });
    expect(situation({}, well, { promote: 'b' })).toMatchObject({ is: 'move', leader: 'a', successor: 'b', position: '1/0' });
    expect(situation({}, well, { mode: 'switchover' })).toMatchObject({ is: 'move', successor: 'b' });
  });

  test('is moved only to a node that Patroni would let lead', () => {
    const barred = { members: [member('a', { role: 'leader' }), member('b', { mayLead: false }), member('c')] };
    const three = [...well, standby('c')];
    expect(situation(barred, three, { mode: 'switchover' })).toMatchObject({ successor: 'c' });
    expect(refusal(barred, three, { promote: 'b' })).toBe('nobody-to-promote: Patroni would not let b lead.');
    expect(refusal({ mute: ['b'] }, well, { mode: 'switchover' })).toContain('nobody-to-promote');
    expect(refusal({}, well, { promote: 'z' })).toBe('nobody-to-promote: There is no node z.');
  });

  test('is moved to one that commits wait for, where there is such a one: to others Patroni makes no switchover', () => {
    for (const role of ['sync_standby', 'quorum_standby']) {
      const told = { members: [member('a', { role: 'leader' }), member('b'), member('c', { role })] };
      expect(situation(told, [...well, standby('c')], { mode: 'switchover' })).toMatchObject({ successor: 'c' });
      expect(situation(told, well, { mode: 'switchover' })).toMatchObject({ successor: 'b' });
      const cluster = { isSynchronous: true };
      expect(situation({ ...told, cluster }, [...well, standby('c')], { mode: 'switchover' })).toMatchObject({ successor: 'c' });
      expect(refusal({ ...told, cluster }, well, { mode: 'switchover' })).toBe(
        'switchover-refused: Commits do not wait for b: with synchronous_mode Patroni makes no switchover to it.',
      );
    }
  });

  test('is moved to the one of several that loses least, and left where one of them leads', () => {
    const members = [member('a', { role: 'leader' }), member('b'), member('c', { mayLead: false })];
    const reports = [primary('a'), standby('b', { received: '0/FFFFFFF0', replayed: '0/FFFFFFF0' }), standby('c')];
    const all = { members: members.map((one) => ({ ...one, mayLead: true })) };
    for (const mode of ['failover', 'switchover'] as const) {
      expect(situation({ members }, reports, { mode, promote: ['a', 'b'] })).toMatchObject({ is: 'elected', successor: 'a' });
      expect(situation(all, reports, { mode, promote: ['b', 'c'] })).toMatchObject({
        ...{ is: 'move', successor: 'c' },
        sentence: { en: 'a leads; Patroni is asked to have it step down for c. c has 16 bytes more of the log than b.' },
      });
      expect(situation({ members }, reports, { mode, promote: ['b', 'c'] })).toMatchObject({
        ...{ is: 'move', successor: 'b' },
        sentence: { en: 'a leads; Patroni is asked to have it step down for b. Patroni would not let c lead.' },
      });
      expect(refusal({ members }, reports, { mode, promote: ['c', 'z'] })).toBe(
        'nobody-to-promote: None of c, z can take over. Patroni would not let c lead. There is no node z.',
      );
    }
    const paused = [primary('a'), standby('b'), standby('c', { isReplayPaused: true })];
    expect(situation(all, paused, { mode: 'switchover', promote: ['c', 'b'] })).toMatchObject({ successor: 'b' });
    expect(situation(all, [silent('a'), ...reports.slice(1)], { promote: ['b', 'c'] }, true)).toMatchObject({
      ...{ is: 'stuck', successor: 'c' },
      sentence: { en: expect.stringMatching(/ c can lead\. c has 16 bytes more of the log than b\.$/) },
    });
  });

  test('is not moved as planned where something would be lost or waited for', () => {
    const move = { mode: 'switchover' } as const;
    expect(refusal({}, [primary('a'), standby('b', { isStreaming: false })], move)).toBe(
      'switchover-refused: b receives no log.',
    );
    expect(refusal({}, [primary('a'), standby('b', { isReplayPaused: true })], move)).toBe(
      'switchover-refused: Replay on b is paused.',
    );
    expect(refusal({}, [primary('a'), standby('b', { received: '0/F0000000', replayed: '0/F0000000' })], move)).toContain(
      'b lacks',
    );
  });

  test('has a second one that nobody moves away from', () => {
    const both = [primary('a'), primary('b'), standby('c')];
    expect(situation({}, both)).toMatchObject({ is: 'elected', successor: 'a' });
    expect(refusal({}, both, { promote: 'b' })).toBe('two-primaries: a, b all take writes.');
  });
});

describe('a cluster whose leader is gone', () => {
  const left = [silent('a'), standby('b')];

  test('is left to the election for as long as that can take', () => {
    expect(situation({ mute: ['a'] }, left)).toMatchObject({ is: 'expected', leader: 'a', withinMs: 70_000 });
    expect(situation({ members: [member('b')], mute: ['a'] }, left)).toMatchObject({ is: 'expected', leader: null });
    // Its server goes on without its Patroni: the lock runs out.
    expect(situation({ mute: ['a'] }, [primary('a'), standby('b')])).toMatchObject({ is: 'expected' });
    expect(refusal({ mute: ['a'] }, left, { mode: 'switchover' })).toContain('switchover-refused');
  });

  test('is stuck where Patroni is paused, nobody is near enough, or the time is over', () => {
    const stuck = { is: 'stuck', successor: 'b', position: '1/0' };
    expect(situation({ mute: ['a'], cluster: { isPaused: true } }, left)).toMatchObject({ ...stuck, leader: 'a' });
    expect(situation({ members: [member('b', { lag: 1_001 })], mute: ['a'] }, left)).toMatchObject({
      ...stuck,
      leader: null,
      lag: 1_001,
    });
    expect(situation({ mute: ['a'] }, left, {}, true)).toMatchObject(stuck);
    expect(refusal({ members: [member('b', { mayLead: false })], cluster: { isPaused: true }, mute: ['a'] }, left)).toBe(
      'nobody-to-promote: No standby can take over; Patroni would not let b lead.',
    );
  });

  test('costs an unknown loss, none where the successor has confirmed every commit', () => {
    const paused = { mute: ['a'], cluster: { isPaused: true } };
    const asked = (role: string) =>
      situation({ ...paused, members: [member('a', { role: 'leader' }), member('b', { role })] }, left) as Extract<
        PatroniSituation,
        { is: 'stuck' }
      >;
    expect(lossOf(asked('sync_standby'))).toMatchObject({ isWithin: true, lostMs: 0 });
    // One of a quorum may lack what others of it have.
    for (const role of ['replica', 'quorum_standby']) {
      const loss = lossOf(asked(role));
      expect(loss).toMatchObject({ isWithin: false });
      expect('lostMs' in loss).toBe(false);
    }
  });

  test('lost nothing where the elected had confirmed every commit, and nobody led in between', () => {
    const seen = (role: string) =>
      situation(
        { members: [member('a', { role: 'leader' }), member('b', { role }), member('c')], mute: ['a'] },
        left,
      ) as Expected;
    const elected = (node: string, timeline = 4) =>
      situation({ members: [member(node, { role: 'leader' })] }, [{ ...primary(node), timeline }]);
    const before = seen('sync_standby');
    expect(withLoss(elected('b'), before)).toMatchObject({
      lostMs: 0,
      sentence: { en: 'Patroni has b lead, and it takes writes. b had confirmed every commit: none is lost.' },
    });
    for (const unknown of [
      withLoss(elected('b')),
      withLoss(elected('b'), seen('replica')),
      withLoss(elected('b'), seen('quorum_standby')),
      withLoss(elected('c'), before),
      withLoss(elected('b', 5), before),
      withLoss(elected('b'), { ...before, synchronous: undefined as never }),
    ]) {
      expect(unknown).not.toHaveProperty('lostMs');
    }
  });
});

test('nobody is asked for anything where Patroni and the servers disagree, or no store answers', () => {
  expect(refusal({ isStoreAway: true }, [primary('a'), standby('b')])).toContain('patroni-away');
  expect(refusal({ mute: ['a', 'b', 'c'] }, [primary('a'), standby('b')])).toBe(
    'patroni-away: No Patroni answers that reaches its configuration store (a: no answer; b: no answer; c: no answer).',
  );
  const leaderless = { members: [member('a'), member('b')] };
  expect(refusal(leaderless, [primary('a'), standby('b')])).toBe(
    'patroni-disagrees: a takes writes, and by Patroni nobody leads.',
  );
  const paused = { cluster: { isPaused: true } };
  expect(refusal(paused, [standby('a'), primary('b')])).toBe('patroni-disagrees: b takes writes, and by Patroni a leads.');
  // A leader may be on its way up.
  expect(situation({}, [standby('a'), primary('b')])).toMatchObject({ is: 'expected' });
  expect(refusal({}, [standby('a'), primary('b')], {}, true)).toContain('patroni-disagrees');
});

test('each drift is found by its name, and none where all is well', () => {
  const found = (told: Told, reports: readonly NodeReport[] = [primary('a'), standby('b')]) =>
    judgePatroni(view(told), reports, limits).map(({ id }) => id);
  expect(found({})).toEqual([]);
  expect(found({ mute: ['b'] })).toEqual(['patroni-silent']);
  expect(found({ isStoreAway: true })).toEqual(['patroni-store', 'patroni-store']);
  expect(found({ members: [member('a'), member('b')] })).toEqual(['patroni-no-leader']);
  expect(found({}, [standby('a'), primary('b')])).toEqual(['patroni-disagrees']);
  expect(found({ members: [member('a', { role: 'leader' })] })).toEqual(['patroni-member-missing']);
  expect(found({ cluster: { isPaused: true, isSwitchoverScheduled: true } })).toEqual(['patroni-paused', 'patroni-scheduled']);
  expect(found({ members: [member('a', { role: 'leader' }), member('b', { lag: 1_001, mayLead: false })] })).toEqual([
    'may-not-lead',
    'beyond-maximum-lag',
  ]);
  const certificate = { subject: 'rest', until: at, days: 3 };
  const ending = view().reports.map((report) => ({ ...report, certificate }));
  expect(judgePatroni({ ...view(), reports: ending }, [primary('a'), standby('b')], limits)).toMatchObject([
    { id: 'certificate-ends', evidence: { nodes: ['Patroni of a', 'Patroni of b'], days: 3 } },
  ]);
});

test('the fence is proven by the lock, by standbys, and by ports that refuse: not reached is not gone', () => {
  const ids = (told: Told, others: Parameters<typeof proveDemotion>[2]) =>
    proveDemotion(view(told), 'b', others).map(({ id, ok }) => `${id} ${ok}`);
  const leads = { members: [member('a'), member('b', { role: 'leader' })] };
  expect(ids(leads, [{ report: standby('a'), isPortRefused: false }])).toEqual(['leader-lock true', 'fence-a true']);
  expect(ids(leads, [{ report: silent('a'), isPortRefused: true }])).toEqual(['leader-lock true', 'fence-a true']);
  expect(ids(leads, [{ report: silent('a'), isPortRefused: false }])).toEqual(['leader-lock true', 'fence-a false']);
  expect(ids(leads, [{ report: primary('a'), isPortRefused: false }])).toEqual(['leader-lock true', 'fence-a false']);
  expect(ids({}, [{ report: standby('a'), isPortRefused: false }])).toEqual(['leader-lock false', 'fence-a true']);
  expect(ids({ isStoreAway: true }, [])).toEqual(['leader-lock false']);
});
