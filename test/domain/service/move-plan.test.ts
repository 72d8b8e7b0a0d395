/** What people approve when a whole service is moved. */
import { describe, expect, test } from 'vitest';
import { memberMove, memberRejoin } from '../../../domain/service/member-move.ts';
import { planMove, type AskedMove } from '../../../domain/service/move-plan.ts';
import type { Member } from '../../../domain/service/words.ts';

const leads = { home: 'a', dr: 'b' };
const db: Member = { target: 'db', kind: 'postgres', tier: 1, needs: [], leads, zones: [] };
const edge: Member = { ...db, target: 'edge', kind: 'traffic', tier: 2, leads: { home: 'home', dr: 'dr' } };
const well = [{ probe: 'web', ok: true, said: 'status 200' }];
const ill = [{ probe: 'web', ok: false, said: 'timed-out' }];
const asked: AskedMove = {
  ...{ target: 'shop', to: 'dr', planned: false, waves: [[db], [edge]] },
  seen: [
    { target: 'db', lead: 'a', said: 'a takes writes' },
    { target: 'edge', lead: 'dr', said: 'dr has the requests' },
  ],
  sides: { home: ill, dr: well },
};

describe('the plan', () => {
  test('says who goes from where to where, who is there already, and how the other side is', () => {
    const plan = planMove(asked);
    expect(plan.changes).toEqual([
      { action: 'overwrite', path: '1. db', before: 'home (a)', after: 'dr (b)' },
      { action: 'keep', path: '2. edge', before: 'dr (dr)', after: 'dr (dr)' },
    ]);
    expect(plan.summary.en).toBe(
      'shop is moved to dr: 1 of 2 members, as in an outage. home does not answer well (web timed-out).',
    );
    expect(plan).toMatchObject({ size: { items: 1, share: 0.5 }, counts: { overwrite: 1, keep: 1 } });
  });
  test('says unknown where nobody can tell, and what was seen where it is on no side', () => {
    const seen = [
      { target: 'db', said: 'nobody takes writes' },
      { target: 'edge', lead: 'else', said: 'else has the requests' },
    ];
    expect(planMove({ ...asked, seen }).changes.map(({ before }) => before)).toEqual(['unknown', 'else']);
  });
  test('names every node of which one takes over, and has another digest where they are others', () => {
    const wide = (...dr: string[]) => planMove({ ...asked, waves: [[{ ...db, leads: { home: ['a', 'b'], dr } }], [edge]] });
    const { changes, digest } = wide('c', 'd');
    expect(changes[0]).toEqual({ action: 'overwrite', path: '1. db', before: 'home (a)', after: 'dr (one of c, d)' });
    expect(wide('c', 'd').digest).toBe(digest);
    expect(wide('c', 'e').digest).not.toBe(digest);
    expect(wide('c').changes[0]).toMatchObject({ after: 'dr (c)' });
    // Whichever of them takes the writes: it is there.
    const there = [{ target: 'db', lead: 'd', said: 'd takes writes' }, asked.seen[1]!];
    const stays = planMove({ ...asked, seen: there, waves: [[{ ...db, leads: { home: 'a', dr: ['c', 'd'] } }], [edge]] });
    expect(stays.changes[0]).toEqual({ action: 'keep', path: '1. db', before: 'dr (d)', after: 'dr (d)' });
  });
  test('hints at a planned move while both sides are well', () => {
    const both = { home: well, dr: well };
    expect(planMove({ ...asked, sides: both }).summary.en).toContain('`planned: true` would lose nothing');
    expect(planMove({ ...asked, sides: both, planned: true }).summary.en).not.toContain('would lose nothing');
  });
  test('has another digest where somebody else goes, or in another way; not where a probe says something else', () => {
    const { digest } = planMove(asked);
    expect(planMove({ ...asked, sides: { home: well, dr: well } }).digest).toBe(digest);
    expect(planMove({ ...asked, planned: true }).digest).not.toBe(digest);
    expect(planMove({ ...asked, seen: [asked.seen[1]!] }).digest).not.toBe(digest);
  });
});

describe('a member', () => {
  test.each([
    ['postgres', 'postgres-failover', { mode: 'failover', bringBack: 'may', promote: 'b' }, { mode: 'switchover', promote: 'b' }],
    ['redis', 'redis-failover', { mode: 'failover', bringBack: 'may', promote: 'b' }, { mode: 'switchover', promote: 'b' }],
    ['traffic', 'traffic-shift', { side: 'b' }, { side: 'b' }],
    ['dns-zone', 'dns-switch', { side: 'b', planned: false, force: true }, { side: 'b', planned: true, force: true }],
  ] as const)('of kind %s is moved by %s', (kind, scenario, input, plannedInput) => {
    expect(memberMove(kind, 'b', false)).toMatchObject({ scenario, input });
    expect(memberMove(kind, 'b', true)).toMatchObject({ scenario, input: plannedInput });
  });
  test('of a side with several nodes is moved to one of them', () => {
    expect(memberMove('postgres', ['c', 'd'], true).input).toEqual({ mode: 'switchover', promote: ['c', 'd'] });
    expect(memberMove('redis', ['c', 'd'], false).input).toMatchObject({ promote: ['c', 'd'] });
    expect(memberMove('traffic', ['dr'], false).input).toEqual({ side: 'dr' });
    expect(memberMove('dns-zone', ['dr'], false).input).toMatchObject({ side: 'dr' });
  });
  test('that holds data follows again, without being moved', () => {
    expect(memberRejoin('postgres', 'b')).toMatchObject({ input: { mode: 'failover', promote: 'b' }, mayLose: false });
    expect(memberRejoin('redis', 'b')?.input).not.toHaveProperty('bringBack');
    expect(memberRejoin('traffic', 'b')).toBeUndefined();
  });
});
