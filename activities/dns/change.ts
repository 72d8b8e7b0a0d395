/** Changes names at the primary: planned from what it says, applied only where that still stands, taken back exactly. */
import { fail } from '../../domain/fail.ts';
import { sideOf } from '../../domain/dns/judge-zone.ts';
import { areSame, haveSameValues } from '../../domain/dns/records.ts';
import { isNewer } from '../../domain/dns/serial.ts';
import { headOfSwitch, keptFor, mayTouch, planSwitch, type DnsPlan, type PlannedSet } from '../../domain/dns/switch-plan.ts';
import type { Ports } from '../ports/index.ts';
import { checkedName } from '../records/checked-name.ts';
import { keepWholePlan, readWholePlan } from '../records/plans.ts';
import { tellToForget } from '../cdn/purge.ts';
import { asLedNow } from './takeover.ts';
import type { DnsActivities, DnsApplied, DnsPlanned } from './interface.ts';
import { dnsZone, lookAtPrimary, switchesOf, type DnsZone } from './target.ts';

type Input<Name extends keyof DnsActivities> = Parameters<DnsActivities[Name]>[0];

export async function planOf(ports: Ports, input: Input<'planDns'>, signal?: AbortSignal): Promise<DnsPlanned> {
  const zone = await asLedNow(ports, dnsZone(ports, input.target), signal);
  const switches = switchesOf(zone, input.side, input.switches);
  const primary = await lookAtPrimary(ports, zone, switches, signal);
  const recordSets = zone.recordSets ?? (await ports.dnsZones.count(zone, signal));
  const head = { target: zone.id, zone: zone.zone, recovery: checkedName(input.recovery) };
  const plan = planSwitch({ ...head, ...(recordSets !== undefined && { recordSets }) }, switches, primary, {
    turn: input.turn,
    side: input.side,
    atMost: input.isLowered ? zone.lowered : undefined,
  });
  const verdict = mayTouch(plan, zone.limits.share);
  if (!verdict.ok && !input.force) throw fail('too-much-of-zone', verdict.sentence);
  const ref = await keepWholePlan(ports.records, plan.recovery, plan);
  const hasCdn = switches.some(({ id }) => id === zone.cdn?.switch);
  return { plan: headOfSwitch(plan, ref), keptMs: keptFor(plan, primary.negativeTtl) * 1_000, ...(hasCdn && { hasCdn }) };
}

export const readPlan = ({ records }: Ports, target: string, ref: string): Promise<DnsPlan> =>
  readWholePlan<DnsPlan>(records, ref, target, 'sets');

export async function applySwitch(ports: Ports, input: Input<'applyDns'>, signal?: AbortSignal): Promise<DnsApplied> {
  const plan = await readPlan(ports, input.target, input.plan);
  if (plan.digest !== input.digest) throw changed(input.plan);
  const zone = await asLedNow(ports, dnsZone(ports, input.target), signal);
  const { sets, serial } = await lookAtPrimary(ports, zone, plan.sets, signal);
  if (plan.sets.every(({ after }, n) => areSame(sets[n]!, after))) return { already: true, serial };
  const odd = plan.sets.find(({ before }, n) => !areSame(sets[n]!, before));
  if (odd !== undefined) throw changed(odd.name);
  if ((await ports.dnsZones.update(zone, plan.sets, signal)) === 'not-as-before') throw changed(plan.sets[0]!.name);
  const next = await readBack(ports, zone, plan.sets, signal);
  // Route 53 leaves the serial alone, and brings a change to all of its servers by itself.
  if (zone.provider.kind !== 'route53' && !isNewer(next, serial)) throw notCounted(zone, next);
  return { already: false, serial: next };
}

const notCounted = ({ servers }: DnsZone, serial: number) =>
  fail('dns-refused', {
    en: `${servers[0]!.id} made the change and left the serial at ${serial}: no other server would follow.`,
    ja: `${servers[0]!.id} は変更しましたがシリアルが ${serial} のままで、他のサーバーが追従しません。`,
  });

/** What was done is looked at: a server may take a change and leave a part of it out without a word (RFC 2136, 3.4.2.2). */
async function readBack(ports: Ports, zone: DnsZone, wanted: readonly PlannedSet[], signal?: AbortSignal): Promise<number> {
  const { serial, sets } = await lookAtPrimary(ports, zone, wanted, signal);
  const n = wanted.findIndex(({ after }, at) => !areSame(sets[at]!, after));
  if (n === -1) return serial;
  const { name, type } = wanted[n]!;
  throw fail('dns-refused', {
    en: `${zone.servers[0]!.id} took the change and did not make it: ${name} ${type} is as it was.`,
    ja: `${zone.servers[0]!.id} は変更を受け付けましたが、${name} ${type} は変わっていません。`,
  });
}

export async function undoSwitch(ports: Ports, input: Input<'undoDns'>, signal?: AbortSignal) {
  const plan = await readPlan(ports, input.target, input.plan);
  const zone = await asLedNow(ports, dnsZone(ports, input.target), signal);
  const { sets: served } = await lookAtPrimary(ports, zone, plan.sets, signal);
  const sets = (await ports.dnsZones.standing(zone, plan.sets, signal)) ?? served;
  const ours = plan.sets.filter(
    ({ before, after }, n) =>
      // Put back in the file already, and the primary has not loaded it.
      areSame(sets[n]!, after) || (areSame(sets[n]!, before) && areSame(served[n]!, after)),
  );
  const untouched = plan.sets.filter(({ before }, n) => areSame(sets[n]!, before));
  const back = ours.map((one): PlannedSet => ({ ...one, before: one.after, after: one.before }));
  // Somebody was faster: what they did is looked at anew.
  if (back.length > 0 && (await ports.dnsZones.update(zone, back, signal)) === 'not-as-before') throw changed(back[0]!.name);
  if (back.length > 0) await readBack(ports, zone, back, signal);
  const forCdn = [...ours, ...untouched].find(({ id }) => id === zone.cdn?.switch);
  if (forCdn !== undefined && !haveSameValues(forCdn.before, forCdn.after)) {
    const declared = zone.switches.find(({ id }) => id === forCdn.id)!;
    const wish = { target: input.target, recovery: plan.recovery, side: sideOf(declared, forCdn.before), turn: 'back' };
    await tellToForget(ports, zone, wish, signal);
  }
  const kept = plan.sets.filter((one) => !ours.includes(one) && !untouched.includes(one));
  return { restored: ours.map(({ id }) => id), kept: kept.map(({ id }) => id) };
}

const changed = (what: string) =>
  fail('plan-changed', {
    en: `Since the plan was made, something changed: ${what}.`,
    ja: `計画の後に変化がありました: ${what}。`,
  });
