/** What the inventory and the last messages say about reaching the people of a target's gates. */
import type { RecordStore } from '../activities/ports/records.ts';
import { channelKey } from '../activities/records/keys.ts';
import type { Inventory, TargetEntry } from '../contracts/inventory.ts';
import { neededAt } from '../contracts/scenario-entry.ts';
import { channelFindings, unsatisfiableGates, type GateToTell, type Reach } from '../domain/channels.ts';
import type { Delivery } from '../domain/notification.ts';
import type { Text } from '../domain/text.ts';
import type { ApiWorld } from './context.ts';

/** Looks at each channel's last result once; the answer then serves any number of targets. */
export async function channelsOf({ inventory, records, scenarios }: ApiWorld): Promise<(target: TargetEntry) => Text[]> {
  const reach = await reachOf(inventory(), records);
  return (target) => {
    const gates = gatesOf(target, scenarios);
    return [...unsatisfiableGates(gates, reach), ...channelFindings(gates, reach)];
  };
}

async function reachOf({ people, notify }: Inventory, records: RecordStore): Promise<Reach> {
  const smtp = notify?.smtp !== undefined;
  const webhooks = (notify?.webhooks ?? []).map(({ id }) => id);
  const channels: Delivery[] = [
    ...webhooks.map((to) => ({ channel: 'webhook' as const, to })),
    ...(smtp ? people.filter(({ contact }) => contact.mail !== undefined) : []).map(({ id }) => ({
      channel: 'mail' as const,
      to: id,
    })),
  ];
  const failed = new Set<string>();
  await Promise.all(
    channels.map(channelKey).map(async (key) => {
      if (isFailure(await records.get(key).catch(() => undefined))) failed.add(key);
    }),
  );
  return { people, smtp, webhooks, failed: (channel) => failed.has(channelKey(channel)) };
}

/** A record that is not there or cannot be read says nothing bad of its channel. */
function isFailure(record: string | undefined): boolean {
  try {
    return record !== undefined && (JSON.parse(record) as { ok?: unknown }).ok === false;
  } catch {
    return false;
  }
}

/** Every gate that a scenario may open on the target, a failed step, and what else has a policy; without one everyone with the role is asked. */
function gatesOf({ kind, approvals }: TargetEntry, scenarios: ApiWorld['scenarios']): GateToTell[] {
  const served = scenarios.filter(({ kinds }) => kinds.includes(kind));
  const opened = served.flatMap(({ gates }) => gates.map(({ id }) => id));
  return [...new Set([...opened, 'failed-step', ...Object.keys(approvals)])].map((gate) => {
    const policy = approvals[gate];
    return {
      gate,
      role: gate === 'failed-step' ? 'operator' : 'approver',
      need: policy?.need ?? neededAt(gate, served),
      groups: policy ? [policy.from, ...policy.then.map(({ from }) => from)] : [[]],
    };
  });
}
