/** A service as the inventory of this moment declares it, its members, and the probes of a side. */
import { zonesToRepoint } from '../../contracts/endpoint-settings.ts';
import type { TargetEntry } from '../../contracts/inventory.ts';
import type { ServiceSettings } from '../../contracts/service-settings.ts';
import { fail } from '../../domain/fail.ts';
import type { Member, MemberKind, ProbeAnswer } from '../../domain/service/words.ts';
import type { Ports } from '../ports/index.ts';

export type Service = ServiceSettings & Pick<TargetEntry, 'id' | 'site'>;

const probeMs = 2_000;

/** Fails: unknown-target. */
export function serviceTarget(ports: Ports, id: string): Service {
  const entry = ports.inventory().targets.find((target) => target.id === id && target.kind === 'service');
  if (entry) return entry as unknown as Service;
  throw fail('unknown-target', { en: `There is no service ${id}.`, ja: `サービス ${id} はありません。` });
}

/** Fails: invalid-input. */
export function sideNamed({ sides }: Service, side: string): ServiceSettings['sides'][string] {
  const found = sides[side];
  if (found) return found;
  const names = Object.keys(sides).join(', ');
  const sentence = {
    en: `There is no side ${side}; there are ${names}.`,
    ja: `${side} という側はありません。${names} があります。`,
  };
  throw fail('invalid-input', sentence, { errors: [{ path: 'to', message: `one of ${names}` }] });
}

/** Fails: unknown-target, where one has left the inventory since it was read. */
export function membersOf(ports: Ports, { members }: Service): Member[] {
  const { targets } = ports.inventory();
  return members.map(({ target: id, tier, needs, leads }) => {
    const entry = targets.find((one) => one.id === id);
    if (entry === undefined) {
      throw fail('unknown-target', { en: `There is no target ${id} any more.`, ja: `対象 ${id} はもうありません。` });
    }
    return { target: id, kind: entry.kind as MemberKind, tier, needs, leads, zones: zonesToRepoint(entry) };
  });
}

type SideProbe = ServiceSettings['sides'][string]['probes'][number];

/** One question by one probe. Never throws for what is answered. */
export async function askProbe(
  ports: Ports,
  { id, url, host = new URL(url).host, expect }: SideProbe,
  signal?: AbortSignal,
): Promise<ProbeAnswer & { readonly reached: boolean }> {
  const reach = await ports.prober.askHost(url, host, probeMs, signal);
  const { reached } = reach;
  if (!reached) return { probe: id, reached, ok: false, said: reach.why };
  return { probe: id, reached, ok: reach.status === expect, said: `status ${reach.status}` };
}

/** One question by each probe of the side. */
export const probeSide = (ports: Ports, service: Service, side: string, signal?: AbortSignal): Promise<ProbeAnswer[]> =>
  Promise.all(sideNamed(service, side).probes.map((probe) => askProbe(ports, probe, signal)));

/** What the probes of every side say. */
export const probeAll = async (ports: Ports, service: Service, signal?: AbortSignal): Promise<Record<string, ProbeAnswer[]>> =>
  Object.fromEntries(
    await Promise.all(
      Object.keys(service.sides).map(async (side) => [side, await probeSide(ports, service, side, signal)] as const),
    ),
  );
