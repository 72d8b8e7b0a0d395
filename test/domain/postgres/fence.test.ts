/** The plan of a fence, and when it is proven. */
import { describe, expect, test } from 'vitest';
import { headOfFence, isSameSituation, planFence } from '../../../domain/postgres/fence-plan.ts';
import type { NodeReport } from '../../../domain/postgres/node-report.ts';
import type { NodeState } from '../../../domain/postgres/node-state.ts';
import { proveFence } from '../../../domain/postgres/prove-fence.ts';
import { fenced, gone, primary, silent, situation, standby } from '../../support/postgres/told-by-nodes.ts';

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
