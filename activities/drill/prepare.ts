/** What has to be so before anything is cut off: a sandbox, well, and at home. */
import { refuseProduction } from '../../contracts/scenarios/drill.ts';
import { fail } from '../../domain/fail.ts';
import { sideWell } from '../../domain/service/words.ts';
import type { Text } from '../../domain/text.ts';
import type { Ports } from '../ports/index.ts';
import { planOf } from '../service/move.ts';
import { membersOf, probeSide, serviceTarget, type Service } from '../service/target.ts';
import type { DrillActivities, PreparedDrill } from './interface.ts';

type Input = Parameters<DrillActivities['prepareDrill']>[0];

/** By the inventory of this moment: asked again before home is cut off. Fails: drill-refused. */
export function drillOf(ports: Ports, target: string): Service & { drill: NonNullable<Service['drill']> } {
  const service = serviceTarget(ports, target);
  const { targets } = ports.inventory();
  const faults = refuseProduction(
    targets.find(({ id }) => id === target)!,
    targets,
  ).map(({ message }) => message);
  const { drill } = service;
  if (faults.length === 0 && drill !== undefined) return { ...service, drill };
  throw fail('drill-refused', {
    en: `Production is never touched: ${faults.join('; ')}.`,
    ja: `本番には触れません: ${faults.join('; ')}。`,
  });
}

export async function prepare(ports: Ports, { target, to: asked }: Input, signal?: AbortSignal): Promise<PreparedDrill> {
  const service = drillOf(ports, target);
  const { home, drill } = service;
  const [{ to, plan }, probes] = await Promise.all([
    planOf(ports, { target, way: 'away', to: asked, planned: false }, signal),
    probeSide(ports, service, home, signal),
  ]);
  const away = plan.changes.find(({ before }) => before?.split(' ')[0] !== home);
  if (away !== undefined) throw fail('drill-refused', notAtHome(away.path, away.before ?? '', home));
  if (!probes.every(({ ok }) => ok)) throw fail('drill-refused', sideWell(home, probes));
  const holdsData = membersOf(ports, service).some(({ kind }) => kind === 'postgres' || kind === 'redis');
  return { home, to, holdsData, tolerance: drill.tolerance };
}

const notAtHome = (member: string, at: string, home: string): Text => ({
  en: `A drill begins where all of it is at ${home}: ${member} is at ${at}.`,
  ja: `演習は全体が ${home} にある状態から始めます(${member} は ${at})。`,
});
