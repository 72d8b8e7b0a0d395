/** While the primary of a zone is silent its standby takes changes, once people let it. */
import { isNewer } from '../../domain/dns/serial.ts';
import type { ServerLook } from '../../domain/dns/server-look.ts';
import { noTakeover, planTakeover } from '../../domain/dns/takeover-plan.ts';
import { fail } from '../../domain/fail.ts';
import { nodeFailed } from '../../domain/node-failed.ts';
import type { Plan } from '../../domain/recovery.ts';
import type { Text } from '../../domain/text.ts';
import type { DnsServer } from '../ports/dns-zones.ts';
import type { Ports } from '../ports/index.ts';
import { runWell } from '../run-well.ts';
import type { DnsActivities, DnsTakeover } from './interface.ts';
import { dnsZone, type DnsZone, ledBy, standbyOf } from './target.ts';
import { lookAgain } from '../until.ts';

type Input<Name extends keyof DnsActivities> = Parameters<DnsActivities[Name]>[0];
type Standby = NonNullable<DnsZone['standby']>;

/** A pause of the network is no reason to have two primaries one day. */
const silentLooks = 6;

const lookAt = ({ dnsZones }: Ports, { zone }: DnsZone, server: DnsServer, signal?: AbortSignal): Promise<ServerLook> =>
  dnsZones.lookAtServer(zone, server, [], signal);

const isGone = (look: ServerLook): boolean => !look.answers && look.why === 'unreachable';

/**
 * The zone with the server first that takes changes now: the standby while the first one declared is not to be reached.
 * Whether it may already is seen when it is asked to. Reads only. Fails: primary-behind.
 */
export async function asLedNow(ports: Ports, zone: DnsZone, signal?: AbortSignal): Promise<DnsZone> {
  const second = standbyOf(zone);
  if (second === undefined) return zone;
  // In this order a change that is made meanwhile is never taken for one that the first server missed.
  const there = await lookAt(ports, zone, second, signal);
  const first = await lookAt(ports, zone, zone.servers[0]!, signal);
  if (isGone(first) && there.answers) return ledBy(zone, second);
  if (first.answers && there.answers && isNewer(there.serial, first.serial)) {
    throw fail('primary-behind', {
      en: `${first.server} is at serial ${first.serial} and ${there.server} at ${there.serial}: that one took changes while ${first.server} was away.`,
      ja: `${first.server} のシリアルは ${first.serial}、${there.server} は ${there.serial} です。${first.server} の不在中に ${there.server} が変更を受けています。`,
    });
  }
  return zone;
}

/** Who would take over from whom, where `led` has another first server than the one declared. */
export const takeoverOf = ({ servers: [declared] }: DnsZone, { servers: [now] }: DnsZone): DnsTakeover | undefined =>
  now!.id === declared!.id ? undefined : { by: now!.id, from: declared!.id };

export async function planOfTakeover(
  ports: Ports,
  { target }: Input<'planTakeover'>,
  signal?: AbortSignal,
  looks = silentLooks,
): Promise<Plan> {
  const zone = dnsZone(ports, target);
  const [primary, second] = [zone.servers[0]!, standbyOf(zone)];
  let first = await lookAt(ports, zone, primary, signal);
  for (let n = 1; isGone(first) && n < looks; n++) {
    await lookAgain(looks, signal);
    first = await lookAt(ports, zone, primary, signal);
  }
  if (second === undefined || !isGone(first)) return noTakeover(zone.zone, primary.id);
  const there = await lookAt(ports, zone, second, signal);
  if (!there.answers) throw nodeFailed(second.id, there.said, 'dns-silent');
  return planTakeover({
    zone: zone.zone,
    from: { id: primary.id, said: (first as Extract<ServerLook, { answers: false }>).said },
    to: { id: second.id, serial: there.serial },
  });
}

export async function takeOver(ports: Ports, { target, digest }: Input<'applyTakeover'>, signal?: AbortSignal): Promise<Text> {
  const zone = dnsZone(ports, target);
  const plan = await planOfTakeover(ports, { target }, signal, 1);
  if (plan.digest !== digest) throw fail('plan-changed', plan.summary);
  const second = standbyOf(zone)!;
  await become(ports, zone.standby!, zone.standby!.takeOver, signal);
  const key = await ports.dnsZones.tryKey(ledBy(zone, second), signal);
  if (!key.ok) throw failed(second.id, key.said);
  return {
    en: `${second.id} takes the changes of ${zone.zone} now.`,
    ja: `${second.id} が ${zone.zone} の変更を受け付けるようになりました。`,
  };
}

export async function giveBack(ports: Ports, { target }: Input<'undoTakeover'>, signal?: AbortSignal): Promise<void> {
  const { standby } = dnsZone(ports, target);
  if (standby?.giveBack) await become(ports, standby, standby.giveBack, signal);
}

const become = (ports: Ports, { server, within }: Standby, run: readonly string[], signal?: AbortSignal): Promise<void> =>
  runWell(ports, run, within, (ended) => failed(server, `${run[0]} ${ended}`), signal);

const failed = (server: string, said: string) =>
  fail('takeover-failed', {
    en: `${server} did not become the primary: ${said}.`,
    ja: `${server} がプライマリになりませんでした(${said})。`,
  });
