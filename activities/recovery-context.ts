/** What a recovery is told at its begin: its target, its policies, what it holds, who asked, and what came before it. */
import type { Inventory, TargetEntry } from '../contracts/inventory.ts';
import type { Kinds } from '../contracts/kinds.ts';
import type { ScenarioEntry } from '../contracts/scenario-entry.ts';
import { scenarioById } from '../contracts/scenarios.ts';
import { sha256Hex } from '../domain/digest.ts';
import { fail } from '../domain/fail.ts';
import { defaultPolicy, type GatePolicy } from '../domain/gate-policy.ts';
import type { RecoveryStart } from '../domain/messages.ts';
import { startIsFreshMs, startStatement } from '../domain/start-statement.ts';
import { coolDownOf } from './records/cool-down.ts';
import type { RecoveryContext, RecoveryRecord } from './kernel-interface.ts';
import type { Ports } from './ports/index.ts';
import { startProofKey } from './records/keys.ts';

export interface Registry {
  readonly scenarios: readonly ScenarioEntry[];
  readonly kinds: Kinds;
}

interface World extends Pick<Ports, 'records' | 'isSigned'> {
  readonly inventory: Inventory;
  readonly registry: Registry;
}

type Beginning = RecoveryRecord & { readonly start?: RecoveryStart };

/** Fails: unknown-target, unknown-scenario. */
export async function recoveryContext(world: World, beginning: Beginning): Promise<RecoveryContext> {
  const { inventory, registry } = world;
  const target = inventory.targets.find(({ id }) => id === beginning.target);
  const scenario = scenarioById(beginning.scenario, registry.scenarios);
  if (target === undefined) {
    throw fail('unknown-target', { en: `No target ${beginning.target}.`, ja: `対象 ${beginning.target} はありません。` });
  }
  if (scenario === undefined) {
    throw fail('unknown-scenario', {
      en: `No scenario ${beginning.scenario}.`,
      ja: `シナリオ ${beginning.scenario} はありません。`,
    });
  }
  const rtoMs = target.objectives.rto ?? scenario.objectives.rtoMs;
  const coolDown = await coolDownOf(world.records, scenario, target, Date.parse(beginning.startedAt));
  return {
    target: target.id,
    kind: target.kind,
    site: siteOf(scenario, target, beginning.start),
    locale: inventory.locale,
    objectives: { rtoMs, rpoMs: target.objectives.rpo ?? scenario.objectives.rpoMs },
    gates: { ...gatesOfSeveral(scenario, rtoMs), ...policiesOf(target, rtoMs) },
    facts: registry.kinds[target.kind]?.facts(target),
    holds: [
      ...new Set([target.id, ...(scenario.actsOn?.(beginning.start?.input ?? {}, target, inventory.targets) ?? [])]),
    ].toSorted(),
    ...(beginning.start && { requester: await requesterOf(world, beginning, beginning.start) }),
    ...(target.owner !== undefined && { owner: target.owner }),
    ...(coolDown && { coolDown }),
  };
}

const siteOf = (scenario: ScenarioEntry, target: TargetEntry, start?: RecoveryStart): string =>
  start?.parent?.site ?? scenario.runsAt?.(start?.input ?? {}, target) ?? target.site;

/**
 * Who asked: a start counts as theirs when a trusted key signed it a moment ago, and no other recovery began with it.
 * What runs inside another recovery was asked for by whoever asked for that one.
 */
async function requesterOf(
  { isSigned, records }: World,
  { id, startedAt }: RecoveryRecord,
  start: RecoveryStart,
): Promise<string> {
  if (start.parent) return start.requestedBy;
  const { proof } = start;
  if (!proof || !isSigned(startStatement(start, proof.at), proof.signature)) return 'unknown';
  if (Math.abs(Date.parse(startedAt) - Date.parse(proof.at)) > startIsFreshMs) return 'unknown';
  const key = startProofKey(sha256Hex(`${proof.at} ${proof.signature}`));
  const isFirst = await records.create(key, JSON.stringify({ recovery: id, at: startedAt }));
  const usedBy = isFirst ? id : (JSON.parse((await records.get(key)) ?? '{}') as { recovery?: string }).recovery;
  return usedBy === id ? start.requestedBy : 'unknown';
}

/** Without a policy of the inventory, a gate that takes several people asks them all, like any other asks one. */
const gatesOfSeveral = ({ gates }: ScenarioEntry, rtoMs: number): Record<string, GatePolicy> =>
  Object.fromEntries(gates.flatMap(({ id, need }) => (need === undefined ? [] : [[id, { ...defaultPolicy(rtoMs), need }]])));

const policiesOf = ({ approvals }: TargetEntry, rtoMs: number): Record<string, GatePolicy> =>
  Object.fromEntries(Object.entries(approvals).map(([gate, policy]) => [gate, asGatePolicy(policy, rtoMs)]));

function asGatePolicy(policy: TargetEntry['approvals'][string], rtoMs: number): GatePolicy {
  const withinMs = policy.within ?? defaultPolicy(rtoMs).stages[0]!.withinMs;
  return {
    need: policy.need,
    stages: [{ from: policy.from, withinMs }, ...policy.then.map(({ from, within }) => ({ from, withinMs: within }))],
    otherwise: policy.otherwise,
    always: policy.always,
    ...(policy.alone !== undefined && { aloneAfterMs: policy.alone }),
  };
}
