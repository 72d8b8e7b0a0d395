/** Times how a side answers: one request after the other, each on a connection of its own, to its probes in turn. */
import { measuredOf, type Measured } from '../../domain/drill/words.ts';
import type { Ports } from '../ports/index.ts';
import { askProbe, sideNamed } from '../service/target.ts';
import type { DrillActivities } from './interface.ts';
import { drillOf } from './prepare.ts';

type Input = Parameters<DrillActivities['measureSide']>[0];

/** An attempt after a death measures anew: half of one measurement and half of another say nothing. */
export async function measure(ports: Ports, { target, side }: Input, signal?: AbortSignal): Promise<Measured> {
  const service = drillOf(ports, target);
  const { probes } = sideNamed(service, side);
  const { requests } = service.drill;
  const times: number[] = [];
  for (let n = 0; n < requests; n++) {
    const began = performance.now();
    const answer = await askProbe(ports, probes[n % probes.length]!, signal);
    const ms = Math.round((performance.now() - began) * 100) / 100;
    if (answer.ok) times.push(ms);
  }
  return measuredOf(requests, times);
}
