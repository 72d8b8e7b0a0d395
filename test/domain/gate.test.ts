/** When a gate is due, and which votes count: every refusal and every acceptance, and what holds for any row of votes. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decideVote, type GateUnderVote, type Hands, type Statement, type Voter } from '../../domain/gate.ts';
import { defaultPolicy, whyGateIsDue } from '../../domain/gate-policy.ts';
import type { Decision, Vote } from '../../domain/recovery.ts';

const digest = 'a1b2c3d4e5f6a7b8c9d0';
const approval: GateUnderVote = {
  gate: 'restore',
  digest,
  need: 1,
  from: [],
  choices: ['approve', 'reject'],
  votes: [],
};
const failedStep: GateUnderVote = { ...approval, gate: 'failed:restore', choices: ['retry', 'skip', 'roll-back'] };
const checklist: GateUnderVote = { ...approval, gate: 'check:one', choices: ['tick', 'fail'] };
const refusing: GateUnderVote = { ...failedStep, breakGlass: true, need: 2 };
const statement: Statement = {
  recovery: 'tools~1',
  gate: 'restore',
  digest,
  decision: 'approve',
  by: 'ren',
  at: '2026-11-22T02:00:00.000Z',
  reason: 'the plan is right',
};
const approver: Voter = { known: true, roles: ['operator', 'approver'], groups: ['admins'], trusted: true, signed: true };
const vote = (by: string, decision: Decision = 'approve'): Vote => ({ by, decision, at: statement.at });

interface Row {
  readonly title: string;
  readonly gate?: Partial<GateUnderVote>;
  readonly says?: Partial<Statement>;
  readonly voter?: Partial<Voter>;
  readonly hands?: Partial<Hands>;
  readonly en: string;
  readonly ja: string;
}

const nobodyYet: Hands = { requestedBy: 'hana', verifiers: [], approvers: [] };
const verdictOf = ({ gate, says, voter, hands }: Row) =>
  decideVote({ ...approval, ...gate }, { ...statement, ...says }, { ...approver, ...voter }, { ...nobodyYet, ...hands });

describe('a vote does not count', () => {
  const refused: (Row & { code: string })[] = [
    {
      title: 'without a trusted signature, whoever it claims to come from',
      voter: { trusted: false },
      code: 'forbidden',
      en: 'The statement of ren is not signed by a trusted key.',
      ja: 'ren の意思表示は信頼された鍵で署名されていません。',
    },
    {
      title: 'from somebody the inventory does not know',
      voter: { known: false, roles: [], groups: [] },
      code: 'forbidden',
      en: 'ren is not in the inventory.',
      ja: 'ren はインベントリにいません。',
    },
    {
      title: 'at an approval from somebody who is no approver',
      voter: { roles: ['operator', 'admin'] },
      code: 'forbidden',
      en: 'ren lacks the role approver.',
      ja: 'ren には役割 approver がありません。',
    },
    {
      title: 'at a failed step from somebody who is no operator',
      gate: { ...failedStep, choices: ['retry'] },
      says: { decision: 'retry' },
      voter: { roles: ['approver'] },
      code: 'forbidden',
      en: 'ren lacks the role operator.',
      ja: 'ren には役割 operator がありません。',
    },
    {
      title: 'at a checklist from somebody who is no operator',
      gate: checklist,
      says: { decision: 'tick' },
      voter: { roles: ['approver'] },
      code: 'forbidden',
      en: 'ren lacks the role operator.',
      ja: 'ren には役割 operator がありません。',
    },
    {
      title: 'from outside of the groups that are asked now',
      gate: { from: ['executives', 'board'] },
      code: 'forbidden',
      en: 'ren is in none of the groups executives, board.',
      ja: 'ren はグループ executives、board に属していません。',
    },
    {
      title: 'with a word that is no choice at this gate',
      says: { decision: 'skip' },
      code: 'invalid-input',
      en: 'skip is not a choice here: approve, reject.',
      ja: 'skip は選べません: approve、reject。',
    },
    {
      title: 'on a plan that has changed since',
      says: { digest: '0'.repeat(20) },
      code: 'plan-changed',
      en: 'ren decided on 000000000000, the plan is a1b2c3d4e5f6 now.',
      ja: 'ren の判断は 000000000000 に対するもので、現在の計画は a1b2c3d4e5f6 です。',
    },
    {
      title: 'as an approval of what one asked for oneself',
      hands: { requestedBy: 'ren' },
      code: 'self-approval',
      en: 'ren asked for this recovery and cannot approve it.',
      ja: 'ren は依頼者のため承認できません。',
    },
    {
      title: 'a second time',
      gate: { need: 2, votes: [vote('ren')] },
      code: 'already-decided',
      en: 'ren has voted already.',
      ja: 'ren は既に投票しました。',
    },
    {
      title: 'as an approval by somebody who ticked a checklist item',
      hands: { verifiers: ['ren'] },
      code: 'same-person',
      en: 'ren cannot both verify and approve: another person has to.',
      ja: 'ren は検証と承認を兼ねられません。別の人が必要です。',
    },
    {
      title: 'as a tick by somebody who approved',
      gate: checklist,
      says: { decision: 'tick' },
      hands: { approvers: ['ren'] },
      code: 'same-person',
      en: 'ren cannot both verify and approve: another person has to.',
      ja: 'ren は検証と承認を兼ねられません。別の人が必要です。',
    },
    {
      title: 'as an override of a safety check by somebody who is no approver',
      gate: refusing,
      says: { decision: 'skip' },
      voter: { roles: ['operator'] },
      code: 'forbidden',
      en: 'ren lacks the role approver.',
      ja: 'ren には役割 approver がありません。',
    },
    {
      title: 'as an override by whoever asked for the recovery',
      gate: refusing,
      says: { decision: 'skip' },
      hands: { requestedBy: 'ren' },
      code: 'self-approval',
      en: 'ren asked for this recovery and cannot approve it.',
      ja: 'ren は依頼者のため承認できません。',
    },
    {
      title: 'as an override from outside of the groups that may override',
      gate: { ...refusing, from: ['executives'] },
      says: { decision: 'skip' },
      code: 'forbidden',
      en: 'ren is in none of the groups executives.',
      ja: 'ren はグループ executives に属していません。',
    },
    {
      title: 'as going on alone from somebody who is no operator',
      gate: { need: 2, from: ['executives'], alone: true },
      voter: { roles: ['approver'] },
      code: 'forbidden',
      en: 'ren is in none of the groups executives.',
      ja: 'ren はグループ executives に属していません。',
    },
    {
      title: 'as going on alone with a plan that has changed since',
      gate: { alone: true },
      says: { digest: '0'.repeat(20) },
      code: 'plan-changed',
      en: 'ren decided on 000000000000, the plan is a1b2c3d4e5f6 now.',
      ja: 'ren の判断は 000000000000 に対するもので、現在の計画は a1b2c3d4e5f6 です。',
    },
  ];
  test.each(refused)('$title', ({ code, en, ja, ...row }) => {
    expect(verdictOf({ ...row, en, ja })).toEqual({ counts: false, code, sentence: { en, ja } });
  });
});

describe('a vote counts', () => {
  const counted: (Row & { decided?: Decision; alone?: true })[] = [
    {
      title: 'as the one approval that is needed',
      decided: 'approve',
      en: 'ren chose approve: the plan is right',
      ja: 'ren の判断 approve: the plan is right',
    },
    {
      title: 'as the first of two, and the gate stays open',
      gate: { need: 2 },
      en: 'ren chose approve (1 of 2): the plan is right',
      ja: 'ren の判断 approve(2 人中 1 人): the plan is right',
    },
    {
      title: 'as a change of mind: who approved may still stop it',
      gate: { need: 2, votes: [vote('ren')] },
      says: { decision: 'reject', reason: 'I was wrong' },
      decided: 'reject',
      en: 'ren chose reject: I was wrong',
      ja: 'ren の判断 reject: I was wrong',
    },
    {
      title: 'as going on alone, from the operator who asked for it, where two others were wanted',
      gate: { need: 2, from: ['executives'], alone: true },
      voter: { roles: ['operator'], groups: [] },
      hands: { requestedBy: 'ren' },
      decided: 'approve',
      alone: true,
      en: 'ren chose approve, alone: the plan is right',
      ja: 'ren の判断 approve(単独): the plan is right',
    },
    {
      title: 'as any other where it decides by the usual rules, also when one may go on alone',
      gate: { alone: true },
      decided: 'approve',
      en: 'ren chose approve: the plan is right',
      ja: 'ren の判断 approve: the plan is right',
    },
    {
      title: 'as the first of two who override a safety check',
      gate: refusing,
      says: { decision: 'skip', reason: 'fire' },
      en: 'ren chose skip (1 of 2): fire',
      ja: 'ren の判断 skip(2 人中 1 人): fire',
    },
    {
      title: 'as the second of two who override a safety check',
      gate: { ...refusing, votes: [vote('mio', 'skip')] },
      says: { decision: 'skip', reason: 'fire' },
      decided: 'skip',
      en: 'ren chose skip: fire',
      ja: 'ren の判断 skip: fire',
    },
    {
      title: 'as a second look at a refusing safety check, from one operator of any group',
      gate: { ...refusing, from: ['executives'], votes: [vote('mio', 'skip')] },
      says: { decision: 'retry', reason: 'mended' },
      voter: { roles: ['operator'], groups: [] },
      decided: 'retry',
      en: 'ren chose retry: mended',
      ja: 'ren の判断 retry: mended',
    },
    {
      title: 'as the second of two, and the gate ends',
      gate: { need: 2, votes: [vote('mio')] },
      decided: 'approve',
      en: 'ren chose approve: the plan is right',
      ja: 'ren の判断 approve: the plan is right',
    },
    {
      title: 'as a rejection by one, however many are needed to approve',
      gate: { need: 3, votes: [vote('mio')] },
      says: { decision: 'reject', reason: 'too much' },
      decided: 'reject',
      en: 'ren chose reject: too much',
      ja: 'ren の判断 reject: too much',
    },
    {
      title: 'as a rejection of what one asked for oneself: to stop needs nobody else',
      says: { decision: 'reject', reason: 'my mistake' },
      hands: { requestedBy: 'ren' },
      decided: 'reject',
      en: 'ren chose reject: my mistake',
      ja: 'ren の判断 reject: my mistake',
    },
    {
      title: 'from a member of any one of the groups',
      gate: { from: ['executives', 'admins'] },
      decided: 'approve',
      en: 'ren chose approve: the plan is right',
      ja: 'ren の判断 approve: the plan is right',
    },
    ...(['retry', 'amend', 'skip', 'roll-back'] as const).map((decision) => ({
      title: `as ${decision} at a failed step, also from the requester`,
      gate: { ...failedStep, choices: ['retry', 'amend', 'skip', 'roll-back'] as Decision[] },
      says: { decision, reason: 'mended' },
      voter: { roles: ['operator'], groups: [] },
      hands: { requestedBy: 'ren' },
      decided: decision,
      en: `ren chose ${decision}: mended`,
      ja: `ren の判断 ${decision}: mended`,
    })),
    ...(['tick', 'fail'] as const).map((decision) => ({
      title: `as ${decision} of a checklist item, also from the requester`,
      gate: checklist,
      says: { decision, reason: 'looked' },
      voter: { roles: ['operator'], groups: [] },
      hands: { requestedBy: 'ren' },
      decided: decision,
      en: `ren chose ${decision}: looked`,
      ja: `ren の判断 ${decision}: looked`,
    })),
  ];
  test.each(counted)('$title', ({ decided, alone, en, ja, ...row }) => {
    const ends = { ...(decided && { decided }), ...(alone && { alone }) };
    expect(verdictOf({ ...row, en, ja })).toEqual({ counts: true, ...ends, sentence: { en, ja } });
  });
});

test('an unsigned vote that the inventory takes on its word counts and is marked so', () => {
  const verdict = decideVote({ ...approval, need: 2 }, statement, { ...approver, signed: false }, nobodyYet);
  expect(verdict).toMatchObject({ counts: true, sentence: { en: 'ren (unsigned) chose approve (1 of 2): the plan is right' } });
});

interface Said {
  readonly by: string;
  readonly decision: Decision;
  readonly digest: string;
  readonly voter: Voter;
}

describe('whatever is voted in whatever order', () => {
  const people = ['hana', 'ren', 'mio', 'sora', 'kai'] as const;
  const said: fc.Arbitrary<Said> = fc.record({
    by: fc.constantFrom(...people),
    decision: fc.constantFrom<Decision>('approve', 'reject', 'skip', 'tick'),
    digest: fc.constantFrom(digest, 'another'),
    voter: fc.record({
      known: fc.boolean(),
      trusted: fc.boolean(),
      signed: fc.boolean(),
      roles: fc.subarray(['operator', 'approver']),
      groups: fc.subarray(['admins', 'executives', 'operations']),
    }),
  });
  const gates = fc.record({ need: fc.integer({ min: 1, max: 4 }), from: fc.subarray(['admins', 'executives']) });

  /** As the kernel runs a gate: votes that count are kept, until one decides. */
  function run(gate: { need: number; from: string[] }, statements: readonly Said[]) {
    const votes: (Vote & { voter: Voter; digest: string })[] = [];
    for (const { voter, ...says } of statements) {
      const verdict = decideVote({ ...approval, ...gate, votes }, { ...statement, ...says }, voter, nobodyYet);
      if (!verdict.counts) continue;
      votes.push({ ...vote(says.by, says.decision), voter, digest: says.digest });
      if (verdict.decided !== undefined) return { votes, decided: verdict.decided };
    }
    return { votes, decided: undefined };
  }

  test('no vote counts that is an approval by the requester, from outside the groups, on another digest, or a second one', () => {
    fc.assert(
      fc.property(gates, fc.array(said, { maxLength: 30 }), (gate, statements) => {
        const { votes } = run(gate, statements);
        for (const one of votes) {
          expect(one.by === 'hana' && one.decision === 'approve').toBe(false);
          expect(one.voter).toMatchObject({ known: true, trusted: true });
          expect(one.voter.roles).toContain('approver');
          expect(gate.from.length === 0 || gate.from.some((group) => one.voter.groups.includes(group))).toBe(true);
          expect(one.digest).toBe(digest);
          expect(['approve', 'reject']).toContain(one.decision);
        }
        expect(new Set(votes.map(({ by, decision }) => `${by} ${decision}`)).size).toBe(votes.length);
      }),
      { numRuns: 500 },
    );
  });

  test('need n means n distinct people approved and nobody rejected; one fewer leaves the gate open', () => {
    fc.assert(
      fc.property(gates, fc.array(said, { maxLength: 30 }), (gate, statements) => {
        const { votes, decided } = run(gate, statements);
        const approvals = new Set(votes.filter(({ decision }) => decision === 'approve').map(({ by }) => by));
        const rejected = votes.some(({ decision }) => decision === 'reject');
        expect(decided).toBe(rejected ? 'reject' : approvals.size === gate.need ? 'approve' : undefined);
        expect(approvals.size).toBeLessThanOrEqual(gate.need);
      }),
      { numRuns: 500 },
    );
  });

  test('enough willing people always decide', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4 }), fc.shuffledSubarray(people.slice(1), { minLength: 4 }), (need, order) => {
        const statements = order.map((by) => ({ by, decision: 'approve' as const, digest, voter: approver }));
        expect(run({ need, from: ['admins'] }, statements)).toMatchObject({ decided: 'approve', votes: { length: need } });
      }),
    );
  });
});

describe('a gate is due', () => {
  const policy = defaultPolicy(900_000);
  const plan = { counts: { add: 3, overwrite: 0, keep: 1, remove: 0 }, size: { items: 3, bytes: 10, share: 0.5 } };

  test('never for a plan that only adds, within the threshold', () => {
    expect(whyGateIsDue(plan, policy)).toBeUndefined();
    expect(whyGateIsDue(plan, policy, 0.5)).toBeUndefined();
  });
  test('where anything is overwritten or removed', () => {
    expect(whyGateIsDue({ ...plan, counts: { ...plan.counts, overwrite: 2 } }, policy)).toEqual({
      en: '2 to overwrite, 0 to remove.',
      ja: '上書き 2 件、削除 0 件。',
    });
    expect(whyGateIsDue({ ...plan, counts: { ...plan.counts, remove: 1 } }, policy)?.en).toBe('0 to overwrite, 1 to remove.');
  });
  test('where the plan touches more of the target than the threshold', () => {
    expect(whyGateIsDue(plan, policy, 0.49)).toEqual({ en: 'Touches 50 % of the target.', ja: '対象の 50 % に及びます。' });
  });
  test('where the policy says always, even for nothing', () => {
    const nothing = { counts: { add: 0, overwrite: 0, keep: 0, remove: 0 }, size: { items: 0, bytes: 0, share: 0 } };
    expect(whyGateIsDue(nothing, { ...policy, always: true })?.en).toBe('The policy always asks.');
  });
  test('for exactly the plans that alter something there, pass the threshold, or meet a policy that always asks', () => {
    const count = fc.nat({ max: 3 });
    fc.assert(
      fc.property(count, count, fc.double({ min: 0, max: 1, noNaN: true }), fc.boolean(), (overwrite, remove, share, always) => {
        const due = whyGateIsDue(
          { counts: { add: 1, keep: 0, overwrite, remove }, size: { items: 1, bytes: 0, share } },
          { ...policy, always },
          0.3,
        );
        expect(due !== undefined).toBe(always || overwrite > 0 || remove > 0 || share > 0.3);
      }),
    );
  });
});

describe('without a policy', () => {
  test('one approver decides within a third of the RTO, everyone who may is asked once more, then it stops', () => {
    const third = { from: [], withinMs: 300_000 };
    expect(defaultPolicy(900_000)).toEqual({
      need: 1,
      stages: [third, third],
      otherwise: 'stop',
      always: false,
    });
  });
  test('people have a minute even where the RTO is shorter than three', () => {
    expect(defaultPolicy(30_000).stages[0]!.withinMs).toBe(60_000);
    expect(defaultPolicy(0).stages[0]!.withinMs).toBe(60_000);
  });
});
