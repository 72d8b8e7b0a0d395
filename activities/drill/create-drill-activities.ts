/** The effects of a drill, made of ports; each stays alive in Temporal's eyes while it works. */
import { checkProbes } from '../../domain/service/service-checks.ts';
import { alive } from '../alive.ts';
import type { Ports } from '../ports/index.ts';
import { planKey } from '../records/keys.ts';
import { planOf, verify } from '../service/move.ts';
import { probeSide, serviceTarget } from '../service/target.ts';
import type { DrillActivities } from './interface.ts';
import { isolate, lift } from './isolate.ts';
import { measure } from './measure.ts';
import { prepare } from './prepare.ts';

export const createDrillActivities = (ports: Ports): DrillActivities => ({
  prepareDrill: (input) => alive((signal) => prepare(ports, input, signal)),
  measureSide: (input) => alive((signal) => measure(ports, input, signal)),
  isolateHome: ({ target }) => alive((signal) => isolate(ports, target, signal)),
  liftIsolation: ({ target }) => alive((signal) => lift(ports, target, signal)),

  planWayHome: ({ target, recovery }) =>
    alive(async (signal) => {
      const { plan } = await planOf(ports, { target, way: 'home', planned: true }, signal);
      const ref = planKey(recovery, plan.digest);
      await ports.records.put(ref, JSON.stringify({ ...plan, ref }));
      return { ...plan, ref };
    }),

  verifyDrill: (input) =>
    alive(async (signal) => {
      const service = serviceTarget(ports, input.target);
      const { home } = service;
      const [there, probes] = await Promise.all([verify(ports, input, signal), probeSide(ports, service, home, signal)]);
      return [...there, ...checkProbes(home, probes).map((check) => ({ ...check, id: `home-${check.id}` }))];
    }),
});
