/** Whether the people of each gate could be told: by what is configured and by how the last message went. */
import { describe, expect, test } from 'vitest';
import { channelFindings, unsatisfiableGates, type GateToTell, type Reach } from '../../domain/channels.ts';

const person = (id: string, roles: string[], groups: string[] = [], mail: string | undefined = `${id}@example.jp`) => ({
  id,
  roles,
  groups,
  contact: { ...(mail !== '' && { mail }) },
});
const people = [
  person('hana', ['operator'], ['operations']),
  person('ren', ['operator', 'approver'], ['admins']),
  person('sora', ['approver'], ['executives']),
  person('kai', ['approver'], ['board'], ''),
];
const gates: readonly GateToTell[] = [
  { gate: 'restore', role: 'approver', need: 1, groups: [['admins'], ['executives']] },
  { gate: 'suspect-backup', role: 'approver', need: 1, groups: [[]] },
  { gate: 'failed-step', role: 'operator', need: 1, groups: [[]] },
];

const find = (broken: readonly string[] = [], more: Partial<Reach> = {}, which = gates): string[] =>
  channelFindings(which, {
    people,
    smtp: true,
    webhooks: [],
    failed: ({ channel, to }) => broken.includes(`${channel} ${to}`),
    ...more,
  }).map(({ en }) => en);

const about = (gate: string, whom: string): string =>
  `Nobody could be told about gate ${gate}: no working mail or webhook for ${whom}.`;

describe('a finding', () => {
  test.each<[title: string, broken: string[], findings: string[]]>([
    ['none while everybody can be reached', [], []],
    ['for each group of a gate that nobody of can be reached', ['mail ren'], [about('restore', 'admins')]],
    ['for the later group of a gate too', ['mail sora'], [about('restore', 'executives')]],
    [
      'for the default policies: every approver, every operator',
      ['mail hana', 'mail ren', 'mail sora'],
      [
        about('restore', 'admins'),
        about('restore', 'executives'),
        about('suspect-backup', 'any approver'),
        about('failed-step', 'any operator'),
      ],
    ],
    ['none for a failed step while one operator can be reached', ['mail hana', 'mail sora'], [about('restore', 'executives')]],
  ])('%s', (_, broken, findings) => expect(find(broken)).toEqual(findings));

  test('for a group whose people have no address', () => {
    const board = [{ gate: 'restore', role: 'approver', need: 1, groups: [['board']] }] as const;
    expect(find([], {}, board)).toEqual([about('restore', 'board')]);
  });

  test('once for a group that is asked twice', () => {
    const twice = [{ gate: 'restore', role: 'approver', need: 1, groups: [['admins'], ['admins']] }] as const;
    expect(find(['mail ren'], {}, twice)).toEqual([about('restore', 'admins')]);
  });

  test('none while one webhook works, whatever mail does; as without it once every webhook failed', () => {
    const webhooks = ['chat', 'pager'];
    expect(find(['mail ren', 'webhook chat'], { webhooks })).toEqual([]);
    expect(find(['mail ren', 'webhook chat', 'webhook pager'], { webhooks })).toEqual([about('restore', 'admins')]);
  });

  test('for every gate where only broken webhooks are configured: an address alone sends no mail', () => {
    expect(find(['webhook chat'], { smtp: false, webhooks: ['chat'] })).toHaveLength(4);
  });

  test('one alone where nothing is configured', () => {
    expect(find([], { smtp: false })).toEqual(['Nobody is told when a gate opens: the inventory has no notify.']);
  });

  test('names gate and group in both languages', () => {
    const [finding] = channelFindings(gates, { people: [], smtp: true, webhooks: [], failed: () => false });
    expect(finding?.ja).toBe('ゲート restore を通知できません: admins に届くメールや Webhook がありません。');
  });
});

describe('a gate for several people', () => {
  const findings = (need: number, groups: string[][]): string[] =>
    unsatisfiableGates([{ gate: 'quarantine', role: 'approver', need, groups }], {
      people,
      smtp: true,
      webhooks: [],
      failed: () => false,
    }).map(({ en }) => en);

  test('is a finding where there are fewer who could decide, in any of its stages', () => {
    expect(findings(3, [[]])).toEqual([]);
    expect(findings(4, [[]])).toEqual([
      'Gate quarantine takes 4 approvers, and the inventory has fewer: nobody could decide there.',
    ]);
    expect(findings(2, [[], ['board']])).toHaveLength(1);
  });
});
