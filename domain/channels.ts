/** Whether the people of each gate could be told that it is open, before it has to open. */
import { peopleOf, type Audience, type Delivery } from './notification.ts';
import type { Text } from './text.ts';

/** A gate as far as telling people is concerned: one entry of `groups` for each stage, empty where everyone with the role is asked. */
export interface GateToTell {
  readonly gate: string;
  readonly role: Audience['roles'][number];
  readonly need: number;
  readonly groups: readonly (readonly string[])[];
}

export interface Reach {
  readonly people: readonly {
    readonly id: string;
    readonly roles: readonly string[];
    readonly groups: readonly string[];
    readonly contact: { readonly mail?: string | undefined };
  }[];
  readonly smtp: boolean;
  /** Ids. */
  readonly webhooks: readonly string[];
  /** Whether the last message through this channel failed; false where none was sent yet. */
  readonly failed: (channel: Delivery) => boolean;
}

/** Gates that take more people than there are; those with a policy of their own were refused with the inventory. */
export function unsatisfiableGates(gates: readonly GateToTell[], { people }: Reach): Text[] {
  return gates.flatMap(({ gate, role, need, groups }) => {
    const able = groups.map((from) => peopleOf(people, { roles: [role], from, also: [], except: [] }).length);
    return able.some((count) => count < need) ? [tooFew(gate, role, need)] : [];
  });
}

const tooFew = (gate: string, role: GateToTell['role'], need: number): Text => ({
  en: `Gate ${gate} takes ${need} ${role}s, and the inventory has fewer: nobody could decide there.`,
  ja: `ゲート ${gate} には${roleNames[role]}が ${need} 人必要ですが、インベントリに足りません。`,
});

/** One finding for each group of a gate that nobody could reach; one alone where no channel is configured. */
export function channelFindings(gates: readonly GateToTell[], { people, smtp, webhooks, failed }: Reach): Text[] {
  if (!smtp && webhooks.length === 0) {
    return [
      {
        en: 'Nobody is told when a gate opens: the inventory has no notify.',
        ja: 'インベントリに notify がないため、ゲートが開いても誰にも通知されません。',
      },
    ];
  }
  // A webhook gets every event, whoever is meant.
  if (webhooks.some((to) => !failed({ channel: 'webhook', to }))) return [];
  const reachable = people.filter(
    ({ id, contact }) => smtp && contact.mail !== undefined && !failed({ channel: 'mail', to: id }),
  );
  return gates.flatMap(({ gate, role, groups }) => {
    const distinct = new Map(groups.map((from) => [from.join(', '), from]));
    return [...distinct].flatMap(([names, from]) => {
      const told = peopleOf(reachable, { roles: [role], from, also: [], except: [] });
      return told.length > 0 ? [] : [unreachable(gate, role, names)];
    });
  });
}

const roleNames = { approver: '承認者', operator: '操作者' } as const;

const unreachable = (gate: string, role: GateToTell['role'], names: string): Text => ({
  en: `Nobody could be told about gate ${gate}: no working mail or webhook for ${names || `any ${role}`}.`,
  ja: `ゲート ${gate} を通知できません: ${names || roleNames[role]} に届くメールや Webhook がありません。`,
});
