/** The effects on proxies, made of ports; each stays alive in Temporal's eyes while it works. */
import type { TrafficSettings } from '../../contracts/traffic-settings.ts';
import { judgeProtection, suggestMitigation } from '../../domain/protection/judge-protection.ts';
import type { Symptom } from '../../domain/symptom.ts';
import { answerTraffic } from '../../domain/traffic/checklist.ts';
import { judgeTraffic } from '../../domain/traffic/judge-traffic.ts';
import { sampleOf } from '../../domain/traffic/judge-watch.ts';
import { checkShift } from '../../domain/traffic/shift-checks.ts';
import { suggestShift } from '../../domain/traffic/suggest-shift.ts';
import { alive } from '../alive.ts';
import { checkCdn } from '../cdn/purge.ts';
import type { Ports } from '../ports/index.ts';
import { lookAtGuards } from '../protection/target.ts';
import type { TrafficActivities, TrafficShiftActivities } from './interface.ts';
import { assess, planOf, proveSide, readShift } from './plan-shift.ts';
import { drain, revert, setTo, undo } from './set-split.ts';
import { lookAtAll, lookAtLive, probe, sidesOf, trafficTarget } from './target.ts';
import { watch } from './watch.ts';

export const createTrafficActivities = (ports: Ports): TrafficActivities & TrafficShiftActivities => ({
  diagnoseTraffic: ({ target }) =>
    alive(async (signal) => {
      const { reports, probes, symptoms } = await examine(ports, target, signal);
      const suggests = [...suggestShift(reports, sidesOf(trafficTarget(ports, target)), probes), ...suggestMitigation(symptoms)];
      return { target, at: new Date().toISOString(), symptoms, suggests };
    }),
  checkTraffic: ({ target }) => alive(async (signal) => answerTraffic((await examine(ports, target, signal)).symptoms)),
  assessTraffic: (input) => alive((signal) => assess(ports, input, signal)),
  proveTrafficSide: (input) => alive((signal) => proveSide(ports, input, signal)),
  planTrafficShift: (input) => alive((signal) => planOf(ports, input, signal)),
  sampleTraffic: ({ target }) =>
    alive(async (signal) => sampleOf(Date.now(), await lookAtLive(ports, trafficTarget(ports, target), signal))),
  setTraffic: (input) => alive((signal) => setTo(ports, input, signal)),
  watchTraffic: (input) => alive((signal) => watch(ports, input, signal)),
  revertTraffic: (input) => alive((signal) => revert(ports, input, signal)),
  drainTraffic: (input) => alive((signal) => drain(ports, input, signal)),
  undoTrafficShift: (input) => alive((signal) => undo(ports, input, signal)),
  verifyTrafficShift: ({ target, plan: ref, throughCdn }) =>
    alive(async (signal) => {
      const settings = trafficTarget(ports, target);
      const plan = await readShift(ports, target, ref);
      const [reports, answer] = await Promise.all([
        lookAtAll(ports, settings, signal),
        probe(ports, settings, plan.side, signal),
      ]);
      const checks = checkShift(plan, reports, answer);
      return throughCdn && settings.cdn ? [...checks, await checkCdn(ports, settings.cdn, plan.side, signal)] : checks;
    }),
});

async function examine(ports: Ports, target: string, signal?: AbortSignal) {
  const settings = trafficTarget(ports, target);
  const [reports, answers] = await Promise.all([
    lookAtAll(ports, settings, signal),
    Promise.all(Object.keys(settings.sides).map(async (side) => [side, await probe(ports, settings, side, signal)] as const)),
  ]);
  const probes = Object.fromEntries(answers);
  const symptoms = judgeTraffic(reports, sidesOf(settings), probes, Math.min(settings.dwell, settings.drain));
  return { reports, probes, symptoms: [...symptoms, ...(await examineProtection(ports, settings, signal))] };
}

async function examineProtection(
  ports: Ports,
  { proxies = [], protection }: TrafficSettings,
  signal?: AbortSignal,
): Promise<Symptom[]> {
  if (protection === undefined) return [];
  return judgeProtection(await lookAtGuards(ports, { proxies, protection }, signal), protection, protection.bears);
}
